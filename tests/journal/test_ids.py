"""UUIDv7: of today, rising, unique across threads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from xenia.journal import ids


def test_it_is_a_version_7_of_now():
    made = ids.uuid7()
    assert made.version == 7 and made.variant == RFC_4122
    assert abs((made.int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 5


def test_it_rises_across_threads_and_when_the_clock_steps_back(monkeypatch):
    made: list = []

    def make() -> None:
        mine = [ids.uuid7() for _ in range(3000)]
        assert mine == sorted(mine)
        made.extend(mine)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 12000
    last = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 10**18)
    assert ids.uuid7() > last


def test_a_floor_lies_below_what_is_made_later_and_above_what_was_made_before():
    made = ids.uuid7()
    assert (
        ids.floor(datetime.now(UTC) - timedelta(seconds=1)) < made < ids.floor(datetime.now(UTC) + timedelta(seconds=1))
    )
