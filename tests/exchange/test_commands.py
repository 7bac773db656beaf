"""The commands, as a person types them, in two homes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

Run = Callable[..., CompletedProcess[str]]


def test_cards_are_printed_and_pinned_once(run_xenia: Run, tmp_path: Path) -> None:
    theirs = {"XENIA_HOME": str(tmp_path / "theirs"), "XENIA_STATE": "ARC"}
    made = run_xenia("exchange", "own", "--url", "https://127.0.0.1:8443", "--out", "theirs.json", **theirs)
    assert made.returncode == 0, made.stderr
    card = json.loads((tmp_path / "theirs.json").read_text())
    assert card["address"].startswith("ARC/") and card["url"] == "https://127.0.0.1:8443"
    pinned = run_xenia("exchange", "trust", "theirs.json")
    assert pinned.returncode == 0 and json.loads(pinned.stdout)["fingerprints"] == card["fingerprints"]
    listed = json.loads(run_xenia("exchange", "partners").stdout)
    assert listed["address"] == card["address"] and {one["kind"] for one in listed["keys"]} == {"sign", "box", "tls"}
    own = json.loads(run_xenia("exchange", "own").stdout)
    (tmp_path / "ours.json").write_text(json.dumps(own))
    assert run_xenia("exchange", "trust", "ours.json", **theirs).returncode == 0
    written = run_xenia("exchange", "export", card["address"], "bundle.jwe")
    assert written.returncode == 0, written.stderr
    taken = run_xenia("exchange", "import", "bundle.jwe", **theirs)
    assert taken.returncode == 0 and json.loads(taken.stdout)["from"] == own["address"], taken.stderr


def test_once_somebody_else_may_approve_the_command_proposes(run_xenia: Run, tmp_path: Path) -> None:
    def partners() -> list[str]:
        return [json.loads(line)["address"][:3] for line in run_xenia("exchange", "partners").stdout.splitlines()]

    for state in ("ARC", "XXB", "XXC"):
        home = {"XENIA_HOME": str(tmp_path / state), "XENIA_STATE": state}
        assert run_xenia("exchange", "own", "--out", f"{state}.json", **home).returncode == 0
    assert run_xenia("exchange", "trust", "ARC.json").returncode == 0  # at set-up there is nobody to ask
    old = json.loads(run_xenia("exchange", "own").stdout)["sign"][0]["kid"]
    new = json.loads(run_xenia("exchange", "own", "--new-key", "sign").stdout)["sign"][1]["kid"]
    assert run_xenia("exchange", "own", "--use-key", f"sign:{new}").returncode == 0
    _add(run_xenia, "ann", "auditor")
    assert run_xenia("exchange", "trust", "XXB.json").returncode == 0 and partners() == ["ARC", "XXB"]
    _add(run_xenia, "dora", "data-protection-officer")
    asked = run_xenia("exchange", "trust", "XXC.json", "--reason", "New agreement")
    retired = run_xenia("exchange", "own", "--retire-key", f"sign:{old}")
    assert partners() == ["ARC", "XXB"] and len(json.loads(run_xenia("exchange", "own").stdout)["sign"]) == 2
    for one in (asked, retired):
        proposal = json.loads(one.stdout)["proposal"]
        assert "own proposal" in run_xenia("proposals", "approve", proposal).stderr
        done = run_xenia("proposals", "approve", proposal, "--as", "dora")
        assert done.returncode == 0, done.stderr
    assert partners() == ["ARC", "XXB", "XXC"]
    assert [one["kid"] for one in json.loads(run_xenia("exchange", "own").stdout)["sign"]] == [new]


def _add(run_xenia: Run, name: str, role: str) -> None:
    made = run_xenia("accounts", "add", name, "--name", name.title(), "--role", role)
    assert made.returncode == 0, made.stderr
