"""List sources: proposed by one person, approved by another, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.formats.lists.records import DOCUMENT, PERSON, VEHICLE, VISA
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.registers.lists import kinds
from xenia.registers.lists.models import ListSource
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

ACTION = "lists.source"
PURPOSE = "list-management"
FORMATS = ("csv", "un-xml")
KIND_OF_REGISTER = {
    "alerts": PERSON,
    "notices": PERSON,
    "lost_documents": DOCUMENT,
    "visas": VISA,
    "vehicles": VEHICLE,
}
SYSTEM = "system:set-up"
DEFAULTS = (
    "category",
    "instruction_first",
    "instruction_second",
    "handling",
    "issuing_authority",
    "legal_basis",
    "confidence",
)


@dataclass(frozen=True)
class Source:
    """What is proposed and approved. `removal_share`: per cent; `defaults`: values for fields that the file leaves empty."""

    code: str
    register: str
    format: str
    name: str
    owner: str
    max_age_hours: int = 24
    removal_share: int = 20
    defaults: Mapping[str, str] = field(default_factory=dict)


# What set-up gives every installation, so that its operator can load lists at once.
FIRST = (
    ("alerts-csv", "alerts", "csv", "Alerts loaded by the operator (CSV)", 24),
    ("lost-documents-csv", "lost_documents", "csv", "Lost documents loaded by the operator (CSV)", 24),
    ("notices-csv", "notices", "csv", "Notices loaded by the operator (CSV)", 72),
    ("visas-csv", "visas", "csv", "Visas loaded by the operator (CSV)", 24),
    ("vehicles-csv", "vehicles", "csv", "Vehicles loaded by the operator (CSV)", 24),
    ("notices-un-xml", "notices", "un-xml", "UN Security Council consolidated list", 168),
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
        if source.format not in FORMATS or (source.format == "un-xml" and KIND_OF_REGISTER[source.register] != PERSON)
        else "The share of removals is not 0 to 100 per cent."
        if not 0 <= source.removal_share <= 100
        else "The age is not 1 to 8760 hours."
        if not 1 <= source.max_age_hours <= 8760
        else "A default names a field that has none."
        if set(source.defaults) - set(DEFAULTS)
        else "The source has no name or no owner."
        if not source.name.strip() or not source.owner.strip() or len(source.name) > 200
        else ""
    )
    if wrong:
        raise BadInput(wrong, "Correct it and propose it again.", code="list-source")


def _columns(source: Source) -> dict[str, Any]:
    columns = asdict(source)
    del columns["code"]
    return columns


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
    """What the second person reads before approving a source, in the reader's language."""
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
    defaults = [Line(labels.get(name, name), str(value)) for name, value in arguments.get("defaults", {}).items()]
    return [Line(label, str(arguments[name])) for label, name in named] + defaults
