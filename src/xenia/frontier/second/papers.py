"""Papers of a refusal: the standard form in the person's language and the state's, the carrier's notice, the signature.

Form: Regulation (EU) 2016/399 Annex V part B, in own words; notice on the Entry/Exit System: Regulation (EU) 2017/2226
Art. 50 and 52.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from xenia import letters
from xenia.access import standing as access
from xenia.access.models import Authority
from xenia.access.standing import Standing
from xenia.errors import BadInput
from xenia.frontier import queries
from xenia.frontier.forms import DOCUMENTS, detail_words
from xenia.frontier.models import Check
from xenia.frontier.queries import RefusalView
from xenia.frontier.second import kinds, languages
from xenia.frontier.second.models import Paper
from xenia.frontier.terms import refusal_reasons
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.registers.reference import printing
from xenia.registers.reference import read as reference

SIGNATURES = ("signed", "refused")
ISO_DATE = len("2026-11-22")


@dataclass(frozen=True)
class Spoken:
    """In which language a paper is made. `wanted`: the person's likely language where Xenia has no words in it, else ""."""

    language: str
    wanted: str = ""


def spoken(nationality: str) -> Spoken:
    """The likely language of a nationality, or English and the name of the language that is missing."""
    code = languages.likely(nationality)
    known = {one for one, _name in settings.LANGUAGES}
    return Spoken(code) if code in known else Spoken(languages.ENGLISH, _(languages.name(code)))


@dataclass(frozen=True)
class Offered:
    """What the page of a refusal offers: languages to choose from, the likely one, what is noted of the signature."""

    languages: tuple[tuple[str, str], ...]
    language: str
    wanted: str
    signature: str


def offered(view: RefusalView) -> Offered:
    """The papers of a refusal, before any is made."""
    likely = spoken(view.check.document.nationality)
    paper = Paper.objects.filter(check_made=view.check.id).first()
    return Offered(tuple(settings.LANGUAGES), likely.language, likely.wanted, paper.signature if paper else "")


def state_language() -> str:
    """The language of the state that this installation serves."""
    return str(settings.LANGUAGE_CODE).split("-")[0]


def _both(language: str) -> list[str]:
    if language not in {one for one, _name in settings.LANGUAGES}:
        raise BadInput("There are no words in that language.", "Choose another language.", code="letter-language")
    return list(dict.fromkeys((language, state_language())))


def refusal(standing: Standing, check_id: UUID, language: str) -> bytes:
    """The form in the person's language and, where it is another, the state's. The making is written down as a read.

    Raises `NotFound`, `BadInput` (`letter-language`), `Unavailable` (`letter-not-made`).
    """
    both, view = _both(language), queries.refusal(standing, check_id)
    paper = Paper.objects.filter(check_made=check_id).first()
    parts = []
    for one in both:
        with translation.override(one):
            parts.append(_part(one, view, paper))
    _printed(standing, view, "second/refusal", both)
    return _set("second/refusal", "refusal-form", parts, view)


def form(view: RefusalView) -> dict[str, Any]:
    """The same form in the reader's language, for the page that is printed without a PDF. Not a read of its own."""
    return _part(get_language() or "en", view, Paper.objects.filter(check_made=view.check.id).first())


def carrier(standing: Standing, check_id: UUID, language: str) -> bytes:
    """The notice to the carrier, which must take the person back: who, on which journey, and nothing of the reasons."""
    both, view = _both(language), queries.refusal(standing, check_id)
    parts = []
    for one in both:
        with translation.override(one):
            parts.append(_carrier_part(one, view))
    _printed(standing, view, "second/carrier", both)
    return _set("second/carrier", "carrier-notice", parts, view)


def _set(name: str, letter: str, parts: list[dict[str, Any]], view: RefusalView) -> bytes:
    """The PDF on the paper that the post named for this letter."""
    first, paper = parts[0], printing.paper_for(view.post, letter)
    return letters.pdf(name, {"parts": parts}, language=first["language"], title=first["title"], paper=paper.kind)


def _act(standing: Standing, check: Check) -> Act:
    """Under the purpose of whoever handles the refusal: the booth that checked, or the second line."""
    purpose = queries.FIRST_LINE if check.officer == standing.account else queries.SECOND_LINE
    return standing.act(purpose, f"check:{check.id}")


def _printed(standing: Standing, view: RefusalView, letter: str, both: Sequence[str]) -> None:
    check = Check.objects.get(id=view.check.id)
    body = {"check": str(check.id), "letter": letter, "languages": list(both)}
    journal.record_read(kinds.PRINTED, body, _act(standing, check), subjects=[check.identity])


def sign(standing: Standing, check_id: UUID, signature: str) -> None:
    """Note whether the person signed or refused to. Raises `BadInput` (`signature`), `NotFound`."""
    if signature not in SIGNATURES:
        raise BadInput("Say whether the person signed.", code="signature")
    queries.refusal(standing, check_id)
    check, now = Check.objects.get(id=check_id), datetime.now(UTC)
    with journal.writing():
        Paper.objects.update_or_create(
            check_made=check_id,
            defaults={
                "identity": check.identity, "signature": signature, "officer": standing.account, "noted_at": now,
            },
        )  # fmt: skip
        body = {"check": str(check_id), "signature": signature}
        journal.append(kinds.SIGNED, body, _act(standing, check), subjects=[check.identity], occurred_at=now)


def _frame(language: str, title: str) -> dict[str, Any]:
    return {"language": language, "direction": "rtl" if get_language_bidi() else "ltr", "title": title}


def _place(view: RefusalView) -> tuple[str, str]:
    post = access.places().get(view.post)
    return (post.name, post.authority) if post else (view.post, "")


def _at(view: RefusalView, post: str) -> str:
    """Post and lane of the check: where the person stood, not where the officer who prints stands."""
    return _("%(post)s, lane %(lane)s") % {"post": post, "lane": view.check.lane} if view.check.lane else post


def _issuer(authority: str) -> str:
    """The state and the authority that refuse, by name; the code where there is no name."""
    state = reference.state_name(settings.XENIA_STATE) or settings.XENIA_STATE
    office = Authority.objects.filter(code=authority).values_list("name", flat=True).first()
    return ", ".join(part for part in (state, office or authority) if part)


def _state(code: str) -> str:
    """The name of a state with its code."""
    name = reference.state_name(code) if code else ""
    return f"{name} ({code})" if name else code


def _type(code: str) -> str:
    """The type of a document in words, with the code that stands on it."""
    words = dict(DOCUMENTS).get("A" if code.startswith("C") else code[:1])
    return f"{words} ({code})" if words else code


def _law(authority: str) -> str:
    """National law as reference data name it for this authority, or that they do not."""
    laws = (str(term.attributes.get("law", "")) for term in reference.applying_to("refusal-remedy", authority))
    return "; ".join(law for law in laws if law) or _("None is set up for this authority.")


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), _("j F Y")) if len(text) == ISO_DATE else text
    except ValueError:
        return text


def _part(language: str, view: RefusalView, paper: Paper | None) -> dict[str, Any]:
    leaving = view.check.direction == "exit"
    post, authority = _place(view)
    moment = timezone.localtime(view.decided_at, ZoneInfo(view.check.zone))
    said = _("On %(date)s at %(time)s, at %(post)s, this person came before the officer who signs below.") % {
        "date": date_format(moment, _("j F Y")), "time": date_format(moment, "H:i"), "post": _at(view, post),
    }  # fmt: skip
    known, details = refusal_reasons(), view.details
    contacts = _contacts(authority, language)
    given = [[code, known[code].label_here(), detail_words(code, detail)] for code, _label, detail in view.reasons]
    return {
        **_frame(language, _("Refusal of exit") if leaving else _("Refusal of entry at the border")),
        "state": _issuer(authority),
        "said": said,
        "fields": _fields(view),
        "because": _("The person may not leave because:") if leaving else _("The person may not enter because:"),
        "reasons": given,
        "law": [_("Reference of national law"), details.get("national_law") or _law(authority)],
        "comments": [_("Comments"), details.get("comments", "")],
        "headings": [_("Your rights"), _("Your data"), _("Who can help you")],
        "rights": _rights(authority, language),
        "data": _data(leaving),
        "contacts": contacts,
        "no_contacts": ""
        if contacts
        else _("No contact points are set up for this authority. Ask the officer for them in writing."),
        "signatures": [_("Signature of the person"), _("Signature of the officer")],
        "signature_note": _("The person refused to sign.") if paper and paper.signature == "refused" else "",
        "foot": _("One copy for the person, one for the authority."),
    }


def _fields(view: RefusalView) -> list[list[Any]]:
    document, details = view.check.document, view.details
    sexes = {"F": _("F"), "M": _("M"), "X": _("X")}
    until = " – ".join(_day(details[name]) for name in ("visa_valid_from", "visa_valid_until") if details.get(name))
    rows: list[list[Any]] = [
        [_("Surname"), document.surname],
        [_("Given names"), document.given_names],
        [_("Birth date"), _day(document.birth_date)],
        [_("Birth place"), details.get("birth_place", "")],
        [_("Sex"), sexes.get(document.sex, "")],
        [_("Nationality"), _state(document.nationality)],
        [_("Resident in"), details.get("resident_in", "")],
        [_("Type of document"), _type(document.document_code)],
        [_("Number"), document.document_number, True],
        [_("Issued by"), _state(document.issuing_state)],
        [_("Issued in, on"), _joined(details, "document_issued_in", "document_issued_on")],
        [_("Visa number"), details.get("visa_number", ""), True],
        [_("Visa type, issued by"), _joined(details, "visa_type", "visa_issued_by")],
        [_("Valid from, until"), until],
        [_("Period of days, grounds"), _joined(details, "visa_days", "visa_grounds")],
        [_("Coming from"), details.get("travelling_from", "")],
        [_("Means of transport"), _joined(details, "means_of_transport", "carrier")],
    ]
    kept = {_("Issued in, on"), _("Coming from"), _("Means of transport"), _("Resident in"), _("Birth place")}
    return [row for row in rows if row[1] or row[0] in kept]


def _joined(details: Mapping[str, str], *names: str) -> str:
    return ", ".join(_day(details[name]) for name in names if details.get(name))


def _rights(authority: str, language: str) -> list[str]:
    words, remedies = [], reference.applying_to("refusal-remedy", authority)
    for term in remedies:
        words.append(term.label(language))
        more = [str(term.attributes[name]) for name in ("court", "address", "law") if term.attributes.get(name)]
        if term.attributes.get("days"):
            more.append(_("Days to appeal: %(days)s") % {"days": term.attributes["days"]})
        if more:
            words.append("; ".join(more))
    if not words:
        words.append(_("You may appeal against this decision as national law provides. An appeal does not suspend it."))
    if not any(term.attributes.get(name) for term in remedies for name in ("court", "address")):
        words.append(_("No address for an appeal is set up for this authority. Ask the officer for it in writing."))
    words.append(
        _("You get a copy of this form. If you refuse to sign, that is noted, and changes nothing of your rights.")
    )
    return words


def _data(leaving: bool) -> list[str]:
    if leaving:
        return []
    return [
        _(
            "If you come for a short stay, this refusal, your data and those of your document are entered into the Entry/Exit System and kept for three years."
        ),
        _(
            "You may ask the authority named above what is kept about you, and have wrong data corrected or unlawful data erased; you may complain to the data protection authority."
        ),
    ]


def _contacts(authority: str, language: str) -> list[list[str]]:
    found = []
    for term in reference.applying_to("contact-point", authority):
        said = [
            str(term.attributes[name])
            for name in ("address", "telephone", "email", "hours")
            if term.attributes.get(name)
        ]
        found.append([term.label(language), "; ".join(said)])
    return found


def _carrier_part(language: str, view: RefusalView) -> dict[str, Any]:
    post, authority = _place(view)
    document, details = view.check.document, view.details
    moment = timezone.localtime(view.decided_at, ZoneInfo(view.check.zone))
    return {
        **_frame(language, _("Notice to the carrier")),
        "state": _issuer(authority),
        "fields": [
            [_("Carrier"), details.get("carrier", "")],
            [_("Flight, ship or vehicle"), details.get("means_of_transport", "")],
            [_("Coming from"), details.get("travelling_from", "")],
            [_("Border crossing point"), post],
            [_("Date and time"), f"{date_format(moment, _('j F Y'))}, {date_format(moment, 'H:i')}"],
            [_("Person"), f"{document.surname}, {document.given_names}".strip(", ")],
            [_("Document number"), document.document_number, True],
        ],
        "words": [
            _("The person named here was refused entry."),
            _("As the carrier that brought the person to the border, you must at once take the person back: to the state from which you brought it, to the state that issued its travel document, or to any other state where its admission is certain."),
            _("Until then you bear the costs of stay and return. If you cannot do so at once, tell the authority immediately."),
        ],
        "basis": _("Regulation (EU) 2016/399 Annex V part A point 2; Directive 2001/51/EC"),
        "signatures": [_("Received for the carrier"), _("Signature of the officer")],
        "foot": _("Use these data only to carry the person back, and destroy them afterwards."),
    }  # fmt: skip
