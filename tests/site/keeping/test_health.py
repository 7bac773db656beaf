"""Health and figures: few words, no persons, closed to strangers."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from xenia.journal import actions, sealer
from xenia.journal.act import Act
from xenia.site.keeping import health, kinds

pytestmark = pytest.mark.django_db
ACT = Act("system:test", "UTO", "operation", "", "set-up", "hq")


def test_live_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/health/live")
    assert page.json() == {"status": "live"}


@pytest.mark.parametrize("address", ["/health", "/health/ready"])
def test_ready_names_each_check(client, address, monkeypatch):
    monkeypatch.setattr(health.doctor, "DISK_STOP", 0)
    page = client.get(address)
    assert page.status_code == 200
    assert page.json() == {"status": "ready", "checks": dict.fromkeys(health.CHECKS, "ok")}


def test_not_ready_says_which(client, monkeypatch):
    def broken():
        raise OperationalError("password for host db.example")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    page = client.get("/health/ready")
    assert page.status_code == 503
    assert page.json()["checks"]["database"] == "OperationalError"
    assert "example" not in page.content.decode()


def test_late_sealing_is_not_ready(client, monkeypatch):
    sealer.seal_now()
    with actions.writing():
        actions.append(kinds.BACKED_UP, {"what": "test"}, ACT)
    monkeypatch.setattr(health, "SEALS_LATE", timedelta(0))
    assert client.get("/health").json()["checks"]["seals"] == "sealing is late"


def test_figures_for_this_machine_only(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403


def test_figures_for_the_token(client, settings):
    settings.XENIA_METRICS_TOKEN = "thirty-two-otters"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    given = {"Authorization": "Bearer thirty-two-otters"}
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers=given).status_code == 200


def test_figures_count_requests_and_entries_without_persons(client):
    client.get("/nowhere/ERIKSSON/", {"q": "L898902C3"})
    client.get("/metrics")
    with actions.writing():
        actions.append(kinds.BACKED_UP, {"what": "ERIKSSON"}, ACT)
    assert "xenia_pending_seals" in client.get("/metrics").content.decode()
    sealer.seal_now()
    text = client.get("/metrics").content.decode()
    assert 'xenia_requests_total{method="GET",route="(none)",status="404"}' in text
    assert 'xenia_entries_total{kind="keeping.backed-up"} 1.0' in text
    assert (
        'xenia_request_seconds_bucket{le="0.05",route="health/live"}' in text or "xenia_request_seconds_bucket" in text
    )
    assert "ERIKSSON" not in text and "L898902C3" not in text
