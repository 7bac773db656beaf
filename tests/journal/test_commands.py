"""The commands: JSON with a schema to standard output, words to standard error, exit codes 0 and 1."""

from __future__ import annotations

import argparse
import io
import json

import pytest

from xenia.commands import Call
from xenia.errors import XeniaError
from xenia.journal import actions, sealer
from xenia.journal.commands import COMMANDS
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry

from .reader import check_head, check_proof


def run(name: str, *arguments: str) -> tuple[int, list[dict], str]:
    command = next(command for command in COMMANDS if command.name == name)
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    call = Call(parser.parse_args(arguments), io.BytesIO(), io.StringIO(), io.StringIO())
    code = command.run(call)
    return code, [json.loads(line) for line in call.out.getvalue().splitlines()], call.err.getvalue()


@pytest.fixture
def written(act):
    with actions.writing():
        made = [actions.append("test.noted", {"number": number}, act, subjects=[uuid7()]) for number in range(5)]
    sealer.seal_now()
    return made


@pytest.mark.django_db
def test_head_prove_and_verify_go_together(written, act, tmp_path):
    code, (head,), _ = run("journal head")
    assert code == 0 and head["schema"] == "xenia/head/1" and head["size"] == 6 and check_head(head)
    kept = tmp_path / "head.json"
    kept.write_text(json.dumps(head))
    with actions.writing():
        later = actions.append("test.noted", {}, act)
    code, (proof,), _ = run("journal prove", str(later), "--from", str(kept))
    assert code == 0 and proof["schema"] == "xenia/proof/1" and check_proof(proof)
    code, (report,), words = run("journal verify", "--head", str(kept))
    assert code == 0 and report["schema"] == "xenia/verify/1" and report["whole"] and report["findings"] == []
    assert "cannot be seen" in words


@pytest.mark.django_db
def test_verify_names_what_it_finds_and_exits_with_one(written):
    from django.db import connection

    from xenia.journal import walls

    walls.take_down(connection)
    Entry.objects.filter(pk=written[2]).update(actor="account:nobody")
    code, (report,), words = run("journal verify")
    assert code == 1
    (finding,) = report["findings"]
    assert finding == {
        "kind": "edited",
        "node": "hq",
        "position": 3,
        "last": 3,
        "entry": str(written[2]),
        "what": "the header or the body hash was altered",
    }
    assert str(written[2]) in words


@pytest.mark.django_db
def test_odd_arguments_are_refused_in_words(written, tmp_path):
    for name, *arguments in [
        ("journal prove", "no-uuid"),
        ("journal prove", str(uuid7())),
        ("journal verify", "--head", str(tmp_path / "none.json")),
        ("rebuild",),
    ]:
        with pytest.raises(XeniaError):
            run(name, *arguments)


@pytest.mark.django_db
def test_rebuild_answers_a_line_per_projection(written, monkeypatch):
    from xenia.journal import rebuild

    monkeypatch.setattr(rebuild, "_projections", {})
    seen = frozenset({"test.noted"})
    rebuild.register(
        rebuild.Projection(
            "good", seen, lambda happened: {str(h.entry.id): 1 for h in happened}, lambda: {str(i): 1 for i in written}
        )
    )
    assert run("rebuild", "--check")[0] == 0
    rebuild.register(rebuild.Projection("bad", seen, lambda happened: {}, lambda: {"x": 1}))
    code, lines, _ = run("rebuild", "--check")
    assert code == 1 and [line["projection"] for line in lines] == ["bad", "good"]
    assert lines[0]["differences"] == [{"key": "x", "kind": "unfounded"}]


@pytest.mark.django_db(transaction=True)
def test_bench_and_soak_run_in_a_scratch_installation():
    code, (figures,), _ = run("bench journal", "--seconds", "1", "--writers", "2")
    assert code == 0 and figures["schema"] == "xenia/bench-journal/1" and figures["verify"]["whole"]
    code, (soak,), _ = run("soak tamper", "--count", "10", "--seed", "5")
    assert code == 0 and soak["found"] == 10
    assert Entry.objects.count() == 0
