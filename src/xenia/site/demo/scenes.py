"""What somebody who looks at the demo may ask of its people: travellers come to the post, an alert is entered. Done by the same actions as ever.

Asked by a page, a command or a story, and done by the serving process of that home, so that one process writes there.
"""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.access import standing as access
from xenia.errors import Unavailable, XeniaError
from xenia.frontier import actions
from xenia.frontier.models import Check, Crossing
from xenia.frontier.referrals import RETRO_KIND
from xenia.journal import clock
from xenia.registers.alerts import actions as alerts
from xenia.registers.live.models import LiveRecord
from xenia.site.demo import people, post, scenario, world
from xenia.site.demo.people import Person
from xenia.units import here, status
from xenia.units.models import Taken, Unit
from xenia.work import proposals
from xenia.work.models import WorkItem

log = logging.getLogger("xenia.demo")
FOLDER: Final = "demo-asked"
MOST: Final = 50
WAITS_S: Final = 120.0
REFERRED: Final = "Says that it must be a mistake."


def ask(home: Path, do: str, **what: Any) -> Path:
    """Ask it of the people at that home; where the answer will lie."""
    folder = home / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    asked = folder / f"{time.time_ns():020}-{uuid.uuid4().hex}"
    asked.with_suffix(".new").write_text(json.dumps({"do": do, "what": what}), encoding="utf-8")
    asked.with_suffix(".new").rename(asked.with_suffix(".json"))
    return asked.with_suffix(".done")


def done(home: Path, do: str, wait_s: float = WAITS_S, **what: Any) -> dict[str, Any]:
    """The same, and wait for what came of it. Raises `Unavailable` (code `demo-silent`), and `XeniaError` with the code of what failed."""
    path, until = ask(home, do, **what), time.monotonic() + wait_s
    while not path.exists():
        if time.monotonic() > until:
            raise Unavailable("Nobody does it there.", "Is the demonstration running?", code="demo-silent")
        time.sleep(0.1)
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    if "error" in said:
        raise XeniaError(said["message"], "", code=said["error"])
    return said


def more() -> int:
    """Do what was asked, in order; how much. A chore of the demonstration."""
    folder, count = Path(settings.XENIA_HOME) / FOLDER, 0
    for path in sorted(folder.glob("*.json")) if folder.exists() else ():
        asked = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        try:
            said = DOES[asked["do"]](**asked["what"])
        except XeniaError as error:
            log.warning("a scene of the demonstration failed", extra={"code": error.code})
            said = {"error": error.code, "message": error.message}
        answer = path.with_suffix(".part")
        answer.write_text(json.dumps(said), encoding="utf-8")
        answer.rename(path.with_suffix(".done"))
        count += 1
    return count


def travellers(count: int = 3, who: tuple[str, ...] = ()) -> dict[str, Any]:
    """At the post: so many come, or those of the cast; each is checked, then admitted or referred. What became of each."""
    today = clock.now().date()
    if who:
        cast = scenario.people_of(today)
        coming = [cast[one] for one in who]
    else:
        rng = random.SystemRandom()
        coming = [replace(people.person(rng, today), nationality="UTO", issuer="UTO") for _ in range(min(count, MOST))]
    return {"came": [_one(person) for person in coming]}


def _one(person: Person) -> dict[str, str]:
    officer = access.by_name("runa", world.PASS, post.LANE)
    view = actions.check_text(officer, post.LANE, "\n".join(scenario.passport(person)), "entry")
    if view.keys["admit"].allowed:
        actions.admit(officer, view.id)
        became = "admitted"
    else:
        actions.refer(officer, view.id, REFERRED)
        became = "referred"
    name = f"{person.surname}, {person.given_names}"
    return {"name": name, "verdict": view.verdict, "became": became, "check": str(view.id)}


def alert(who: str) -> dict[str, Any]:
    """At the centre: an alert on somebody of the cast is entered by one person and approved by another."""
    person = scenario.people_of(clock.now().date())[who]
    body = {
        "category": "REF-B",
        "names": [{"surname": person.surname, "given_names": person.given_names, "kind": "main"}],
        "birth_dates": [person.born.isoformat()],
        "sex": person.sex,
        "nationalities": [person.nationality],
        "documents": [{"type": "P", "issuing_state": person.issuer, "number": person.number}],
        "reason": "Invented for the demonstration",
        "legal_basis": "Invented Act, section 1",
        "decision": "D-DEMO",
    }
    made = alerts.propose_entry(access.by_name("editor"), body, reason="Invented", reference="external:demonstration")
    proposals.approve(access.by_name("approver"), made.pk)
    return {"name": f"{person.surname}, {person.given_names}"}


def stand() -> dict[str, Any]:
    """How the post stands, as this side knows it."""
    crossings = Crossing.objects.filter(check_made__post=world.PASS, taken_back_at__isnull=True).count()
    checks = Check.objects.filter(post=world.PASS)
    common = {"checks": checks.count(), "crossings": crossings, "referred": checks.filter(state="referred").count()}
    if settings.XENIA_UNIT:
        now = here.look(clock.now())
        lists = sorted(Taken.objects.filter(name__startswith="lists:").values_list("name", flat=True))
        here_or_as_keys = ("present", LiveRecord.WITHHELD)
        known = LiveRecord.objects.filter(register=alerts.REGISTER, state__in=here_or_as_keys).count()
        return common | {
            "alerts": known,
            "line": now.line,
            "waiting": now.waiting,
            "acknowledged": now.acknowledged,
            "lists": lists,
        }
    plan = post.here()
    unit = Unit.objects.filter(name=plan.unit).first() if plan else None
    return common | {
        "state": unit.state if unit else "",
        "received": unit.received if unit else 0,
        "waiting": status.waiting(unit.told, unit.received) if unit else None,
        "late": WorkItem.objects.filter(post=world.PASS, kind=RETRO_KIND, answered_at__isnull=True).count(),
    }


DOES: Final[dict[str, Callable[..., dict[str, Any]]]] = {"travellers": travellers, "alert": alert, "stand": stand}
