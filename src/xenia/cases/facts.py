"""What a case knows: its answers opened and sealed, facts for conditions, who it is about. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from xenia import matching
from xenia.cases import catalogue
from xenia.cases.definition import Procedure, Profile
from xenia.cases.models import KEY, Case, CaseDeadline, CaseEvent
from xenia.formats.dates import BadDate, PartialDate
from xenia.identity import keys as identity_keys
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal import data_keys

Data = dict[str, Any]
# Words that forms use for what identity and registers write as codes (ICAO Doc 9303 part 4 to 7).
WORD: Final = "w"
"""The kind of a key of one word of a name."""
SEXES: Final = {"female": "F", "male": "M", "unspecified": "X", "F": "F", "M": "M", "X": "X"}
DOCUMENT_TYPES: Final = {
    "passport": "P", "other_travel_document": "P", "travel_document": "P", "identity_card": "I", "residence_permit": "A",
    "driving_licence": "DL", "visa": "V",
}  # fmt: skip


def packed(value: Any) -> bytes:
    """JSON as it is sealed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def seal(case: Case, value: Any) -> bytes:
    """`value` sealed for the case's main person. Inside `writing()`."""
    return data_keys.seal(case.about, KEY, packed(value))


def opened(case: Case) -> Data:
    """The latest of each form, {form: answers}; {} for a case whose person was forgotten. The caller journals the read."""
    return open_many([case])[0]


def open_many(cases: list[Case]) -> list[Data]:
    """The same for many; one query."""
    held = [one for one in cases if one.sealed]
    plain = data_keys.unseal_many([(one.about, KEY, bytes(one.sealed or b"")) for one in held])
    found = {one.id: json.loads(text) for one, text in zip(held, plain, strict=True) if text is not None}
    return [found.get(one.id, {}) for one in cases]


def told(case: Case, events: list[CaseEvent]) -> list[Data]:
    """What was answered and said with each event, {form: answers, reason: text}; {} where forgotten. One query."""
    held = [one for one in events if one.sealed]
    plain = data_keys.unseal_many([(case.about, KEY, bytes(one.sealed or b"")) for one in held])
    found = {one.id: json.loads(text) for one, text in zip(held, plain, strict=True) if text is not None}
    return [found.get(one.id, {}) for one in events]


class Passed(Mapping[str, bool]):
    """Which time limits of a case passed, and nothing has ended or begun them since: {rule: True}.

    Asks the database when it is asked, once.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: Mapping[str, bool] | None = None

    def _rules(self) -> Mapping[str, bool]:
        if self._known is None:
            self._known = self._read()
        return self._known

    def _read(self) -> dict[str, bool]:
        rows = CaseDeadline.objects.filter(case=self._case).order_by("ended_at", "id")
        held = list(rows.values_list("rule", "state", "ended_at"))
        live = {rule for rule, state, _ended in held if state in ("running", "suspended")}
        last = {rule: ended for rule, state, ended in held if state == "expired" and ended and rule not in live}
        if not last:
            return {}
        events = CaseEvent.objects.filter(case=self._case, moved=True, at__gte=min(last.values()))
        since = list(events.values_list("action", "at"))
        stops = {name: rule.stops for name, rule in catalogue.of(self._case).deadlines.items()}
        return {
            rule: True
            for rule, ended in last.items()
            if not any(name in stops.get(rule, ()) and at >= ended for name, at in since)
        }

    def __getitem__(self, rule: str) -> bool:
        return self._rules()[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules())

    def __len__(self) -> int:
        return len(self._rules())


def facts(
    case: Case, data: Mapping[str, Any], profile: Profile | None, at: datetime, more: Mapping[str, Any] | None = None
) -> Data:
    """What conditions and message bodies read: answers by form, `profile` and `case`. `more` goes into `case`."""
    own = {
        "state": case.state,
        "side": case.side,
        "urgent": case.urgent,
        "today": at.date().isoformat(),
        "opened_on": case.opened_at.date().isoformat(),
        "result": case.result,
        "profile": case.profile,
        "reference": case.reference,
        "passed": Passed(case),
        **(more or {}),
    }
    return {**data, "profile": profile.facts() if profile else {}, "case": own}


def named_values(schema: Mapping[str, Any], answers: Any) -> Iterator[tuple[str, Any]]:
    """Pairs (x-name, value) of the fields that say who the case is about; into objects, not into lists of others."""
    if not isinstance(answers, Mapping):
        return
    for key, part in schema.get("properties", {}).items():
        value = answers.get(key)
        if value in (None, "", [], {}) or not isinstance(part, Mapping):
            continue
        if "x-name" in part:
            yield str(part["x-name"]), value
        elif part.get("properties"):
            yield from named_values(part, value)
        elif isinstance(part.get("items"), Mapping) and _documents(part["items"]):
            for one in value:
                yield "document", dict(named_values(part["items"], one))


def _documents(items: Mapping[str, Any]) -> bool:
    """Whether the items of a list are documents of the main person: their named fields are those of documents only."""
    names = [str(part.get("x-name", "")) for part in items.get("properties", {}).values() if isinstance(part, Mapping)]
    named = [one for one in names if one]
    return bool(named) and all(one.startswith("document_") for one in named)


def claimed(procedure: Procedure, data: Mapping[str, Any]) -> Claimed | None:
    """Who the case is about, as its forms say; None where no form names anybody."""
    said: dict[str, Any] = {}
    documents: list[dict[str, Any]] = []
    for form, schema in procedure.forms.items():
        for word, value in named_values(schema, data.get(form)):
            if word == "document":
                documents.append(value)
            else:
                said.setdefault(word, value)
    own = {word: said[word] for word in said if word.startswith("document_")}
    documents = [one for one in (own, *documents) if one.get("document_number")]
    name = Name(str(said.get("surname", "")), str(said.get("given_names", "")), str(said.get("full_name", "")))
    if not name.whole and not documents:
        return None
    return Claimed(
        names=(name,),
        birth_date=_birth(said.get("birth_date")),
        sex=SEXES.get(str(said.get("sex", "")), ""),
        nationality=str(said.get("nationality", ""))[:3],
        documents=tuple(_document(one) for one in documents),
    )


def _birth(text: Any) -> PartialDate | None:
    try:
        return PartialDate.parse(str(text)) if text else None
    except BadDate:
        return None


def _document(one: Mapping[str, Any]) -> Document:
    kind = str(one.get("document_type", "P"))
    return Document(
        DOCUMENT_TYPES.get(kind, kind[:2].upper()),
        str(one.get("document_state", ""))[:3],
        str(one["document_number"]),
        str(one.get("document_expiry", "")),
    )


def search_keys(claim: Claimed | None) -> set[tuple[str, int]]:
    """What a case about this claim is found by: (kind, key) as `CaseKey` holds them."""
    if claim is None:
        return set()
    found = {("n", key) for key in identity_keys.name_keys(claim)}
    found |= {(WORD, word_key(word)) for name in claim.whole_names() for word in matching.tokens(name)}
    for one in claim.documents:
        made = identity_keys.document_keys(one.issuing_state, one.type, one.number)
        found |= {("d", made.exact), ("f", made.folded), ("x", number_key(one.number))}
    return found


def number_key(number: str) -> int:
    """The key of a document's number alone, whoever issued it."""
    return data_keys.blind("case-document", matching.normalised_number(number))


def word_key(word: str) -> int:
    """The key of one word of a name, by its sound: for officers who type a surname alone."""
    return data_keys.blind("case-word", matching.skeleton(word) or word)


def one_line(claim: Claimed | None) -> str:
    """The main person in a few words: name and birth date."""
    if claim is None:
        return ""
    born = claim.birth_date.iso() if claim.birth_date else ""
    name = claim.main_name()
    shown = ", ".join(part for part in (name.surname, name.given_names) if part) or name.full
    return ", ".join(part for part in (shown, born) if part)
