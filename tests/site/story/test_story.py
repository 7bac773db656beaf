"""Two installations, two processes, one case over mutual TLS, in less than a minute."""

from __future__ import annotations

import argparse
import io
import json
import os
from pathlib import Path

import pytest

from xenia.commands import Call
from xenia.errors import NotFound, Unavailable, XeniaError
from xenia.site.story import commands, forms, process
from xenia.site.story.telling import Stand, Teller, Told


def _call(**options: object) -> Call:
    given = argparse.Namespace(**{"profile": "CH-AZ", "short": True, "json": True, **options})
    return Call(given, io.BytesIO(), io.StringIO(), io.StringIO())


def test_a_case_goes_from_the_application_to_the_border_between_two_processes() -> None:
    call = _call()
    code = commands._readmission(call)
    steps = [json.loads(line) for line in call.out.getvalue().splitlines()]
    assert code == 0, call.err.getvalue() + call.out.getvalue()[-3000:]
    assert all(step["agree"] for step in steps)
    states = [step["requested"]["state"] for step in steps if step["requested"]]
    assert "transfer_confirmed" in states and "transferred" in states and states[-1] == "closed"
    border = next(step for step in steps if step["requested"] and step["requested"]["state"] == "transferred")
    assert "Expected: readmission" in border["note"]


def test_a_side_that_dies_or_refuses_is_noticed_and_named(tmp_path: Path) -> None:
    side = process.Side("requesting", "CHE", tmp_path / "home")
    with side:
        assert side.ask("today")["post"] == "CHE-AP1"
        with pytest.raises(XeniaError) as refused:
            side.ask("act", who="officer", thread="0197a1a8-0000-7000-8000-000000000000", action="verify", said={})
        assert refused.value.code == "no-case"
        side.kill()
        with pytest.raises(Unavailable, match="is not running"):
            side.ask("today")
        side.start()
        assert side.ask("whole")["whole"] is True
        pid = side._process.pid if side._process else 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_unknown_agreement_is_named() -> None:
    with pytest.raises(NotFound):
        commands.agreement("XX-YY")


def _told(one: Stand | None, other: Stand | None, own: frozenset[str] = frozenset()) -> Told:
    return Told(1, "2026-01-01", "c", "t", "b", {"requesting": one, "requested": other}, own=own)


def test_differences_are_named() -> None:
    one = Stand("received", {"reply": "2026-01-16"})
    assert _told(one, one).differences == ()
    assert _told(Stand("draft", {}), None).differences == ()
    assert len(_told(one, Stand("verifying", {"reply": "2026-01-17"})).differences) == 2
    assert (
        _told(one, Stand("received", {})).differences
        and not _told(one, Stand("received", {}), frozenset({"reply"})).differences
    )
    assert _told(Stand("received", {}, waiting=1), Stand("received", {})).differences


def test_a_disagreement_is_told_and_remembered() -> None:
    call = _call(json=False)
    teller = Teller(call, {"requesting": "CHE", "requested": "AZE"})
    teller.tell(_told(Stand("received", {}), Stand("verifying", {})))
    assert teller.disagreed == 1 and "THE SIDES DISAGREE" in call.out.getvalue()


def test_forms_are_filled_with_the_plainest_answers() -> None:
    from datetime import date

    schema = {
        "type": "object",
        "required": ["a", "b", "c"],
        "properties": {
            "a": {"type": "object", "required": ["day"], "properties": {"day": {"type": "string", "format": "date"}}},
            "b": {"type": "array", "minItems": 1, "items": {"enum": ["x", "y"]}},
            "c": {"$ref": "#/$defs/words"},
            "d": {"type": "boolean"},
            "e": {"type": "integer", "minimum": 3},
        },
        "$defs": {"words": {"type": "string", "maxLength": 4}},
    }
    filled = forms.fill(schema, {"d": True, "nothing.here": 1}, date(2026, 3, 4))
    assert filled == {"a": {"day": "2026-03-04"}, "b": ["x"], "c": "Inve", "d": True}
