"""Who is wanted, missing or dangerous is seen first, and the queue says why somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.frontier.conftest import passport, person
from xenia.access.standing import Standing
from xenia.frontier import actions, queries, reasons, second_line
from xenia.frontier.record import Kept, KeptHit


def test_an_arrest_goes_before_an_expired_passport(at_lane: Callable[..., Standing], alert: Callable[..., str]) -> None:
    old = person("UX1000001", "Oldpaper", "Ilka", expires=date(2020, 1, 1), nationality="GEO")
    banned = person("UX1000002", "Bannedow", "Marek", born=date(1970, 2, 3), sex="M", nationality="GEO")
    wanted = person("UX1000003", "Zwantek", "Orlo", born=date(1984, 9, 21), sex="M", nationality="GEO")
    alert(banned, "REF-B")
    alert(wanted, "ARR")
    officer = at_lane("first")
    for one in (old, banned, wanted):
        actions.refer(officer, actions.check_text(officer, "L1", passport(one), "entry").id, "")
    shown = [one["row"] for one in second_line._queue(at_lane("second", None))["queue"]]
    assert [row.name.split()[0] for row in shown] == ["ZWANTEK", "BANNEDOW", "OLDPAPER"]
    assert [row.reasons[0] for row in shown] == [
        "Arrest",
        "Refusal of entry: entry ban",
        "The document has expired",
    ]


def test_every_finding_of_the_rules_has_words() -> None:
    import re
    from pathlib import Path

    frontier = Path(queries.__file__).parent
    codes = set()
    for name in ("conditions.py", "visa_conditions.py", "rules.py"):
        codes |= set(re.findall(r'(?:finding|FindingView)\(\s*"([a-z-]+)"', (frontier / name).read_text()))
    lanes_own = {
        "list-old",
        "list-missing",
        "list-broken",
        "repaired",
        "typed",
        "no-expiry",
        "visa-alone",
        "card-alone",
        "permit-over",
    }
    assert codes - lanes_own <= set(reasons.FINDINGS), codes - lanes_own - set(reasons.FINDINGS)


def test_a_check_of_an_earlier_version_still_says_something() -> None:
    old = Kept({}, (KeptHit("0", "alerts", "EXACT", False, "stop"),))
    assert reasons.words(old) == ("Alerts",) and reasons.gravity(old, "stop") == 1
    assert reasons.words(Kept({}, ())) == ("Officer's doubt",)
