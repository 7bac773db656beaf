"""The only writers of crossings into stays. Called inside `journal.writing()`, in the transaction of the crossing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from xenia.errors import BadInput
from xenia.identity.claim import Claimed
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.journal.writing import is_writing
from xenia.registers.stays import files, kinds, records, retention
from xenia.registers.stays.files import Known
from xenia.registers.stays.models import RefusalRecord, StayFile, StayRecord
from xenia.registers.stays.pairing import Event
from xenia.registers.stays.records import Change
from xenia.registers.stays.rules import Visa, allowance, used_days

BASES = ("short-stay", "visa", "permit", "long-stay-visa", "limited-territory", "exempt")


@dataclass(frozen=True)
class Movement:
    """One crossing as the lane knows it. `at`: moment in UTC; `on`: local day of the post, whose zone is `zone`.

    `basis`: one of `BASES`. `visa_until`, `visa_days`: the sticker's own limits. `authorised_until`: the last day of the
    authorised stay; None: worked out here. A crossing recorded late (fall-back) gives the moment when it happened.
    """

    crossing: UUID
    identity: UUID
    claimed: Claimed
    at: datetime
    on: date
    zone: str
    post: str
    basis: str = "short-stay"
    visa_sticker: str = ""
    visa_until: date | None = None
    visa_days: int | None = None
    authorised_until: date | None = None


@dataclass(frozen=True)
class Matched:
    """The stay that an exit ended. `missing_entry`: none was known. `days`: of the stay; `overstay_days`: past what was authorised."""

    stay: UUID
    missing_entry: bool
    days: int
    overstay_days: int


def record_entry(move: Movement, act: Act) -> UUID:
    """An entry begins a stay; gives back its id. An earlier stay without an exit is left so, flagged."""
    known, rows = _person(move, act)
    visa_key = files.sticker_key(move.visa_sticker) if move.visa_sticker else None
    until = move.authorised_until or authorised_until(move, rows, visa_key)
    event = Event(
        "entry", move.crossing, move.at, move.on, move.zone, move.post, move.basis, None, known.row.id, visa_key,
        move.visa_until, move.visa_days, until,
    )  # fmt: skip
    change = records.paired(rows, known.row, [event])
    stay = change.of(move.crossing)
    body = {
        **_body(known, stay, move),
        "basis": move.basis,
        "visa_key": str(visa_key) if visa_key is not None else None,
        "visa_until": _iso(move.visa_until),
        "visa_days": move.visa_days,
        "authorised_until": _iso(until),
    }
    _write(known, change, move, kinds.ENTERED, body, stay.id, act)
    return stay.id


def record_exit(move: Movement, act: Act) -> Matched:
    """An exit ends the stay that is open; without one it makes a stay of which only the end is known."""
    known, rows = _person(move, act)
    event = Event("exit", move.crossing, move.at, move.on, move.zone, move.post, move.basis, None, known.row.id)
    change = records.paired(rows, known.row, [event])
    stay = change.of(move.crossing)
    last = stay.exit_on or stay.entry_on
    late = (last - stay.authorised_until).days if stay.authorised_until else 0
    matched = Matched(stay.id, stay.state == "missing-entry", (last - stay.entry_on).days + 1, max(0, late))
    body = {**_body(known, stay, move), "basis": move.basis, **_counted(known, stay, change.rows, matched)}
    _write(known, change, move, kinds.EXITED, body, stay.id, act)
    return matched


def _counted(known: Known, stay: StayRecord, rows: Sequence[StayRecord], matched: Matched) -> dict[str, Any]:
    """What a stay that ended is counted by: the days of it, of its window and past what was authorised."""
    last = stay.exit_on or stay.entry_on
    return {
        "nationality": known.row.nationality,
        "stay_basis": stay.basis,
        "entered_on": stay.entry_on.isoformat(),
        "authorised_until": _iso(stay.authorised_until),
        "missing_entry": matched.missing_entry,
        "stay_days": matched.days,
        "used_days": used_days(records.stays(rows), last),
        "overstay_days": matched.overstay_days,
    }


def record_refusal(move: Movement, codes: Sequence[str], act: Act) -> UUID:
    """A refusal, with the letters of the form, stands beside the stays; gives back its id."""
    known, rows = _person(move, act)
    until = retention.after("record-kept", move.on)
    refusal = RefusalRecord(
        id=uuid7(), file=known.row, crossing=move.crossing, at=move.at, on=move.on, zone=move.zone, post=move.post,
        codes=list(codes), delete_on=until,
    )  # fmt: skip
    known.row.refusals += 1
    known.row.last_refusal_on = max(move.on, known.row.last_refusal_on or move.on)
    body = {**_body(known, None, move), "refusal": str(refusal.id), "codes": list(codes)}
    noted = _file(known, move, act, _until(known.row, rows))
    if not known.fresh:
        StayFile.objects.filter(id=known.row.id).update(
            refusals=known.row.refusals, last_refusal_on=known.row.last_refusal_on
        )
    refusal.save(force_insert=True)
    entry = journal.prepare(kinds.REFUSED, body, act, subjects=[known.row.id, refusal.id], occurred_at=move.at)
    journal.append_many([*noted, entry])
    return refusal.id


def take_back(crossing: UUID, act: Act) -> None:
    """The crossing is no longer part of any stay; the stays around it are paired anew. Nothing where it never was one."""
    _inside()
    refusal = RefusalRecord.objects.select_related("file").filter(crossing=crossing).first()
    if refusal is not None:
        _without_refusal(refusal)
        file, subject = refusal.file, refusal.id
        rows = records.load(file.person_id)
    else:
        which = Q(entry_crossing=crossing) | Q(exit_crossing=crossing)
        stay = StayRecord.objects.select_related("file").filter(which).first()
        if stay is None:
            return
        file, subject = stay.file, stay.id
        change = records.paired(records.load(file.person_id), file, without=crossing)
        change.write()
        rows = change.rows
    now = datetime.now(UTC)
    StayFile.objects.filter(person_id=file.person_id).update(delete_on=_until(file, rows, now.date()))
    body = {"file": str(file.id), "crossing": str(crossing)}
    journal.append(kinds.TAKEN_BACK, body, act, subjects=[file.id, subject], occurred_at=now)


def _without_refusal(refusal: RefusalRecord) -> None:
    file = refusal.file
    RefusalRecord.objects.filter(id=refusal.id).delete()
    days = list(RefusalRecord.objects.filter(file=file).values_list("on", flat=True))
    file.refusals, file.last_refusal_on = len(days), max(days, default=None)
    StayFile.objects.filter(id=file.id).update(refusals=file.refusals, last_refusal_on=file.last_refusal_on)


def authorised_until(move: Movement, rows: Sequence[StayRecord], visa_key: int | None) -> date | None:
    """The last authorised day of a stay that begins with this entry, where the lane did not say; None: no end is known."""
    if move.basis in ("permit", "long-stay-visa", "exempt"):
        return move.visa_until
    visa = Visa(None, move.visa_until, move.visa_days) if move.visa_sticker else None
    under = [row for row in rows if visa_key is not None and row.visa_key == visa_key]
    short = move.basis != "limited-territory"
    found = allowance(records.stays(rows), move.on, visa, records.stays(under), short=short)
    return found.until or (move.on if found.by else None)


def _inside() -> None:
    if not is_writing():
        raise RuntimeError("Stays are written inside journal.actions.writing() only.")


def _person(move: Movement, act: Act) -> tuple[Known, list[StayRecord]]:
    """The file of the traveller, found or begun, and the stays that matter to this crossing."""
    _inside()
    if move.basis not in BASES:
        raise BadInput(
            f"There is no basis of stay {move.basis[:24]!r}.", f"Use one of {', '.join(BASES)}.", code="bad-movement"
        )
    if move.at.tzinfo is None:
        raise BadInput("The crossing has no time zone.", "Give an aware time.", code="bad-movement")
    known = files.find(move.claimed)
    if known is None:
        return files.begin(move.claimed, act, datetime.now(UTC)), []
    return known, records.load(known.row.person_id, move.on)


def _body(known: Known, stay: StayRecord | None, move: Movement) -> dict[str, Any]:
    return {
        "file": str(known.row.id),
        **({"stay": str(stay.id)} if stay else {}),
        "crossing": str(move.crossing),
        "at": move.at.astimezone(UTC).isoformat(),
        "on": move.on.isoformat(),
        "zone": move.zone,
        "post": move.post,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _write(known: Known, change: Change, move: Movement, kind: str, body: dict[str, Any], stay: UUID, act: Act) -> None:
    noted = _file(known, move, act, _until(known.row, change.rows))
    change.write()
    entry = journal.prepare(kind, body, act, subjects=[known.row.id, stay], occurred_at=move.at)
    journal.append_many([*noted, entry])


def _file(known: Known, move: Movement, act: Act, until: date) -> list[journal.Prepared]:
    """Write the file, with the sticker of this crossing and its deletion day; its entry, if it needs one."""
    row = known.row
    row.delete_on = until
    noted = files.write(known, files.with_sticker(known, move.visa_sticker), act, datetime.now(UTC))
    if not known.fresh:
        StayFile.objects.filter(person_id=row.person_id).update(delete_on=until)
    return noted


def _until(file: StayFile, rows: Sequence[StayRecord], today: date | None = None) -> date:
    days = [row.delete_on for row in rows]
    if file.last_refusal_on:
        days.append(retention.after("record-kept", file.last_refusal_on))
    return retention.file_until(days, today or datetime.now(UTC).date())
