"""Pages: what was sent and received, partners, and proposals from their forms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.pair import NOW, Other, take
from xenia.exchange import own, sending, setting_up
from xenia.exchange.models import Outgoing, Partner
from xenia.journal.actions import writing
from xenia.work.models import Proposal

pytestmark = pytest.mark.django_db


def _reader(world: Any, *roles: str) -> Any:
    client = world.client("reader", *roles)
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def test_lists_show_states_and_no_content(other: Other, world: Any, django_assert_max_num_queries: Any) -> None:
    act = world.operator.act("operation", "external:1")
    with writing():
        for n in range(3):
            sending.send(type="test/note", version=1, thread=other.thread, recipient=other.address, body={"n": n, "text": "Qvarnstedt"}, act=act, case_ref=f"A-{n}")  # fmt: skip
    take(other.packed(other.message(case_ref="B-9", body={"n": 1, "text": "Qvarnstedt"})), NOW)
    client = _reader(world, "administrator")
    with django_assert_max_num_queries(15):
        sent = client.get("/exchange/").content.decode()
    assert sent.count("test/note") == 3 and "A-2" in sent and "waiting" in sent
    assert "B-9" in client.get("/exchange/received/").content.decode()
    assert client.get("/exchange/?q=A-1").content.decode().count("test/note") == 1
    assert "No message" in client.get("/exchange/?state=dead").content.decode()
    page = client.get(f"/exchange/messages/{Outgoing.objects.first().pk}/").content.decode()
    assert str(other.thread) in page and page.count("test/note") > 4
    assert "Qvarnstedt" not in sent + page
    assert client.get(f"/exchange/messages/{other.thread}/").status_code == 404


def test_partners_and_their_keys_are_shown_and_changes_proposed(other: Other, world: Any) -> None:
    client = _reader(world, "administrator")
    assert other.address in client.get("/exchange/partners/").content.decode()
    row = Partner.objects.get()
    assert other.signs[2] in client.get(f"/exchange/partners/{row.pk}/").content.decode()
    assert client.get("/exchange/partners/new/").status_code == 200
    bad = client.post("/exchange/partners/new/", {"card": "{}", "carrier": "https", "reason": "New"})
    assert bad.status_code == 422 and "Error:" in bad.content.decode()
    good = {"card": Other(address="XXC/RET").card(), "carrier": "file", "reason": "New agreement"}
    assert client.post("/exchange/partners/new/", good).status_code == 302
    assert client.post(f"/exchange/partners/{row.pk}/revoke/", {"reason": "Lost"}).status_code == 422
    assert client.post(f"/exchange/partners/{row.pk}/revoke/", {"reason": "Lost", "key": other.signs[2]}).status_code == 302  # fmt: skip
    assert client.post(f"/exchange/partners/{row.pk}/end/", {"reason": "Ended"}).status_code == 302
    assert Proposal.objects.filter(action="exchange.partner").count() == 3 and Partner.objects.count() == 1


def test_our_own_keys_are_shown_and_old_ones_proposed_to_leave_the_card(other: Other, world: Any) -> None:
    client, old = _reader(world, "administrator"), own.current("sign")
    made = setting_up.new_key(world.operator, "sign")
    page = client.get("/exchange/partners/").content.decode()
    assert old in page and f'value="sign:{made}"' in page and f'value="sign:{old}"' not in page
    for bad in ({"reason": "Old"}, {"key": f"sign:{made}"}, {"reason": "Old", "key": f"sign:{old}"}, {"reason": "Old", "key": "x"}):  # fmt: skip
        answer = client.post("/exchange/partners/own/retire/", bad)
        assert answer.status_code == 422 and "Error:" in answer.content.decode()
    assert client.post("/exchange/partners/own/retire/", {"reason": "Old", "key": f"sign:{made}"}).status_code == 302
    assert Proposal.objects.filter(action="exchange.partner").count() == 1
    assert len(own.card()["sign"]) == 2
    own.retire("sign", made)
    page = client.get("/exchange/partners/").content.decode()
    assert "off our card" in page and f'value="sign:{made}"' not in page


def test_others_see_nothing(other: Other, world: Any) -> None:
    client = _reader(world, "first-line-officer")
    for path in ("/exchange/", "/exchange/received/", "/exchange/partners/", "/exchange/partners/new/"):
        assert client.get(path).status_code == 403
    assert client.post("/exchange/partners/own/retire/", {"reason": "Old", "key": "x"}).status_code == 403
