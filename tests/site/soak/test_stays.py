"""`xenia soak stays` says how many lives it compared, and fails where one differs."""

from __future__ import annotations

import io
import json
from pathlib import Path

from xenia.commands import Call
from xenia.registers.stays import rules
from xenia.site import cli


def soaked(*arguments):
    out, err = io.StringIO(), io.StringIO()
    code = cli.run(["soak", "stays", *arguments], Call(None, io.BytesIO(b""), out, err), Path.cwd())
    return code, out.getvalue(), err.getvalue()


def test_lives_agree():
    code, out, _ = soaked("--count", "200", "--seed", "7")
    assert code == 0
    assert json.loads(out)["different"] == 0


def test_a_wrong_rule_is_noticed(monkeypatch):
    monkeypatch.setattr(rules, "short_stay", lambda on: rules.Limit(91, 180, "", ""))
    code, out, said = soaked("--count", "200", "--seed", "7")
    assert code == 1
    assert json.loads(out)["different"] > 0
    assert "instead of" in said


def test_no_lives_are_refused():
    assert soaked("--count", "0")[0] == 1
