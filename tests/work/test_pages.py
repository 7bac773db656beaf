from __future__ import annotations

import pytest

from tests import people
from xenia.access import policy
from xenia.access.models import PolicyVersion
from xenia.work import proposals
from xenia.work.models import Proposal


@pytest.fixture(autouse=True)
def _demo(settings) -> None:
    settings.XENIA_DEMO = True


def proposed_change(client) -> Proposal:
    answer = client.post(
        "/policy/rows/P1-02/",
        {
            "outcome": "flag",
            "groups": [],
            "handling": "open",
            "categories": "*",
            "legal_basis": "Border Act 3",
            "source": "Border Act",
            "confidence": "decided",
            "base": policy.current().hash,
            "reason": "Less is enough.",
            "step": "propose",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    made = Proposal.objects.get()
    assert answer["Location"] == f"/work/proposals/{made.pk}/"
    return made


def test_a_change_of_policy_goes_from_page_to_page(world: people.World) -> None:
    administrator, officer = world.client("adm", "administrator"), world.client("dpo", "data-protection-officer")
    made = proposed_change(administrator)
    own = administrator.get(f"/work/proposals/{made.pk}/").content.decode()
    assert "Somebody else must decide" in own and 'value="approve"' not in own
    assert "Change of policy" in officer.get("/work/proposals/").content.decode()
    page = officer.get(f"/work/proposals/{made.pk}/").content.decode()
    assert "row P1-02: outcome" in page and "Less is enough." in page and 'value="approve"' in page
    assert administrator.post(f"/work/proposals/{made.pk}/decide/", {"decision": "approve"}).status_code == 403
    assert officer.post(f"/work/proposals/{made.pk}/decide/", {"decision": "approve"})["Location"] == "/work/proposals/"
    assert PolicyVersion.objects.order_by("-number")[0].number == 2
    difference = officer.get("/policy/versions/2/").content.decode()
    assert "P1-02" in difference and "Less is enough." in difference
    again = officer.post(f"/work/proposals/{made.pk}/decide/", {"decision": "approve"})
    assert again.status_code == 422 and "This proposal is approved" in again.content.decode()


def test_a_rejection_without_reason_keeps_the_page(world: people.World) -> None:
    administrator, officer = world.client("adm", "administrator"), world.client("dpo", "data-protection-officer")
    made = proposed_change(administrator)
    answer = officer.post(f"/work/proposals/{made.pk}/decide/", {"decision": "reject", "why": ""})
    assert answer.status_code == 422 and "There is a problem" in answer.content.decode()
    assert (
        officer.post(f"/work/proposals/{made.pk}/decide/", {"decision": "reject", "why": "Too little."}).status_code
        == 302
    )
    made.refresh_from_db()
    assert made.state == "rejected" and PolicyVersion.objects.count() == 1


def test_who_has_no_part_in_it_finds_nothing(world: people.World) -> None:
    administrator, booth = world.client("adm", "administrator"), world.client("ada", "first-line-officer")
    made = proposed_change(administrator)
    assert booth.get(f"/work/proposals/{made.pk}/").status_code == 404
    assert booth.post(f"/work/proposals/{made.pk}/decide/", {"decision": "approve"}).status_code == 404
    assert "Change of policy" not in booth.get("/work/proposals/").content.decode()


def test_an_erased_proposal_says_so(world: people.World) -> None:
    from xenia.journal import data_keys
    from xenia.journal.actions import writing

    administrator = world.client("adm", "administrator")
    made = proposed_change(administrator)
    with writing():
        data_keys.destroy([made.pk])
    assert administrator.get(f"/work/proposals/{made.pk}/").status_code == 404
    assert proposals.KEY == "proposal"
