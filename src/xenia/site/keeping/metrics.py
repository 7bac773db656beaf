"""Figures for Prometheus: requests by route, entries by kind, seals, list ages. None of them is about a person.

Requests are counted in each process; `sharing` lets the processes of one `xenia serve` add theirs up. Entries are counted
by following positions, from the position at which the process began.
"""

from __future__ import annotations

import hmac
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_address

import prometheus_client as prometheus
from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from prometheus_client import multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from xenia.access.views import open_to_all
from xenia.errors import NotAllowed
from xenia.site.keeping.sharing import SHARED

BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

own = prometheus.CollectorRegistry()
REQUESTS = prometheus.Counter("xenia_requests", "Requests answered.", ("method", "route", "status"), registry=own)
SECONDS = prometheus.Histogram(
    "xenia_request_seconds", "Time to answer, in seconds.", ("route",), buckets=BUCKETS, registry=own
)


def count(method: str, route: str, status: int, seconds: float) -> None:
    """One request was answered. `route`: the pattern, never the address."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


class _Entries(Collector):
    """Entries by kind: follows positions, reads only what came since the last time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: dict[str, int] | None = None
        self._counts: dict[str, int] = {}

    def collect(self) -> Iterable[Metric]:
        """The counter."""
        self._follow()
        family = CounterMetricFamily(
            "xenia_entries", "Journal entries sealed since this process began.", labels=("kind",)
        )
        for kind, number in sorted(self._counts.items()):
            family.add_metric((kind,), number)
        yield family

    def _follow(self) -> None:
        from xenia.journal.models import Entry, Head

        with self._lock:
            now = dict(Head.objects.values_list("node").annotate(Max("size")).order_by())
            for node, size in now.items() if self._at is not None else ():
                fresh = Entry.objects.filter(node=node, position__gt=(self._at or {}).get(node, 0), position__lte=size)
                for kind, number in fresh.values_list("kind").annotate(Count("id")).order_by():
                    self._counts[kind] = self._counts.get(kind, 0) + number
            self._at = now


class _State(Collector):
    """How things stand: seals, outbox, list ages, disk."""

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        from xenia.journal import outbox, sealer

        yield GaugeMetricFamily("xenia_pending_seals", "Entries that wait for their seal.", value=sealer.pending())
        yield GaugeMetricFamily("xenia_outbox", "Entries that wait to be carried elsewhere.", value=outbox.waiting())
        yield GaugeMetricFamily(
            "xenia_disk_free_bytes", "Free room in XENIA_HOME.", value=shutil.disk_usage(settings.XENIA_HOME).free
        )
        yield from _ages()


def _ages() -> Iterator[Metric]:
    from xenia.registers import catalogue

    now = datetime.now(UTC)
    age = GaugeMetricFamily("xenia_list_age_seconds", "Age of what the list says.", labels=("register", "source"))
    limit = GaugeMetricFamily(
        "xenia_list_age_limit_seconds", "Greatest age that the source allows.", labels=("register", "source")
    )
    for register in catalogue.registers():
        for one in register.ages(now):
            if one.as_of is not None:
                age.add_metric((register.name, one.source), one.age_s)
                limit.add_metric((register.name, one.source), one.limit_s)
    yield age
    yield limit


standing = prometheus.CollectorRegistry()
standing.register(_Entries())
standing.register(_State())


def text() -> bytes:
    """All figures in Prometheus' text format."""
    requests = own
    if os.environ.get(SHARED):
        requests = prometheus.CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    return prometheus.generate_latest(requests) + prometheus.generate_latest(standing)


def _may(request: HttpRequest) -> bool:
    token = str(settings.XENIA_METRICS_TOKEN)
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if any(request.META.get(name) for name in FORWARDED):
        return False  # behind a proxy on this machine everybody seems to come from it
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@open_to_all("figures only; asks for a token, or answers this machine alone")
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures. Raises `NotAllowed` (code `metrics-closed`)."""
    if not _may(request):
        raise NotAllowed(
            "The figures are not open from here.", "Give the token of XENIA_METRICS_TOKEN.", code="metrics-closed"
        )
    return HttpResponse(text(), content_type=prometheus.CONTENT_TYPE_LATEST)
