"""List sources: proposed by one person, approved by another, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.formats.lists.mapping import ColumnMapping
from xenia.formats.lists.records import DOCUMENT, PERSON, VEHICLE, VISA
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.registers.lists import at_units, kinds
from xenia.registers.lists.inputs import MAPPED, PERSONS_ONLY
from xenia.registers.lists.models import ListSource
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

ACTION = "lists.source"
CHANGE = "lists.source-change"
PURPOSE = "list-management"
FORMATS = tuple(word for word, _label in ListSource.FORMATS)
KIND_OF_REGISTER = {
    "alerts": PERSON,
    "notices": PERSON,
    "lost_documents": DOCUMENT,
    "visas": VISA,
    "vehicles": VEHICLE,
}
SYSTEM = "system:set-up"
CENTRE = "system:centre"
DEFAULTS = (
    "category",
    "instruction_first",
    "instruction_second",
    "handling",
    "issuing_authority",
    "legal_basis",
    "confidence",
    "colour",
    "contact",
)


@dataclass(frozen=True)
class Source:
    """What is proposed and approved. `removal_share`: per cent; `defaults`: values for fields that the file leaves empty.

    `mapping`: as `ColumnMapping.to_json` gives it, for formats with columns of their own. `by_itself`: complete files in
    the watched folder are loaded without a person. `at_units`, `at_places`: what units hold of it, see `at_units.py`.
    """

    code: str
    register: str
    format: str
    name: str
    owner: str
    max_age_hours: int = 24
    removal_share: int = 20
    defaults: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    by_itself: bool = False
    at_units: str = ""
    at_places: Mapping[str, str] = field(default_factory=dict)


# What set-up gives every installation, so that its operator can load lists at once.
FIRST = (
    ("alerts-csv", "alerts", "csv", gettext_noop("Alerts loaded by the operator (CSV)"), 24),
    ("lost-documents-csv", "lost_documents", "csv", gettext_noop("Lost documents loaded by the operator (CSV)"), 24),
    ("notices-csv", "notices", "csv", gettext_noop("Notices loaded by the operator (CSV)"), 72),
    ("visas-csv", "visas", "csv", gettext_noop("Visas loaded by the operator (CSV)"), 24),
    ("vehicles-csv", "vehicles", "csv", gettext_noop("Vehicles loaded by the operator (CSV)"), 24),
    ("notices-json", "notices", "notices-json", gettext_noop("Notices loaded by the operator (JSON)"), 72),
    ("notices-ofac", "notices", "ofac-csv", gettext_noop("OFAC list of designated nationals"), 168),
    ("notices-un-xml", "notices", "un-xml", gettext_noop("UN Security Council consolidated list"), 168),
)


def install_sources(standing: Standing) -> None:
    """Makes the first approved sources where they are missing; called by set-up, again and again without harm."""
    known = set(ListSource.objects.values_list("code", flat=True))
    missing = [row for row in FIRST if row[0] not in known]
    if not missing:
        return
    act = standing.act(PURPOSE, "set-up")
    with journal.writing():
        for code, register, form, name, hours in missing:
            install(Source(code, register, form, name, standing.authority, hours), act)


def install(source: Source, act: Act) -> None:
    """Makes one approved source without a second person, for set-up and the demo. Inside `journal.writing()`."""
    check(source)
    ListSource.objects.get_or_create(code=source.code, defaults=_columns(source) | _approved(SYSTEM, SYSTEM))
    journal.append(kinds.SOURCE_APPROVED, {"source": source.code, "register": source.register, "by": SYSTEM}, act)


def take_from_centre(source: Source) -> ListSource:
    """At a unit: the source as its centre has it; approved there, by two persons. Inside `journal.writing()`.

    Raises `BadInput` (`list-source`). Nothing loads from it here: the unit gets its versions whole.
    """
    check(source)
    row = ListSource.objects.filter(pk=source.code).first() or ListSource(code=source.code, **_approved(CENTRE, CENTRE))
    wanted = _columns(source) | {"state": "approved"}
    if row._state.adding or any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save()
    return row


def propose_source(standing: Standing, source: Source, *, reason: str, reference: str) -> UUID:
    """Proposes a source; gives the proposal's id. Raises `BadInput` (`list-source`), `Conflict` (`list-source-exists`)."""
    policy.require(standing, "lists.propose_source")
    check(source)
    act = standing.act(PURPOSE, reference)
    with journal.writing():
        if ListSource.objects.filter(code=source.code).exists():
            raise Conflict(
                f"There is a list source {source.code} already.", "Choose another code.", code="list-source-exists"
            )
        proposal = proposals.propose(
            standing, ACTION, asdict(source), reason=reason, reference=reference, subject=None, act=act
        )
        ListSource(code=source.code, **_columns(source), proposed_by=standing.actor, proposal=proposal.pk).save(
            force_insert=True
        )
        journal.append(kinds.SOURCE_PROPOSED, {"source": source.code, "register": source.register}, act)
    return proposal.pk


def propose_change(standing: Standing, source: Source, *, reason: str, reference: str) -> UUID:
    """Proposes other settings or columns of an approved source; gives the proposal's id. Raises as `propose_source`.

    Register, format and owner stay: another of these is another source.
    """
    policy.require(standing, "lists.propose_source")
    check(source)
    _same(source, approved(source.code))
    proposal = proposals.propose(
        standing,
        CHANGE,
        asdict(source),
        reason=reason,
        reference=reference,
        subject=None,
        act=standing.act(PURPOSE, reference),
    )
    return proposal.pk


def _same(source: Source, row: ListSource) -> None:
    if (source.register, source.format, source.owner) != (row.register, row.format, row.owner):
        raise BadInput(
            "Register, format and owner of a source stay as they are.", "Propose another source.", code="list-source"
        )


def execute_change(arguments: Mapping[str, Any], standing: Standing, act: Act) -> dict[str, Any]:
    """Takes the new settings into use; runs in the transaction of the approval. The version in use stays."""
    source = Source(**arguments)
    check(source)
    row = approved(source.code)
    _same(source, row)
    for name, value in _columns(source).items():
        setattr(row, name, value)
    row.save()
    body = {"source": source.code, "register": source.register, "by": standing.actor}
    journal.append(kinds.SOURCE_CHANGED, body, act)
    return {"source": source.code}


def as_source(row: ListSource) -> Source:
    """The source as it would be proposed."""
    return Source(row.code, **{name: getattr(row, name) for name in _COLUMNS})


def approve_source(standing: Standing, proposal_id: UUID) -> None:
    """Approves it, as another person than its proposer."""
    proposals.approve(standing, proposal_id)


def execute(arguments: Mapping[str, Any], standing: Standing, act: Act) -> dict[str, Any]:
    """Takes the source into use; runs in the transaction of the approval."""
    source = Source(**arguments)
    check(source)
    row = ListSource.objects.get(code=source.code)
    for name, value in (_columns(source) | _approved(row.proposed_by, standing.actor)).items():
        setattr(row, name, value)
    row.save()
    journal.append(
        kinds.SOURCE_APPROVED, {"source": source.code, "register": source.register, "by": standing.actor}, act
    )
    return {"source": source.code}


def close_source(standing: Standing, code: str, *, reference: str) -> None:
    """No further version of this source is loaded; the one in use stays until it is too old."""
    policy.require(standing, "lists.approve_source")
    with journal.writing():
        row = one(code)
        ListSource.objects.filter(code=row.code).update(state="closed")
        journal.append(kinds.SOURCE_CLOSED, {"source": row.code}, standing.act(PURPOSE, reference))


def one(code: str) -> ListSource:
    """The source of that code. Raises `NotFound` (code `no-list-source`)."""
    row = ListSource.objects.filter(code=code).first()
    if row is None:
        raise NotFound(f"There is no list source {code}.", "See `xenia lists status`.", code="no-list-source")
    return row


def approved(code: str) -> ListSource:
    """The approved source of that code. Raises `NotFound`, or `NotAllowed` (code `source-not-approved`)."""
    row = one(code)
    if row.state != "approved":
        raise NotAllowed(
            f"The list source {code} is {row.state}, not approved.",
            "A second person approves it first.",
            code="source-not-approved",
        )
    return row


def for_register(register: str, form: str) -> ListSource:
    """The one approved source of a register and format. Raises `NotFound`, or `BadInput` where there are several."""
    if register not in KIND_OF_REGISTER:
        raise NotFound(
            f"There is no register {register}.", f"Use {', '.join(KIND_OF_REGISTER)}.", code="unknown-register"
        )
    rows = list(ListSource.objects.filter(register=register, format=form, state="approved").order_by("code"))
    first = [row for row in rows if row.code in {code for code, *_ in FIRST}]
    if len(rows) > 1 and len(first) != 1:
        raise BadInput(f"Several sources load {register} from {form}.", "Name one with --source.", code="list-source")
    if not rows:
        raise NotFound(f"No approved source loads {register} from {form}.", "Propose one.", code="no-list-source")
    return (first or rows)[0]


def check(source: Source) -> None:
    """Whether the source can be used. Raises `BadInput` (code `list-source`)."""
    plain = source.code.replace("-", "")
    wrong = (
        "The code is not a word of small letters, digits and hyphens."
        if not (plain.isascii() and plain.isalnum() and source.code == source.code.lower() and len(source.code) <= 48)
        else f"There is no register {source.register}."
        if source.register not in KIND_OF_REGISTER
        else f"There is no format {source.format}."
        if source.format not in FORMATS or (source.format in PERSONS_ONLY and _kind(source) != PERSON)
        else "The share of removals is not 0 to 100 per cent."
        if not 0 <= source.removal_share <= 100
        else "The age is not 1 to 8760 hours."
        if not 1 <= source.max_age_hours <= 8760
        else "A default names a field that has none."
        if set(source.defaults) - set(DEFAULTS)
        else "The source has no name or no owner."
        if not source.name.strip() or not source.owner.strip() or len(source.name) > 200
        else at_units.wrong(source.register, source.at_units, source.at_places)
    )
    if wrong:
        raise BadInput(wrong, "Correct it and propose it again.", code="list-source")
    if source.format in MAPPED:
        ColumnMapping.from_json(source.mapping).check(_kind(source))
    elif source.mapping:
        raise BadInput("This format has its own columns.", "Propose it without a mapping.", code="list-mapping")


def _kind(source: Source) -> str:
    return KIND_OF_REGISTER[source.register]


_COLUMNS = tuple(one.name for one in fields(Source) if one.name != "code")


def _columns(source: Source) -> dict[str, Any]:
    return {name: value for name, value in asdict(source).items() if name in _COLUMNS}


def _approved(proposer: str, approver: str) -> dict[str, Any]:
    return {"state": "approved", "proposed_by": proposer, "approved_by": approver, "approved_at": timezone.now()}


def forget_rejected() -> int:
    """Removes sources whose proposal was rejected, withdrawn or has expired."""
    rows = ListSource.objects.filter(state="proposed").values_list("code", "proposal")
    waiting = set(Proposal.objects.filter(pk__in=[pk for _, pk in rows], state="waiting").values_list("pk", flat=True))
    gone = [code for code, pk in rows if pk not in waiting]
    if gone:
        with journal.writing():
            ListSource.objects.filter(code__in=gone, state="proposed").delete()
    return len(gone)


def lines(arguments: Mapping[str, Any]) -> Sequence[Line]:
    """What the second person reads before approving a source or its change, in the reader's language."""
    now = ListSource.objects.filter(code=arguments["code"], state="approved").first()
    before = dict(_shown(asdict(as_source(now)))) if now is not None else {}
    return [Line(label, text, before.get(label, "")) for label, text in _shown(arguments)]


def _shown(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = (
        (_("Code"), "code"),
        (_("Name"), "name"),
        (_("Register"), "register"),
        (_("Format"), "format"),
        (_("Owner"), "owner"),
        (_("Too old after hours"), "max_age_hours"),
        (_("Per cent of removals that needs a second person"), "removal_share"),
    )
    labels = {
        "instruction_first": _("What the first line does, where the list does not say"),
        "instruction_second": _("What the second line does, where the list does not say"),
    }
    found = [(label, str(arguments[name])) for label, name in named]
    found += [(labels.get(name, name), str(value)) for name, value in arguments.get("defaults", {}).items()]
    found.append((_("Loads by itself"), _("yes") if arguments.get("by_itself") else _("no")))
    found += unit_lines(arguments["register"], arguments.get("at_units") or "", arguments.get("at_places") or {})
    return found + _mapping_lines(arguments.get("mapping") or {})


def held_word(word: str) -> str:
    """What units hold, in the reader's language."""
    words = {
        at_units.WHOLE: _("whole; lists of persons only where the unit's disk is encrypted"),
        at_units.KEYED: _("keys only: no name, a hit asks the centre"),
        at_units.NOTHING: _("not at all"),
    }
    return words[word]


def unit_lines(register: str, said: str, places: Mapping[str, str]) -> list[tuple[str, str]]:
    """What units hold of a list: for all of them, then for those of which something else was said."""
    found = [(_("Held at units"), held_word(said or at_units.by_default(register)))]
    return found + [
        (_("Held at %(place)s") % {"place": name}, held_word(word)) for name, word in sorted(places.items())
    ]


def held_lines(code: str) -> list[tuple[str, str]]:
    """`unit_lines` of a source that is there."""
    row = one(code)
    return unit_lines(row.register, row.at_units, row.at_places)


def _mapping_lines(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not mapping:
        return []
    how = (
        (_("Fewest rows of a whole file"), "minimum_rows"),
        (_("Separator"), "separator"),
        (_("Encoding"), "encoding"),
        (_("Dates"), "dates"),
        (_("Several values are parted by"), "between"),
        (_("Line of the headings"), "heading_line"),
        (_("Sheet"), "sheet"),
    )
    found = [
        (label, repr(text) if name == "separator" else str(text)) for label, name in how if (text := mapping[name])
    ]
    found += [(_("Column %(name)s") % {"name": heading}, name) for heading, name in mapping["columns"].items()]
    found += [(_("Always in %(name)s") % {"name": name}, text) for name, text in mapping["always"].items()]
    for name, words in mapping["words"].items():
        found += [(_("Word of %(name)s") % {"name": name}, f"{theirs} = {ours}") for theirs, ours in words.items()]
    return found
