"""The ways of `two_persons`: everything that somebody alone could try, through actions, pages, API and commands.

Each takes the world, the person and a number to choose with; what is refused is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from xenia.access import actions as access
from xenia.access import policy, policy_actions, ports, two_persons
from xenia.access.models import Account, PolicyVersion
from xenia.access.rules import ANY
from xenia.frontier import actions as booth
from xenia.frontier import referrals
from xenia.frontier.models import Crossing
from xenia.frontier.second import cases
from xenia.frontier.second.models import HitCase
from xenia.frontier.shift import shifts
from xenia.frontier.shift.models import Shift
from xenia.oversight import proposals as oversight
from xenia.oversight import rights
from xenia.registers import entered, exports
from xenia.registers.alerts import actions as alerts
from xenia.registers.lists import sources
from xenia.registers.lists.models import ListSource
from xenia.registers.live.models import LiveRecord
from xenia.registers.reference import actions as reference
from xenia.registers.reference.models import ReferenceRow
from xenia.registers.stays import corrections
from xenia.registers.stays.models import StayRecord
from xenia.site.demo import scenario
from xenia.site.soak import lone as world_of
from xenia.site.soak.lone import LISTED, TRAVELLERS, Lone, World, person
from xenia.work import items, proposals
from xenia.work.models import Proposal, WorkItem

Way = Callable[[World, Lone, int], object]
WAYS: Final[dict[str, Way]] = {}
WHY: Final = {"reason": "Invented.", "reference": "external:soak-1"}
One = TypeVar("One")


def way(act: Way) -> Way:
    """Make it known under its name."""
    WAYS[act.__name__] = act
    return act


def pick_of(many: Sequence[One], pick: int) -> One | None:
    """One of them, or None."""
    return many[pick % len(many)] if many else None


# ---------- the booth ----------


def lines_of(pick: int) -> tuple[str, str]:
    """The lines of somebody's passport, and a direction."""
    which = list(TRAVELLERS)[pick % len(TRAVELLERS)]
    return "\n".join(scenario.passport(person(*TRAVELLERS[which]))), ("entry", "exit")[pick // 4 % 2]


@way
def read(world: World, me: Lone, pick: int) -> object:
    """Read a passport at a lane."""
    text, direction = lines_of(pick)
    lane = ("L1", "L2")[pick % 2]
    return booth.check_text(me.at(pick // 2, lane), lane, text, direction)


def _decide(act: Callable[..., object]) -> Way:
    def decide(world: World, me: Lone, pick: int) -> object:
        check = pick_of(me.checks(), pick)
        return act(me.at(me.hands.index(check.officer), check.lane), check, pick) if check else False

    return decide


WAYS["admit"] = _decide(lambda here, check, _: booth.admit(here, check.id))
WAYS["admit_group"] = _decide(lambda here, check, _: booth.admit_group(here, check.id))
WAYS["group"] = _decide(lambda here, check, _: booth.start_group(here, check.id))
WAYS["refuse"] = _decide(lambda here, check, pick: booth.refuse(here, check.id, ["ACEHI"[pick % 5]], {}))
WAYS["refer"] = _decide(lambda here, check, _: booth.refer(here, check.id, "Invented."))
WAYS["dismiss"] = _decide(lambda here, check, pick: booth.dismiss(here, check.id, 1 + pick % 2, "Somebody else."))
WAYS["put_aside"] = _decide(lambda here, check, _: booth.put_aside(here, check.id))


@way
def take_back(world: World, me: Lone, pick: int) -> object:
    """Take back what was decided a moment ago."""
    one = pick_of(list(Crossing.objects.filter(officer__in=me.hands).order_by("decided_at")), pick)
    return booth.take_back(me.at(pick, one.lane), one.id) if one else False


@way
def raise_unseen(world: World, me: Lone, pick: int) -> object:
    """What the server does by itself: items for alerts that the booth did not see."""
    return referrals.raise_silent_hits()


# ---------- the second line ----------


def item_of(me: Lone, pick: int) -> WorkItem | None:
    """A work item about somebody whom this person checked, or None."""
    mine = [str(check.id) for check in me.checks()]
    return pick_of(list(WorkItem.objects.filter(subject__in=mine).order_by("opened_at")), pick)


def _second(act: Callable[..., object]) -> Way:
    def do(world: World, me: Lone, pick: int) -> object:
        item = item_of(me, pick)
        return act(me.at(pick // 3, None), item, pick) if item else False

    return do


OUTCOMES: Final = ("admit", "refuse", "hand-over", "noted")
WAYS["claim"] = _second(lambda here, item, _: booth.claim_referral(here, item.id))
WAYS["claim_on_the_work_list"] = _second(lambda here, item, _: items.claim(here, item.id))
WAYS["release"] = _second(lambda here, item, _: booth.release_referral(here, item.id))
WAYS["answer"] = _second(
    lambda here, item, pick: booth.answer_referral(here, item.id, OUTCOMES[pick % 4], "Invented.", ["H"])
)
WAYS["answer_as_work"] = _second(lambda here, item, pick: items.answer(here, item.id, OUTCOMES[pick % 4], "Invented."))
WAYS["hand_over"] = _second(
    lambda here, item, pick: referrals.hand_over(here, item.id, ("asylum", "police")[pick % 2], "", "Invented.")
)


@way
def walk_the_procedure(world: World, me: Lone, pick: int) -> object:
    """Do the next step of a hit."""
    mine = [check.id for check in me.checks()]
    case = pick_of(list(HitCase.objects.filter(check_made__in=mine).order_by("opened_at")), pick)
    task = cases.next_task(case, case.steps.all()) if case else None
    if case is None or task is None:
        return False
    choice = task.choices[pick % len(task.choices)].code if task.choices else ""
    return cases.do(me.at(pick, None), case.id, task.code, choice=choice, text="Invented.", to="telephone")


# ---------- registers, lists, exports, stays ----------

VEHICLE: Final[dict[str, Any]] = {
    "category": "stolen", "plate": "UX 555", "plate_state": "UTO", "vin": "UXZZZ000000000001", "make": "Invented",
    "model": "Roadster", "reason": "Invented", "legal_basis": "Invented Act", "proportionality": "Worth it", "event_on": "2026-10-01",
}  # fmt: skip


@way
def enter_a_record(world: World, me: Lone, pick: int) -> object:
    """Propose a record."""
    return entered.propose_entry(me.at(pick, None), "vehicles", VEHICLE, **WHY)


@way
def delete_an_alert(world: World, me: Lone, pick: int) -> object:
    """Propose that an alert goes, one way or the other."""
    here = me.at(pick // 2, None)
    if pick % 2:
        return entered.propose_deletion(here, world.alert, **WHY)
    return alerts.propose_deletion(here, LiveRecord.objects.get(pk=world.alert).record_id, **WHY)


@way
def correct_a_record(world: World, me: Lone, pick: int) -> object:
    """Propose that an alert names somebody else."""
    body = {
        **world.body,
        "reason": f"Invented {pick}",
        "names": [{"surname": "Else", "given_names": "Oda", "kind": "main"}],
    }
    return entered.propose_correction(me.at(pick, None), world.alert, body, **WHY)


@way
def export(world: World, me: Lone, pick: int) -> object:
    """Ask for an export, or take one."""
    asked = pick_of(list(Proposal.objects.filter(action=exports.ACTION).order_by("proposed_at")), pick)
    if pick % 2 and asked:
        return exports.download(me.at(pick // 2, None), asked.pk)
    names = ("registers.alerts", "registers.vehicles", "stays.overstayers")
    return exports.ask(me.at(pick // 2, None), names[pick % 3], {}, "csv", **WHY)


@way
def correct_a_stay(world: World, me: Lone, pick: int) -> object:
    """Propose that a stay never was, or ended."""
    row = StayRecord.objects.get(pk=world.stay)
    return corrections.propose_correction(
        me.at(pick, None), row.id, entry_on=row.entry_on, exit_on=row.entry_on, authorised_until=None,
        basis="short-stay", void=bool(pick % 2), **WHY,
    )  # fmt: skip


@way
def load_a_list(world: World, me: Lone, pick: int) -> object:
    """Load a list without some of its records: one, or so many that it takes two persons."""
    gone = (1, 2, 3, 9)[pick % 4]
    world_of.load(me.at(pick // 4, None), world.folder, range(gone, LISTED))
    return True


@way
def source_of_a_list(world: World, me: Lone, pick: int) -> object:
    """Propose a source, or that one may lose everything without a second person."""
    row = ListSource.objects.get(code=world_of.LIST)
    wanted = sources.as_source(row)
    here = me.at(pick // 2, None)
    if pick % 2:
        changed = sources.Source(**{**vars(wanted), "removal_share": 100})
        return sources.propose_change(here, changed, **WHY)
    return sources.propose_source(here, sources.Source(**{**vars(wanted), "code": f"own-{pick}"}), **WHY)


# ---------- policy, reference data, accounts, erasing ----------


@way
def change_the_policy(world: World, me: Lone, pick: int) -> object:
    """Propose that a row of the policy goes."""
    row = PolicyVersion.objects.latest("number")
    rule = pick_of(row.content["rows"], pick)
    return ports.propose_policy(me.at(pick, None), row.hash, [{"remove": rule["rule"]}], "Invented.") if rule else False


@way
def write_a_policy(world: World, me: Lone, pick: int) -> object:
    """Write the next version past the proposals."""
    row = PolicyVersion.objects.latest("number")
    here = me.at(pick, None)
    arguments = {"base": row.hash, "changes": [], "reason": "Invented.", "proposer": here.actor}
    return policy_actions.change_policy(arguments, here, here.act("operation", "policy"))


@way
def change_reference_data(world: World, me: Lone, pick: int) -> object:
    """Propose other words for a term; retention periods are terms too."""
    rows = list(ReferenceRow.objects.filter(current=True).order_by("list", "code"))
    row = rows[pick * 37 % len(rows)]
    content = {
        "list": row.list, "code": row.code, "labels": {**row.labels, "en": f"Invented {pick}"}, "order": row.order,
        "attributes": row.attributes, "source": row.source, "confidence": row.confidence,
        "valid_from": row.valid_from and row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat(),
    }  # fmt: skip
    return reference.propose(me.at(pick, None), [content], "Invented.", page=("", "retention", "printers")[pick % 3])


def _roles() -> list[str]:
    return [word for word, role in policy.current().roles.items() if ANY not in role.permissions]


@way
def make_an_account(world: World, me: Lone, pick: int) -> object:
    """A second account of the own, with a role: whoever makes it knows its password."""
    if len(me.hands) > 4:
        return False
    here = me.at(0, None)
    made = access.make_account(here, f"puppet-{me.hands[0].hex[-8:]}-{len(me.hands)}", "Puppet", authority="UTO-BG")
    me.hands.append(made.account.pk)
    return two_persons.give_role(here, made.account.pk, _roles()[pick % len(_roles())])


@way
def give_a_role(world: World, me: Lone, pick: int) -> object:
    """A role to oneself or to the own second account."""
    hand = me.hands[pick // 7 % len(me.hands)]
    return two_persons.give_role(me.at(pick, None), hand, _roles()[pick % len(_roles())])


@way
def take_over_an_account(world: World, me: Lone, pick: int) -> object:
    """A new password of somebody else's account: from then on it is in the same hands."""
    account = pick_of(list(Account.objects.filter(kind="person").exclude(pk__in=me.hands).order_by("username")), pick)
    if account is None:
        return False
    given = two_persons.give_password(me.at(pick, None), account.pk)
    if isinstance(given, access.Made):
        me.hands.append(account.pk)
    return given


@way
def second_factor(world: World, me: Lone, pick: int) -> object:
    """Take the second factor off: the own one, or a colleague's who approves."""
    hand = (me.hands[0], world.shift_to)[pick % 2]
    return two_persons.remove_second_factor(me.at(pick // 2, None), hand)


@way
def erase(world: World, me: Lone, pick: int) -> object:
    """Erase an alert as if it were a person's wish."""
    here = me.at(pick // 2, None)
    if pick % 2:
        return rights.erase(here, [world.alert], reason="request", reference=WHY["reference"])
    return oversight.propose_erasure(here, [str(world.alert)], reason="request", reference="soak-1", why="Invented.")


@way
def approve(world: World, me: Lone, pick: int) -> object:
    """Approve what waits: all of it is of the own hands."""
    one = pick_of(list(Proposal.objects.filter(state="waiting").order_by("-proposed_at")), pick // 2)
    return proposals.approve(me.at(pick, None), one.pk) if one else False


# ---------- the shift ----------


@way
def shift(world: World, me: Lone, pick: int) -> object:
    """Open a shift, hand it to a colleague, take it over or close it all the same."""
    here, now = me.at(pick // 4, None), datetime.now(UTC)
    running = Shift.objects.filter(post=world_of.POST).order_by("began_at").last()
    if running is None or running.state == "closed":
        return shifts.open_shift(here, now, now + timedelta(hours=8))
    if pick % 4 == 0:
        shifts.hand_over(here, running.id, world.shift_to, "")
        me.given.add(running.id)
        return True
    if pick % 4 == 1:
        return shifts.take_over(here, running.id, now + timedelta(hours=8))
    return shifts.close(here, running.id)
