"""Changing the policy from pages: what it means for whom is shown first, a second person approves, nobody alone."""

from __future__ import annotations

import copy
import json
import re

import pytest
from django.test import Client

from tests import people
from tests.access.test_places import second_factor, text
from xenia.access import policy, policy_actions, policy_compare, role_pages
from xenia.access.models import PolicyVersion
from xenia.journal.actions import writing
from xenia.work import proposals
from xenia.work.models import Proposal

SHIPPED = json.loads(policy_actions.FIRST_POLICY.read_text(encoding="utf-8"))


@pytest.fixture
def admin(world: people.World) -> Client:
    return second_factor(world.client("ann", "administrator"))


def hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)


def sent(page: str, **more: str) -> dict[str, list[str]]:
    """The check page's form as a browser without script sends it."""
    said: dict[str, list[str]] = {}
    for name, value in hidden(page):
        said.setdefault(name, []).append(value.replace("&quot;", '"').replace("&#x27;", "'"))
    reason = re.search(r'<textarea[^>]*name="reason"[^>]*>([^<]*)', page)
    if reason:
        said["reason"] = [reason.group(1)]
    return said | {name: [value] for name, value in more.items()}


def older(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A policy such as an installation of an earlier version has: no reports, no asylum officer, fewer rows."""
    content = copy.deepcopy(SHIPPED)
    del content["roles"]["asylum-officer"]
    content["roles"]["shift-supervisor"]["permissions"].remove("reports.read")
    content["rows"] = [row for row in content["rows"] if row["rule"] != "X1-06"]
    with writing():
        row = PolicyVersion.objects.get(number=1)
        row.content, row.hash = content, policy_actions.policy_hash(content)
        row.save()
    return content


def base() -> str:
    return PolicyVersion.objects.latest("number").hash


def analyst(**more: object) -> dict[str, object]:
    role = {
        "label": "Analyst",
        "second_factor": "required",
        "purposes": ["statistics"],
        "permissions": ["reports.read"],
    }
    return {**role, "base": base(), "reason": "They count.", "step": "check", **more}


def test_a_permission_is_given_to_a_role_by_two_persons(world: people.World, admin: Client):
    world.person("cay", "analyst", authority="UTO-BG")
    check = admin.post("/policy/roles/analyst/", analyst())
    page = text(check)
    assert check.status_code == 200
    assert "Gets the permission" in page
    assert "reports.read" in page
    assert "1 open account holds this role now." in page
    assert Proposal.objects.count() == 0, "nothing is proposed before it was shown"
    answer = admin.post("/policy/roles/analyst/", sent(page, step="propose"))
    made = Proposal.objects.get()
    assert answer.url == f"/work/proposals/{made.pk}/"
    assert "reports.read" not in policy.current().roles["analyst"].permissions
    proposals.approve(world.standing("bea", "administrator"), made.pk)
    assert "reports.read" in policy.current().roles["analyst"].permissions


def test_answers_can_be_changed_before_they_are_proposed(admin: Client):
    page = text(admin.post("/policy/roles/analyst/", analyst()))
    form = admin.post("/policy/roles/analyst/", sent(page, step="edit"))
    assert form.status_code == 200
    assert "They count." in text(form)
    assert Proposal.objects.count() == 0


def test_nobody_alone_changes_the_policy(world: people.World, admin: Client):
    page = text(admin.post("/policy/roles/analyst/", analyst()))
    admin.post("/policy/roles/analyst/", sent(page, step="propose"))
    made = Proposal.objects.get()
    answer = admin.post(f"/work/proposals/{made.pk}/decide/", {"decision": "approve"})
    assert answer.status_code in (302, 403, 409, 422)
    assert PolicyVersion.objects.count() == 1


def test_what_loses_something_says_so(admin: Client):
    row = next(row for row in SHIPPED["rows"] if row["rule"] == "P1-01")
    said = {"base": base(), "reason": "No more.", "outcome": "remove", "confidence": "decided", "step": "check"}
    page = text(admin.post("/policy/rows/P1-01/", said))
    assert "First-line officer" in page
    assert row["register"] in page
    assert "<strong>nothing" in page


def test_a_new_row_gets_the_next_number_of_its_purpose(world: people.World, admin: Client):
    said = {
        "base": base(), "purpose": "statistics", "register": "alerts", "role": "*", "owner": "kind:police", "outcome": "flag",
        "handling": "*", "categories": "*", "legal_basis": "Invented Act 3", "source": "Invented", "confidence": "decided",
        "reason": "To try.", "step": "propose",
    }  # fmt: skip
    assert admin.post("/policy/rows/new/", said).status_code == 302
    proposals.approve(world.standing("bea", "administrator"), Proposal.objects.get().pk)
    rows = PolicyVersion.objects.latest("number").content["rows"]
    made = [row for row in rows if row["owner"] == "kind:police" and row["purpose"] == "statistics"]
    assert made[0]["rule"].startswith("P14-")
    assert len({row["rule"] for row in rows}) == len(rows)


def test_a_new_role_is_proposed(world: people.World, admin: Client):
    said = {**analyst(label="Port captain"), "word": "port-captain", "step": "propose"}
    assert admin.post("/policy/roles/new/", said).status_code == 302
    proposals.approve(world.standing("bea", "administrator"), Proposal.objects.get().pk)
    assert policy.current().roles["port-captain"].label == "Port captain"
    again = admin.post("/policy/roles/new/", {**said, "base": base()})
    assert again.status_code == 422
    assert text(again).count("There is already a role of that word.") == 2


def test_a_policy_that_moved_in_between_is_said(world: people.World, admin: Client):
    page = text(admin.post("/policy/roles/analyst/", analyst()))
    other = analyst(permissions=["lists.read"])
    admin.post("/policy/roles/analyst/", {**other, "step": "propose"})
    proposals.approve(world.standing("bea", "administrator"), Proposal.objects.get().pk)
    late = admin.post("/policy/roles/analyst/", sent(page, step="propose"))
    assert late.status_code == 422
    assert "has changed since" in text(late)


def test_an_older_installation_adopts_what_the_version_brings_with_one_proposal(
    world: people.World, admin: Client, monkeypatch: pytest.MonkeyPatch
):
    older(monkeypatch)
    assert {one.key for one in role_pages.brought()} == {
        "role/asylum-officer", "permission/shift-supervisor/reports.read", "row/X1-06",
    }  # fmt: skip
    overview = text(admin.get("/administration/"))
    assert "3 additions of this version of Xenia can be adopted" in overview
    page = text(admin.get("/policy/additions/"))
    keys = re.findall(r'name="take" value="([^"]+)"[^>]*checked', page)
    assert len(keys) == 3
    said = {"base": base(), "reason": "Adopt.", "take": keys, "step": "check"}
    check = text(admin.post("/policy/additions/", said))
    assert "Asylum officer" in check
    admin.post("/policy/additions/", sent(check, step="propose"))
    proposals.approve(world.standing("bea", "administrator"), Proposal.objects.get().pk)
    assert role_pages.brought() == []
    assert "asylum-officer" in policy.current().roles
    assert "Nothing is missing" in text(admin.get("/policy/additions/"))


def test_what_people_took_away_is_not_ticked_again(world: people.World, admin: Client):
    said = analyst(label="Auditor", purposes=["oversight"], permissions=["policy.read"])
    admin.post("/policy/roles/auditor/", {**said, "step": "propose"})
    proposals.approve(world.standing("bea", "administrator"), Proposal.objects.get().pk)
    found = role_pages.brought()
    assert {one.key for one in found} == {"permission/auditor/journal.read", "permission/auditor/journal.verify"}
    assert all(one.taken_away for one in found)
    assert "checked" not in text(admin.get("/policy/additions/"))


def test_a_rule_number_that_is_taken_gets_the_next_one():
    current = copy.deepcopy(SHIPPED)
    row = next(row for row in current["rows"] if row["rule"] == "X1-06")
    row.update(register="cases", rule="X1-06")
    current["rows"] = [
        one for one in current["rows"] if one is row or one["register"] != "cases" or one["purpose"] != row["purpose"]
    ]
    found = policy_compare.additions(current, SHIPPED, [])
    changes = policy_compare.adopting(current, SHIPPED, [one.key for one in found])
    rules_made = [change["set"]["rule"] for change in changes if "set" in change]
    assert rules_made
    assert "X1-06" not in rules_made
    assert len(set(rules_made)) == len(rules_made)


def test_the_auditor_reads_roles_but_proposes_nothing(world: people.World):
    auditor = second_factor(world.client("aud", "auditor"))
    page = auditor.get("/policy/roles/analyst/")
    assert page.status_code == 200
    assert "Propose a change" not in text(page)
    assert auditor.get("/policy/roles/new/").status_code == 403
    assert auditor.get("/policy/rows/P1-01/").status_code == 403
    auditor.post("/policy/additions/", {"take": ["role/x"], "base": base(), "reason": "x", "step": "propose"})
    assert Proposal.objects.count() == 0
