"""A post of the demo that has no line to speak of: a real unit as a process of its own, with a home, a port and a line that can be cut.

The centre invites it before it serves; the unit's process is enrolled with that code as soon as the centre answers, a supervisor
of the demo admits it, its officers choose their PINs with codes of the centre, and its lanes are served. What it says to the centre goes through `relay.py`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from django.conf import settings

from xenia.access import standing as access
from xenia.commands import Call
from xenia.errors import Unavailable, XeniaError
from xenia.journal import at_rest, signing
from xenia.site.demo import neighbour, relay, world
from xenia.units import actions, card, codes, pins, sign_in_codes
from xenia.units.models import Pin, SignInCode, Unit
from xenia.units.store import opening

LABEL: Final = "Korun Pass, one machine"
NAMED: Final = "uto-kp1-u"
PLAN: Final = "demo-post.json"
SCREEN: Final = "demo-fingerprint"
"""In the unit's home: what stands on the machine's screen, for whoever admits it."""
OFFICERS: Final = ("runa", "corvin")
LANE: Final = "F1"
"""Where travellers come whom nobody at a screen waits for; V1 is left to whoever signs in."""
TURN_S: Final = 0.5
ENDS_S: Final = 15


@dataclass(frozen=True)
class Plan:
    """How the post stands beside its centre. `unit`: the name of its node; `pages`: where its lanes are; `centre`: where the centre's are.

    `line`: where the unit knocks; `wish`: the file that the line follows. `enrol`: opens the locked unit again; `codes`: used up as soon as the unit is there; `pins`: by user name.
    """

    unit: str
    home: str
    pages: str
    centre: str
    line: str
    wish: str
    enrol: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)


def read(home: Path) -> Plan | None:
    """The plan that lies in a home of the centre or of the unit; None where there is none."""
    path = home / PLAN
    return Plan(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def here() -> Plan | None:
    """The plan of this installation."""
    return read(Path(settings.XENIA_HOME))


def _keep(home: Path, plan: Plan) -> None:
    path = home / PLAN
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(plan)), encoding="utf-8")


def pages_of(bind: str) -> str:
    """Where the post's pages are, beside a centre whose pages are at `bind`: one port further than the neighbour's."""
    return neighbour.next_to(neighbour.next_to(bind))


def prepare(bind: str) -> Plan:
    """At the centre, before it serves: the unit is invited where there is none, with codes and PINs for its officers."""
    ours = Path(settings.XENIA_HOME)
    home = ours.with_name(f"{ours.name}-korun")
    before = read(ours)
    pins_of = before.pins if before else {}
    plan = Plan(
        unit=before.unit if before else "", home=str(home), pages=pages_of(bind), centre=f"http://{bind}",
        line=f"https://{neighbour.own_door(pages_of(bind))}", wish=str(ours / "demo-line"),
        pins={name: pins_of.get(name) or _pin() for name in OFFICERS}, enrol=before.enrol if before else "",
    )  # fmt: skip
    if not _is_ours(plan):
        plan = _invited(plan, home)
    plan = replace(plan, codes=_codes(plan))
    _keep(ours, plan)
    return plan


def _is_ours(plan: Plan) -> bool:
    """Whether the machine in that home is the unit that this centre knows."""
    path = Path(plan.home) / card.NAME
    if not path.exists() or not Unit.objects.filter(name=plan.unit, state__in=("waiting", "active")).exists():
        return False
    said = json.loads(path.read_text(encoding="utf-8"))
    return bool(said["node"] == plan.unit and said["key"] == signing.own_key())


def _invited(plan: Plan, home: Path) -> Plan:
    """Another unit under a name that was never given; what an older demonstration left in its home goes."""
    admin = access.by_name("admin")
    for old in Unit.objects.filter(name__startswith=NAMED).exclude(state="revoked"):
        actions.revoke(admin, old.pk, "The demonstration has a new machine.")
    shutil.rmtree(home, ignore_errors=True)
    number = Unit.objects.filter(name__startswith=NAMED).count() + 1
    invited = actions.invite(admin, f"{NAMED}{number}", world.PASS, LABEL)
    return replace(plan, unit=invited.unit.name, enrol=invited.code)


def _codes(plan: Plan) -> dict[str, str]:
    """A code for each officer who has not chosen the PIN yet. Officers make their own."""
    unit, given = Unit.objects.get(name=plan.unit), {}
    used = set(SignInCode.objects.filter(unit=plan.unit).exclude(used_at=None).values_list("account", flat=True))
    for name in OFFICERS:
        officer = access.by_name(name, world.PASS)
        if officer.account not in used:
            given[name] = sign_in_codes.give(officer, unit.pk, officer.account).text
    return given


def _pin() -> str:
    while pins.why_not(made := f"{secrets.randbelow(10**6):06}"):
        pass
    return made


@contextmanager
def beside(plan: Plan) -> Iterator[None]:
    """Within it the line is there, and the unit's process comes up as soon as the centre answers."""
    _address, _, listen = plan.line.rpartition(":")
    door = neighbour.own_door(plan.centre.removeprefix("http://")).rpartition(":")[2]
    with relay.obeying(relay.Relay(int(listen), int(door)), Path(plan.wish)):
        process = _start(plan)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(ENDS_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(ENDS_S)


def _start(plan: Plan) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "SERVING_"))}
    own = {"XENIA_HOME": plan.home, "XENIA_DEMO": "1", "XENIA_LOG": "WARNING"}
    with Path(f"{plan.home}.log").open("wb") as log:
        return subprocess.Popen(
            _command(Path(settings.XENIA_HOME) / PLAN, plan),
            env=kept | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=neighbour.ends_with_its_parent,
        )


def _command(at: Path, plan: Plan) -> list[str]:
    return [sys.executable, "-m", "xenia", "demo", "--post", str(at), "--bind", plan.pages]


def serve(call: Call) -> int:
    """Be the unit: what `xenia demo --post PLAN` does."""
    from xenia.site import setup
    from xenia.site.cli import serve as serving

    plan = read(Path(call.options.post).parent)
    assert plan is not None
    if not settings.XENIA_UNIT:
        _enrol(plan)
        os.execve(sys.executable, _command(Path(call.options.post), plan), dict(os.environ))  # noqa: S606 - settings read the card
    card.write(replace(card.needed(), door=plan.line))  # the ports may be others than the last time
    _open(plan, Path(call.options.post).with_name("demo-sign-ins.json"))
    setup.ensure(call.say)
    _keep(Path(settings.XENIA_HOME), replace(plan, enrol="", codes={}, pins={}))
    _sign_in_ahead(plan)
    setup.settle()
    call.options.workers, call.options.exchange = 1, None
    return serving.serve(call)


def _open(plan: Plan, sign_ins: Path) -> None:
    """Open the machine's store: with the code the first time, then with a PIN, through the centre where the lease is over."""
    for words in ({"code": plan.enrol}, {"login": OFFICERS[0], "pin": plan.pins[OFFICERS[0]]}):
        if not at_rest.is_locked():
            return
        with suppress(XeniaError):
            opening.unlock(words)
    said = json.loads(sign_ins.read_text(encoding="utf-8"))
    while at_rest.is_locked():
        try:
            opening.unlock({"login": OFFICERS[0], "password": said[OFFICERS[0]], "factor": ""})
        except Unavailable as error:
            if error.code != "no-line":
                raise
            time.sleep(TURN_S)


def _enrol(plan: Plan) -> None:
    """As `xenia unit enrol` does, once the centre answers."""
    from xenia.units import joining

    while True:
        try:
            _card, shown = joining.join(plan.centre, plan.enrol)
        except Unavailable as error:
            if error.code != "no-line":
                raise
            time.sleep(TURN_S)
        else:
            break
    (Path(settings.XENIA_HOME) / SCREEN).write_text(shown, encoding="ascii")


def _sign_in_ahead(plan: Plan) -> None:
    """Once the centre has said who may work here, the officers choose their PINs with their codes, as at the page for it."""
    from xenia.units.down import taking
    from xenia.units.models import Line

    Line.objects.get_or_create(pk=1)
    missing = dict(plan.codes)
    while missing:
        taking.step(only=frozenset({"access"}))
        for name, text in list(missing.items()):
            account = pins.person(name)
            code = pins.offered(account, text) if account else None
            if account is not None and code is not None:
                pins.begin(account, code, plan.pins[name])
            if account is not None and Pin.objects.filter(pk=account.pk).exists():
                del missing[name]
        if missing:
            time.sleep(TURN_S)


_admitted: set[str] = set()


def admit() -> int:
    """At the centre: the supervisor admits the machine whose screen shows the fingerprint that came. A chore; 1 where one was admitted."""
    if settings.XENIA_UNIT or (plan := here()) is None or plan.unit in _admitted:
        return 0
    unit = Unit.objects.filter(name=plan.unit).exclude(state="invited").first()
    screen = Path(plan.home) / SCREEN
    if unit is None or not screen.exists():
        return 0
    if unit.state == "waiting":
        if screen.read_text(encoding="ascii") != codes.fingerprint(unit.key_id, unit.fingerprint):
            return 0
        actions.admit(access.by_name("delmar", world.PASS), unit.pk)
    _admitted.add(plan.unit)
    return 1
