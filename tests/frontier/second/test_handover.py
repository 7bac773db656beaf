"""Handing a person over without telling the wrong one: every page, every entry, every role."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import get_resolver

from tests.frontier.conftest import POST, person
from tests.frontier.second.conftest import browser
from xenia.access import policy
from xenia.errors import BadInput, Conflict, NotFound, Unavailable
from xenia.frontier import actions, queries, referrals
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second import handover, interview
from xenia.frontier.second.models import HandOver
from xenia.identity.models import Identity
from xenia.journal import entries, forgetting
from xenia.journal.models import Entry
from xenia.oversight import viewing
from xenia.registers.reference.models import Printer
from xenia.work import items
from xenia.work.models import WorkItem

SECRET = "Asks for protection against the Vorgrund clan."
# What would tell a border or police officer that it was the asylum authority.
TELLING = re.compile(r"asyl|UTO-AS|Zufluchtsamt|Vorgrund", re.IGNORECASE)


@pytest.fixture
def handed(others, refer, at_lane):
    one = refer()
    second = at_lane("second", None)
    actions.claim_referral(second, one.item.id)
    item, check = referrals.find(second, one.item.id)
    interview.note(second, item, check, "Says: Vorgrund.", "purpose")
    referrals.hand_over(second, one.item.id, "asylum", "UTO-AS", SECRET)
    return HandOver.objects.get()


def test_the_receiver_sees_the_person_and_gives_a_receipt(handed, at_desk, at_lane):
    officer = at_desk("asyl")
    assert [row.id for row in handover.waiting(officer)] == [handed.id]
    view = handover.show(officer, handed.id)
    assert view.note == SECRET and view.notes[0]["text"] == "Says: Vorgrund."
    assert view.claimed.main_name().surname == "HALVORSEN"
    read = Entry.objects.filter(kind="handover.shown").get()
    assert (read.owner, read.purpose) == ("UTO-AS", "asylum-examination")
    handover.receive(officer, handed.id)
    assert handover.received_at(handed.check_made) is not None
    with pytest.raises(Conflict):
        handover.receive(officer, handed.id)
    assert not Crossing.objects.exists() and Check.objects.get().state == "handed-over"


def test_the_border_learns_received_and_nothing_more(handed, at_desk):
    client = browser("second", POST)
    referral = WorkItem.objects.get(kind="frontier.referral")
    before = client.get(f"/second-line/{referral.id}/").content.decode()
    assert "handed over" in before.lower() and not telling(before)
    handover.receive(at_desk("asyl"), handed.id)
    after = client.get(f"/second-line/{referral.id}/").content.decode()
    assert "Received" in after and not telling(after)


def test_the_receipt_is_a_slip_that_does_not_tell_who_received(handed, at_desk):
    client, address = browser("asyl", None), f"/handed-over/{handed.id}/receipt/"
    assert client.get(address).status_code == 302, "nothing to confirm yet"
    handover.receive(at_desk("asyl"), handed.id)
    Printer.objects.create(post=POST, name="Desk", paper="roll-58", letters=["hand-over"])
    read = Entry.objects.filter(kind="handover.shown").count()
    page = client.get(address).content.decode()
    slip = page[page.index("<article") : page.index("</article>")]
    assert '<body class="roll-58">' in page and "HALVORSEN" in slip and "Received" in slip
    assert not TELLING.search(slip) and SECRET not in page
    assert Entry.objects.filter(kind="handover.shown").count() == read + 1


def telling(page: str) -> list[str]:
    """Words that tell; what every page of the kind says of any traveller does not count."""
    for always in (
        "Who asks for protection is handed to the asylum authority, and is not refused.",
        "Who asks for protection is not refused: hand over to the asylum authority.",
    ):
        page = page.replace(always, "")
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)  # letters at random say anything now and then
    return TELLING.findall(page)


@pytest.mark.parametrize("who", ["pol", "second", "third", "first", "sup", "aud", "editor"])
def test_nobody_else_may_open_it(handed, at_desk, at_lane, who):
    here = at_desk(who) if who in ("pol", "sup", "aud") else at_lane(who, None)
    with pytest.raises(NotFound):
        handover.show(here, handed.id)
    with pytest.raises(NotFound):
        handover.receive(here, handed.id)
    assert not handover.waiting(here)
    if here.may("work.read"):
        assert not [item for item in items.waiting(here) if item.kind.startswith("handover")]


def _addresses(resolver, before=""):
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        yield from _addresses(one, here) if hasattr(one, "url_patterns") else [here]


@pytest.mark.parametrize("who", ["pol", "second", "first", "sup", "aud"])
def test_no_page_and_no_answer_of_the_api_tells_it(handed, at_desk, at_lane, who):
    """Every address, filled with every id there is, as each role of border and police."""
    ids = {str(handed.id), str(handed.item), str(handed.identity), str(handed.check_made)}
    ids |= {str(one) for one in WorkItem.objects.values_list("id", flat=True)}
    client = browser(
        who, None if who in ("pol",) else POST, "L1" if who == "first" else None, raise_request_exception=False
    )
    # What may be known to exist: the accounts and authorities, the policy, reference data. Not what happened.
    public = re.compile(
        r"^/(accounts|policy|reference|administration|keys|hand|posts|lists|places|retention|admin|devices)|hand-over/$"
    )
    for route in _addresses(get_resolver()):
        for one in ids if "<uuid" in route else [""]:
            address = "/" + re.sub(r"<(?:\w+:)?\w+>", one or "x", route.replace("<int:number>", "0"))
            if public.search(address):
                continue
            answer = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert not telling(body.decode(errors="replace")), f"{who} {address}"


def test_the_journal_of_the_border_does_not_tell_it(handed, at_desk, at_lane):
    """Entries that the border owns, with their bodies; and the viewer's page."""
    from xenia.journal import sealer

    own = list(Entry.objects.exclude(owner="UTO-AS"))
    bodies = entries.bodies(own)
    made = Entry.objects.filter(kind="referral.answered").get()
    after = [one for one in own if one.id >= made.id or one.kind.startswith(("work", "check", "referral"))]
    for one in after:
        if one.kind.startswith(("access", "policy")):
            continue
        said = json.dumps(
            [one.kind, one.actor, one.purpose, one.legal_basis, one.reference, one.origin, bodies.get(one.id)]
        )
        if one.kind == "interview.noted":
            continue  # what the person said; sealed for the person, shown to second line until the hand-over
        assert not telling(said), said
        assert not any(str(part) in said for part in (handed.id, handed.item, handed.identity)), one.kind
    sealer.seal_now()
    shown = viewing.page(at_desk("aud"), viewing.Asked())
    assert shown.rows and not any(row.entry.owner == "UTO-AS" for row in shown.rows)


def test_the_police_get_their_own_and_only_their_own(others, refer, at_lane, at_desk):
    second = at_lane("second", None)
    one = refer(person("UX0000007", "Policewards"))
    actions.claim_referral(second, one.item.id)
    referrals.hand_over(second, one.item.id, "police", "", "Warrant.")
    row = HandOver.objects.get()
    assert handover.show(at_desk("pol"), row.id).note == "Warrant."
    with pytest.raises(NotFound):
        handover.show(at_desk("asyl"), row.id)


def test_the_claim_belongs_to_the_receiver_and_outlives_the_check(handed, at_desk):
    copy = Identity.objects.get(id=handed.identity)
    assert copy.owner == "UTO-AS" and copy.source == "handover"
    identity = Check.objects.get().identity
    act = at_desk("aud").act("oversight", "external:test")
    from xenia.journal.actions import writing

    with writing():
        for part in forgetting.parts():
            part.erase([identity], act)
    assert handover.show(at_desk("asyl"), handed.id).note == SECRET


def test_without_such_an_authority_nothing_is_pretended(post, refer, at_lane):
    second = at_lane("second", None)
    one = refer()
    actions.claim_referral(second, one.item.id)
    with pytest.raises(Unavailable) as missing:
        referrals.hand_over(second, one.item.id, "asylum", "", "x")
    assert missing.value.code == "no-receiver"
    with pytest.raises(BadInput):
        referrals.hand_over(second, one.item.id, "circus", "", "x")
    assert Check.objects.get().state == "referred" and WorkItem.objects.get().answered_at is None


def test_who_referred_does_not_hand_over(others, refer, at_lane):
    second = at_lane("second")
    one = refer(by="second")
    with pytest.raises(Conflict):
        actions.claim_referral(second, one.item.id)
    with pytest.raises(Conflict):
        referrals.hand_over(second, one.item.id, "asylum", "", "x")


def test_the_page_hands_over(others, refer, at_lane):
    one = refer()
    client = browser("second", POST)
    client.post(f"/second-line/{one.item.id}/claim/")
    address = f"/second-line/{one.item.id}/hand-over/"
    assert "Zufluchtsamt" in client.get(address).content.decode()
    assert client.post(address, {"to": ""}).status_code == 422
    assert client.post(address, {"to": "asylum:UTO-AS", "note": SECRET, "interview": "on"}).status_code == 302
    row = HandOver.objects.get()
    asylum = browser("asyl")
    assert SECRET in asylum.get(f"/handed-over/{row.id}/").content.decode()
    assert f"/handed-over/{row.id}/" in asylum.get("/handed-over/").content.decode()
    assert asylum.post(f"/handed-over/{row.id}/receive/").status_code == 302
    assert browser("pol").get(f"/handed-over/{row.id}/").status_code == 404
    assert policy.current().roles["asylum-officer"].permissions >= {"handover.asylum"}
    assert queries.waiting(at_lane("second", None)) == ()
