"""The soak itself: faults for some minutes, then every line heals, and everything must have arrived."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from xenia.site.soak.network import nodes, place
from xenia.site.soak.network.place import Node, Place, Unit
from xenia.site.soak.network.wires import UP

HEALS_S: Final = 420.0
"""A unit that failed often waits up to five minutes before it tries again; then it sends all."""
SLOW_BITS: Final = 64_000.0
Say = Callable[[str], None]


def network(folder: Path, minutes: float, units: int, seed: int, every_s: float, say: Say) -> dict[str, Any]:
    """Faults for so long; what arrived, what was wrong. Raises `Unavailable` (code `soak-server`)."""
    with place.made(folder, units, seed) as here:
        say(f"{units} units and a centre in namespaces of their own ...")
        here.prepared(every_s, 0)
        for unit in here.units:
            unit.start()
        here.wait_for_units()
        faults, took = Faults(here, seed, say), time.monotonic() + minutes * 60
        middle = time.monotonic() + minutes * 30
        while time.monotonic() < took:
            faults.one()
            if time.monotonic() > middle and here.second is not None and not faults.done["failover"]:
                faults.one("failover")
        faults.end()
        healed = _drained(here, say)
        return _judged(here, healed) | {
            "faults": dict(sorted(faults.done.items())),
            "faults_injected": faults.done.total(),
        }


class Faults:
    """One fault after the other, drawn from a seed. The moments are the machine's own: a seed repeats the order, not the run."""

    def __init__(self, here: Place, seed: int, say: Say) -> None:
        self.here, self.say, self.done = here, say, Counter[str]()
        self.chance = random.Random(seed)  # noqa: S311 - of a soak
        self.ways: tuple[tuple[str, Callable[[Unit], None]], ...] = (
            ("loss", self._loss),
            ("one-way", self._one_way),
            ("cut", self._cut),
            ("slow", self._slow),
            ("late", self._late),
            ("heal", lambda unit: unit.line.heal()),
            ("heal", lambda unit: unit.line.heal()),
            ("kill-unit", self._kill_unit),
            ("kill-centre", self._kill_centre),
            *([("failover", lambda unit: here.fail_over())] if here.second is not None else []),
        )

    def one(self, named: str = "") -> None:
        """A fault, and a while of it; drawn, unless it is named."""
        name, way = self.chance.choice([one for one in self.ways if named in ("", one[0])])
        unit = self.chance.choice(self.here.units)
        way(unit)
        if name != "heal":
            self.done[name] += 1
        self.say(f"  {name} {'' if name in ('kill-centre', 'failover') else unit.name}")
        time.sleep(self.chance.uniform(0.5, 4.0))

    def end(self) -> None:
        """All lines are good again, everybody works, nobody is admitted any more."""
        for unit in self.here.units:
            unit.line.heal()
            (unit.home / nodes.ENOUGH).touch()
            (unit.home / nodes.STANDING).unlink(missing_ok=True)  # what counts is what it says from now on

    def _loss(self, unit: Unit) -> None:
        unit.line.loss = self.chance.uniform(0.02, 0.3)

    def _one_way(self, unit: Unit) -> None:
        up = self.chance.random() < 0.5
        unit.line.cut = (up, not up)

    def _cut(self, unit: Unit) -> None:
        unit.line.cut = (True, True)

    def _slow(self, unit: Unit) -> None:
        unit.line.rate_bits = SLOW_BITS

    def _late(self, unit: Unit) -> None:
        unit.line.delay_s = self.chance.uniform(0.1, 0.6)

    def _kill_unit(self, unit: Unit) -> None:
        unit.stop(kill=True)
        unit.start()

    def _kill_centre(self, _unit: Unit) -> None:
        self.here.centre.stop(kill=True)
        time.sleep(self.chance.uniform(0.0, 2.0))
        self.here.centre.start()


def _drained(here: Place, say: Say) -> float | None:
    """Seconds until every unit was told that all of it is at the centre; None where that did not come."""
    began = time.monotonic()
    told = began
    while (now := time.monotonic()) - began < HEALS_S:
        behind = {unit.name: _behind(unit) for unit in here.units}
        if not any(behind.values()):
            time.sleep(2)  # one that was being admitted when it was enough
            if not any(_behind(unit) for unit in here.units):
                return now - began
        if now - told > 20:
            told = now
            say(f"  waiting for {json.dumps({name: count for name, count in behind.items() if count})}")
        time.sleep(1)
    return None


def _behind(unit: Unit) -> int:
    if not (unit.home / nodes.STANDING).exists():
        return 1
    sealed, pending, acknowledged, _halted = unit.standing()
    return sealed + pending - acknowledged


def _judged(here: Place, healed: float | None) -> dict[str, Any]:
    """Count and compare on both sides, and let the program verify every journal."""
    wrong: list[str] = [] if healed is not None else ["not everything went up in time"]
    crossings = entries = acknowledged = 0
    for unit in here.units:
        sealed, _pending, _acknowledged, halted = unit.standing()
        wrong += [f"{unit.name} halted: {halted}"] if halted else []
        entries += sealed
        seen = [
            line for line in (unit.home / nodes.ADMITTED).read_text(encoding="ascii").splitlines() if len(line) == 36
        ]
        acknowledged += len(seen)
        wrong += _compared(here.centre, unit, seen)
        crossings += unit.told()["crossings"]
        unit.stop()
    here.centre.stop()
    if here.second is not None:
        here.second.stop()
    for node in (here.centre, *here.units):
        wrong += [] if _is_whole(node) else [f"the journal of {node.name} is not whole"]
    return {
        "runs": 1,
        "violations": len(wrong),
        "what": wrong,
        "units": len(here.units),
        "servers": 1 if here.second is None else 2,
        "entries": entries,
        "crossings": crossings,
        "admitted": acknowledged,
        "healed_s": None if healed is None else round(healed, 1),
        "packets": sum(sum(unit.line.packets) for unit in here.units),
        "packets_dropped": sum(unit.line.dropped for unit in here.units),
        "bytes_up": sum(unit.line.carried_bytes[UP] for unit in here.units),
    }


def _count(node: Node, unit: Unit) -> int:
    query = "SELECT count(*) FROM journal_entry WHERE node = ? AND kind = 'crossing.admitted'"
    return int(node.ask(query, unit.name)[0][0])


def _compared(centre: Node, unit: Unit, seen: list[str]) -> list[str]:
    """What of a unit is not at the centre as it is at the unit."""
    wrong = []
    rows = centre.ask("SELECT hash FROM journal_leaf WHERE node = ? ORDER BY position", unit.name)
    if hashlib.sha256(b"".join(bytes(row[0]) for row in rows)).hexdigest() != unit.told()["leaves"]:
        wrong.append(f"the centre holds other leaves of {unit.name}")
    there = {str(row[0]).replace("-", "") for row in centre.ask("SELECT check_id FROM frontier_crossing")}
    lost = [check for check in seen if check.replace("-", "") not in there]
    if lost:
        wrong.append(f"{len(lost)} crossings that an officer of {unit.name} saw done are not at the centre")
    if _count(centre, unit) != unit.told()["crossings"]:
        wrong.append(f"{unit.name} admitted another number than the centre knows")
    ((state, aside),) = centre.ask(
        "SELECT state, (SELECT count(*) FROM units_aside a WHERE a.unit_id = u.id) FROM units_unit u WHERE name = ?",
        unit.name,
    )
    if (state, aside) != ("active", 0):
        wrong.append(f"{unit.name} is {state}, {aside} entries of it were put aside")
    return wrong


def _is_whole(node: Node) -> bool:
    words = ["ip", "netns", "exec", node.namespace, sys.executable, "-m", "xenia", "journal", "verify"]
    done = subprocess.run(words, env=node.environ(), capture_output=True, text=True, check=False)
    return done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["whole"] is True


def backlog(folder: Path, crossings: int, photographs: int, kilobits: int, say: Say) -> dict[str, Any]:
    """A post that was cut off for long sends all of it over a slow line: bytes on the wire, minutes; photographs timed apart.

    Raises as `network`.
    """
    with place.made(folder, 1, 1, pair=False) as here:
        here.prepared(0.0, crossings)
        (unit,) = here.units
        unit.start()
        here.wait_for_units()
        unit.line.cut = (True, True)
        began = time.monotonic()
        while (done := unit.told()["crossings"]) < crossings and time.monotonic() - began < crossings:
            say(f"  {done:,} of {crossings:,} crossings")
            time.sleep(10)
        unit.stop()
        taken = unit.do("xenia.site.soak.network.nodes", "photographs", str(photographs)) if photographs else {}
        _sealed, _pending, before, _halted = unit.standing()
        unit.line.heal()
        unit.line.rate_bits = kilobits * 1000.0
        unit.line.carried_bytes[:] = [0, 0]
        (unit.home / nodes.ENOUGH).touch()
        unit.start()
        began = time.monotonic()
        while _behind(unit) and time.monotonic() - began < 3600:
            time.sleep(0.5)
        took, up, down = time.monotonic() - began, *unit.line.carried_bytes
        sent = unit.standing()[2] - before
        apart = _photographs(unit, began, taken, say) if photographs else {}
        return _judged(here, took) | {
            "kilobits": kilobits,
            "minutes": round(took / 60, 2),
            "sent": sent,
            "bytes_up": up,
            "bytes_down": down,
            "bytes_per_crossing": round(up / max(1, crossings)),
            **apart,
        }


def _photographs(unit: Unit, began: float, taken: dict[str, Any], say: Say) -> dict[str, Any]:
    """Until none waits any more, from when the line came back."""
    end, told = time.monotonic() + 6 * 3600, 0.0
    while (left := unit.told()["files"]) and time.monotonic() < end:
        if time.monotonic() - told > 60:
            told = time.monotonic()
            say(f"  {left} of {taken['files']} files wait")
        time.sleep(1)
    took = time.monotonic() - began
    return {
        "photographs": {
            "files": taken["files"], "bytes": taken["bytes"], "left": left, "minutes": round(took / 60, 2),
            "bytes_up": unit.line.carried_bytes[UP],
        }
    }  # fmt: skip
