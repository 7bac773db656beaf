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
