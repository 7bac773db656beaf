"""The second line at a unit, in real homes: it decides by its centre's version, and what it does counts at the centre, once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.units.homes import Centre, environ, program, xenia
from tests.units.lane import POST
from tests.units.second import LOST
from xenia.frontier import inforce

NAME = "uto-pm1-u1"
PROCEDURE = "second/procedures/lost-document.json"


def second(home: Path, *words: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.second", *words],
        env=environ(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _pack(centre: Centre, name: str, text: str) -> None:
    place = centre.home / "packs" / "uto" / "frontier" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def test_a_unit_decides_by_its_centres_version_and_its_second_line_counts_there(tmp_path: Path) -> None:
    centre, unit = Centre(tmp_path / "centre"), tmp_path / "unit"
    centre.home.mkdir()
    centre.prepare()
    second(centre.home, "place")
    _pack(centre, "second/questions.json", json.dumps({"questions": {"*": [{"code": "cash", "label": "How much?"}]}}))
    centre.start()
    try:
        code = xenia(centre.home, "unit", "invite", NAME, POST, "--as", "admin")["code"]
        shown = xenia(unit, "unit", "enrol", centre.url, code)["fingerprint"]
        xenia(centre.home, "unit", "admit", NAME, shown, "--as", "chief")
        assert "procedures" in program(unit, "down")[-1]["taken"]
        first, taken = second(unit, "rules", f"refer {LOST}")
        assert (first["questions"], first["taken"]) == (["cash"], 1)
        (old,) = taken["hits"]
        assert old["edition"] == first["edition"] and old["next"]

        centre.stop()  # the centre decides otherwise from now on
        _pack(centre, PROCEDURE, inforce.program()[PROCEDURE].replace(f'"{old["next"]}"', '"another-way"'))
        terms = json.loads(inforce.program()["terms.json"])
        terms["refusal_reasons"] = terms["refusal_reasons"][:4]
        _pack(centre, "terms.json", json.dumps(terms))
        centre.start()
        program(unit, "down")
        now, both, stepped, _handed = second(unit, "rules", f"refer {LOST[:-1]}2", "step", "hand-over UX6000001")
        assert now["edition"] != first["edition"] and len(now["reasons"]) == 4 and now["taken"] == 2
        assert [one["next"] for one in both["hits"]] == [old["next"], "another-way"]
        there = stepped["hits"]  # the old one goes on under the old one
        assert there[0]["done"] == ["As before."] and there[0]["edition"] == first["edition"]

        sent = program(unit, "up")[-1]
        at = centre.unit(NAME)
        assert (at["state"], at["aside"]) == ("active", 0) and at["received"] >= sent["acknowledged"] > 0
        here, told = second(centre.home, "steps", "told")
        assert [one["node"] for one in here["hits"]] == [NAME, NAME]
        assert [{**one, "node": ""} for one in here["hits"]] == there
        bea = there[0]["officers"]
        assert told["views"] == [{"note": "Asks for protection.", "notes": ["Says: Vorgrund."], "by": bea[0]}]
        assert told["folded"] == [[1, 0], [2, 0], [1, 0], [1, 0]]  # hand-overs, hits, interviews, photographs
        assert told["rows"] == [1, 1, 1] and told["items"] == 1

        (before,) = second(unit, "received")
        assert (before["at"], before["counts"]) == ("", {"handed": 1, "received": 0, "arrived": 0})
        second(centre.home, "receive")
        assert "receipts" in program(unit, "down")[-1]["taken"]
        (after,) = second(unit, "received")
        assert after["at"] and after["counts"] == {"handed": 1, "received": 1, "arrived": 0}
        assert after["page"] and after["wrong"] == 0
        assert xenia(centre.home, "journal", "verify")["whole"]
    finally:
        centre.stop(kill=True)
