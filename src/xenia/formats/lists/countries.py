"""Country names as the lists of the UN and of OFAC write them, turned into codes of travel documents. Pure."""

from __future__ import annotations

from functools import lru_cache

from xenia.formats.states import STATES

# Names that the UN list has used and ISO's short names do not have. Source: UN terminology (UNTERM) and editions of
# the consolidated list, and OFAC's names; adjectives occur where the issuer of a document is meant.
_MORE = {
    "BOLIVIA": "BOL",
    "BOLIVIA PLURINATIONAL STATE OF": "BOL",
    "BRITISH": "GBR",
    "BRUNEI DARUSSALAM": "BRN",
    "BURMA": "MMR",
    "CABO VERDE": "CPV",
    "CAPE VERDE": "CPV",
    "CENTRAL AFRICAN REPUBLIC": "CAF",
    "CONGO DEMOCRATIC REPUBLIC OF THE": "COD",
    "CONGO REPUBLIC OF THE": "COG",
    "COTE D IVOIRE": "CIV",
    "CZECH REPUBLIC": "CZE",
    "DEMOCRATIC PEOPLE S REPUBLIC OF KOREA": "PRK",
    "DEMOCRATIC REPUBLIC OF THE CONGO": "COD",
    "EGYPTIAN": "EGY",
    "FORMER YUGOSLAV REPUBLIC OF MACEDONIA": "MKD",
    "FRENCH": "FRA",
    "GAMBIA THE": "GMB",
    "GERMANY": "D",
    "GREAT BRITAIN": "GBR",
    "IRAN": "IRN",
    "IRAN ISLAMIC REPUBLIC OF": "IRN",
    "IRAQI": "IRQ",
    "ISLAMIC REPUBLIC OF IRAN": "IRN",
    "IVORY COAST": "CIV",
    "KOREA NORTH": "PRK",
    "KOREA SOUTH": "KOR",
    "LAO PEOPLE S DEMOCRATIC REPUBLIC": "LAO",
    "LIBYAN": "LBY",
    "LIBYAN ARAB JAMAHIRIYA": "LBY",
    "MICRONESIA FEDERATED STATES OF": "FSM",
    "MOROCCAN": "MAR",
    "NETHERLANDS": "NLD",
    "PALESTINE": "PSE",
    "PALESTINIAN": "PSE",
    "REPUBLIC OF KOREA": "KOR",
    "REPUBLIC OF MOLDOVA": "MDA",
    "RUSSIA": "RUS",
    "RUSSIAN FEDERATION": "RUS",
    "SAUDI": "SAU",
    "SAUDI ARABIAN": "SAU",
    "STATE OF PALESTINE": "PSE",
    "STATELESS": "XXA",
    "SWAZILAND": "SWZ",
    "SYRIAN": "SYR",
    "SYRIAN ARAB REPUBLIC": "SYR",
    "TANZANIA": "TZA",
    "THE FORMER YUGOSLAV REPUBLIC OF MACEDONIA": "MKD",
    "TUNISIAN": "TUN",
    "TURKEY": "TUR",
    "TURKISH": "TUR",
    "UNITED KINGDOM": "GBR",
    "UNITED KINGDOM OF GREAT BRITAIN AND NORTHERN IRELAND": "GBR",
    "UNITED REPUBLIC OF TANZANIA": "TZA",
    "UNITED STATES OF AMERICA": "USA",
    "VENEZUELA BOLIVARIAN REPUBLIC OF": "VEN",
    "VIET NAM": "VNM",
    "YEMENI": "YEM",
}


def code_of(name: str) -> str:
    """The three-letter code (`D` for Germany) of a country named in English, `""` where no table has the name.

    What stands in brackets is passed over: `Bahrain (citizenship revoked in Jan. 2015)`.
    """
    plain = _plain(name.partition("(")[0])
    table = _table()
    return table.get(plain) or table.get(plain.removeprefix("THE "), "")


def code_from(text: str) -> str:
    """The three-letter code of a code of two or three letters or of a country named in English; `""` where unknown.

    A code of three letters is taken as it is: documents know more of them than any table.
    """
    plain = text.replace("<", "").strip().upper()
    if plain.isascii() and plain.isalpha():
        if len(plain) == 2:
            return _by_alpha2().get(plain, "")
        if len(plain) <= 3:
            return plain
    return code_of(text)


@lru_cache(maxsize=1)
def _by_alpha2() -> dict[str, str]:
    # Germany's code of two letters is DE; a single D is its own code of travel documents.
    return {state.alpha2: state.code for state in STATES.values() if state.alpha2 and not state.deprecated}


def _plain(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in name.upper()).split())


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    current = [state for state in STATES.values() if not state.deprecated and state.kind == "state"]
    return {_plain(state.name): state.code for state in current} | _MORE
