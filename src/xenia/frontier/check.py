"""What a page, the API or a print shows of one check. Pure data; texts are already in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from xenia.frontier.trip import Trip
from xenia.registers.stays.ruler import Ruler

Verdict = Literal["clear", "look", "stop"]
KeyName = Literal["admit", "refer", "refuse"]


@dataclass(frozen=True)
class CheckDigitView:
    """One check digit: where it stands (`line`, `column` from 0) and whether it agrees."""

    field: str
    line: int
    column: int
    expected: str
    found: str
    ok: bool


@dataclass(frozen=True)
class DocumentView:
    """The document as read, or as typed (`layout` "typed", no lines). Dates ISO, unknown parts left out.

    `on_document_of`: the check of the parent whose document a child (`layout` "child") stands in.
    """

    layout: str
    lines: tuple[str, ...]
    checks: tuple[CheckDigitView, ...]
    document_code: str
    issuing_state: str
    issuing_state_name: str
    document_number: str
    surname: str
    given_names: str
    nationality: str
    nationality_name: str
    birth_date: str
    sex: str
    expiry_date: str
    expiry: date | None
    warnings: tuple[str, ...] = ()
    issued_on: str = ""
    on_document_of: str = ""


@dataclass(frozen=True)
class FindingView:
    """Something about the document itself: what was found, and what to do."""

    code: str
    severity: Verdict
    text: str
    instruction: str


@dataclass(frozen=True)
class FeatureView:
    """One compared feature. `mark`: `=` same, `≈` alike, `≠` differs, `·` not known."""

    label: str
    mark: str
    asked: str
    found: str


@dataclass(frozen=True)
class HitView:
    """One hit, cut to what policy lets this officer see. `name` and `features` are empty where only the flag may be seen.

    `no`: number on this check, for `dismiss`. `may_dismiss`: only a POSSIBLE of a category that the first line may settle.
    `withheld`: no name lies at this unit; the centre is asked.
    """

    no: int
    register: str
    register_label: str
    category: str
    category_label: str
    band: Literal["EXACT", "LIKELY", "POSSIBLE"]
    band_label: str
    severity: Verdict
    name: str
    instruction: str
    reason: str
    features: tuple[FeatureView, ...]
    details: tuple[tuple[str, str], ...] = ()
    may_dismiss: bool = False
    dismissed: str = ""
    subject: UUID | None = None
    withheld: bool = False


@dataclass(frozen=True)
class AskedView:
    """One register that was asked. `part`: age as a share of what is permitted, 0..1 and above; None for live registers."""

    register: str
    label: str
    finding: str
    found: bool
    as_of: datetime | None
    age_s: int | None
    part: float | None
    state: Literal["fresh", "ageing", "old", "live", "never", "broken"]


@dataclass(frozen=True)
class KeyView:
    """One decision key. `first`: the filled button. `reason`: why it may not be used, or what it does."""

    allowed: bool
    first: bool
    reason: str = ""


@dataclass(frozen=True)
class DecisionView:
    """What was decided. `take_back_until`: until when it can be taken back; None when it can't."""

    outcome: Literal["admitted", "referred", "refused", "put-aside", "taken-back", "handed-over"]
    at: datetime
    by: str
    reasons: tuple[str, ...] = ()
    crossing: UUID | None = None
    take_back_until: datetime | None = None


@dataclass(frozen=True)
class VisaView:
    """A visa or permit as the page shows it. `type_label`: its kind in words; `used`: entries made, `days_used` of `days`."""

    sticker: str
    issuing_state: str
    type: str
    type_label: str
    valid_from: date | None
    valid_until: date | None
    entries: int | None
    used: int
    days: int | None
    read: bool
    registered: bool


@dataclass(frozen=True)
class StayView:
    """How the days stand. `ruler`: as drawn; `by`: which limit is the lowest, in words, empty where no stay is allowed."""

    ruler: Ruler
    by: str


@dataclass(frozen=True)
class MemberView:
    """One of those who travel together. `current`: the one on the page; `ready`: nothing speaks against admitting."""

    check: UUID
    name: str
    verdict: Verdict
    state: str
    current: bool
    ready: bool


@dataclass(frozen=True)
class CheckView:
    """One check, whole. `zone`: the post's time zone, in which its times are shown."""

    id: UUID
    read_at: datetime
    zone: str
    post: str
    lane: str
    direction: Literal["entry", "exit"]
    purpose: str
    verdict: Verdict
    headline: str
    instruction: str
    facts: tuple[str, ...]
    document: DocumentView
    findings: tuple[FindingView, ...]
    hits: tuple[HitView, ...]
    asked: tuple[AskedView, ...]
    keys: dict[KeyName, KeyView]
    say: str = ""
    decision: DecisionView | None = None
    say_language: str = ""
    border: str = ""
    category: str = ""
    category_label: str = ""
    until: date | None = None
    visa: VisaView | None = None
    stay: StayView | None = None
    trip: Trip = field(default_factory=Trip)
    vehicle: str = ""
    crew: bool = False
    waivable: bool = False
    half: bool = False
    group: UUID | None = None
    members: tuple[MemberView, ...] = ()

    @property
    def group_ready(self) -> bool:
        """Whether one key may admit all who travel together."""
        waiting = [one for one in self.members if one.state == "open"]
        return len(waiting) > 1 and all(one.ready for one in waiting)

    @property
    def group_open(self) -> int:
        """How many of them wait for a decision."""
        return sum(one.state == "open" for one in self.members)


@dataclass(frozen=True)
class CrossingRow:
    """One line of the lane's recent decisions. `others`: admitted with the same key, as a group."""

    check: UUID
    crossing: UUID | None
    at: datetime
    name: str
    outcome: str
    take_back_until: datetime | None
    others: int = 0


@dataclass(frozen=True)
class Today:
    """Counts of one lane on its local day, and its latest decisions, newest first."""

    on: date
    admitted: int
    referred: int
    refused: int
    taken_back: int
    recent: tuple[CrossingRow, ...] = ()


@dataclass(frozen=True)
class ReferralRow:
    """One waiting traveller of the second line. `reasons`: tags in words; `gravity`: 0 to 3, 0 is seen first."""

    item: UUID
    check: UUID
    name: str
    lane: str
    since: datetime
    severity: Verdict
    gravity: int
    reasons: tuple[str, ...]
    claimed_by: str
    mine: bool


@dataclass(frozen=True)
class OtherCrossing:
    """Where and when the same document was admitted as well."""

    post: str
    at: datetime


@dataclass(frozen=True)
class ReferralView:
    """One referral, whole: the check as the second line may see it, the note, who has it, what may be answered.

    `own`: the reader made the check, so that another officer must answer. `kind`: of the work item; `other`: where it is
    about two crossings.
    """

    item: UUID
    since: datetime
    note: str
    referred_by: str
    claimed_by: str
    mine: bool
    check: CheckView
    own: bool = False
    outcomes: tuple[str, ...] = ("admit", "refuse", "hand-over")
    answer: DecisionView | None = None
    kind: str = ""
    other: OtherCrossing | None = None


@dataclass(frozen=True)
class Typed:
    """A document typed by hand. Dates as ISO with unknown parts left out; `nationality` and `issuing_state`: ICAO codes."""

    surname: str = ""
    given_names: str = ""
    birth_date: str = ""
    sex: str = ""
    nationality: str = ""
    document_code: str = "P"
    issuing_state: str = ""
    document_number: str = ""
    expiry_date: str = ""
    issued_on: str = ""
    other_names: tuple[str, ...] = field(default=())
