"""Wrong PINs make the next one wait, for one officer, on the disk; they close nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xenia.errors import NotAllowed
from xenia.journal import at_rest, clock
from xenia.units import codes
from xenia.units.store import keyring, pacing

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PIN, OTHER = "274081", "926350"


@pytest.fixture
def store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """Two officers' locks, light ones, in a home of their own; the key that they hold."""
    settings.XENIA_HOME = tmp_path
    monkeypatch.setattr(keyring, "MEMORY_KIB", 64)
    key = b"k" * at_rest.KEY
    with monkeypatch.context() as held:
        held.setattr(at_rest, "begin", lambda _key: None)  # this process's own database stays as it is
        keyring.make(codes.new().text)
    monkeypatch.setattr(at_rest, "is_locked", lambda: False)
    monkeypatch.setattr(at_rest, "key", lambda: key)
    assert keyring.add_pin("ada", PIN) and keyring.add_pin("bea", OTHER)
    yield key


def _tries(name: str, pin: str, at: datetime) -> str:
    with clock.at(at):
        try:
            keyring.by_pin(name, pin)
        except NotAllowed as error:
            return error.code
    return "open"


def _wrong(name: str, count: int, at: datetime) -> list[str]:
    return [_tries(name, "111222", at) for _one in range(count)]


def test_from_the_sixth_on_a_pin_waits_and_the_lock_stays(store: bytes) -> None:
    assert _wrong("ada", 7, NOON) == ["store-pin"] * 5 + ["store-pin-waits"] * 2
    assert _tries("ada", PIN, NOON + MINUTE / 2) == "store-pin-waits"
    assert _tries("ada", "111222", NOON + MINUTE) == "store-pin"
    assert _tries("ada", PIN, NOON + 2 * MINUTE) == "store-pin-waits"  # two minutes now
    assert _tries("ada", PIN, NOON + 3 * MINUTE) == "open"
    assert _wrong("ada", 5, NOON + HOUR) == ["store-pin"] * 5  # counted anew


def test_a_hundred_wrong_ones_over_days_close_nothing(store: bytes) -> None:
    for number in range(100):
        assert _tries("ada", "111222", NOON + number * HOUR) == "store-pin"
    with clock.at(NOON + 101 * HOUR):
        assert keyring.by_pin("ada", PIN) == store


def test_an_officer_who_opens_waits_for_nobody_and_ends_the_wait_of_others(store: bytes) -> None:
    _wrong("ada", 5, NOON)
    assert _tries("bea", OTHER, NOON) == "open"
    assert _tries("ada", "111222", NOON) == "store-pin"  # one more, no five
    assert _tries("ada", PIN, NOON) == "store-pin-waits"
    keyring.opened_for("bea")  # through the centre
    assert _tries("ada", PIN, NOON) == "open"


def test_a_colleague_with_a_pin_of_his_own_guesses_no_faster_by_opening_in_turns(store: bytes) -> None:
    _wrong("ada", 5, NOON)
    said = []
    for _turn in range(10):
        assert _tries("bea", OTHER, NOON) == "open"
        said += _wrong("ada", 1, NOON)
    assert said == ["store-pin"] + ["store-pin-waits"] * 9
    assert _tries("ada", PIN, NOON + HOUR) == "open"
    _wrong("ada", 5, NOON + HOUR)
    assert _tries("bea", OTHER, NOON + HOUR) == "open" == _tries("ada", PIN, NOON + HOUR)  # counted anew, spared anew


def test_the_centre_that_opens_for_an_officer_makes_the_officers_count_nought(store: bytes) -> None:
    _wrong("ada", 5, NOON)
    keyring.opened_for("Ada ")
    assert _wrong("ada", 6, NOON) == ["store-pin"] * 5 + ["store-pin-waits"]


def test_names_without_a_lock_wait_alike(store: bytes) -> None:
    assert _wrong("nobody", 6, NOON) == _wrong("ada", 6, NOON)
    for number in range(pacing.MOST_STRANGERS + 20):
        _tries(f"stranger-{number}", PIN, NOON + timedelta(seconds=number + 1))
    held = keyring._read()["tries"]
    assert len(held) == pacing.MOST_STRANGERS + 1 and _tries("ada", PIN, NOON) == "store-pin-waits"


def test_a_clock_that_is_set_back_lengthens_no_wait_for_ever(store: bytes) -> None:
    _wrong("ada", 5, NOON)
    assert _tries("ada", PIN, NOON - 48 * HOUR) == "store-pin-waits"
    assert _tries("ada", PIN, NOON - 48 * HOUR + MINUTE) == "open"
    assert pacing.waits(10_000) == HOUR


def test_what_one_can_guess_in_a_lease_is_little() -> None:
    tries: pacing.Tries = {}
    guesses, now = 0, NOON
    while now < NOON + 72 * HOUR:
        if pacing.left(pacing.of(tries, "ada", now), now):
            now += MINUTE
            continue
        tries, guesses = pacing.wrong(tries, "ada", now, frozenset({"ada"})), guesses + 1
    assert guesses == 81
