"""Kinds: every schema ever shipped stays readable, and has an example that proves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xenia.errors import NotFound
from xenia.journal import canonical, kinds

FIXTURES = Path(__file__).parent / "fixtures"
PASSING = ("test.", "soak.", "bench.")


def shipped() -> list[kinds.Kind]:
    return [kind for kind in kinds.all_kinds() if not kind.name.startswith(PASSING)]


def test_every_schema_of_every_kind_has_its_example():
    """One body per kind and schema in tests/journal/fixtures/<kind>.<schema>.json; never changed once released."""
    wanted = {f"{kind.name}.{schema}.json" for kind in shipped() for schema in range(1, kind.schema + 1)}
    missing = sorted(wanted - {path.name for path in FIXTURES.glob("*.json")})
    assert missing == [], f"write an example body for each of: {', '.join(missing)}"


def test_every_example_is_of_a_kind_that_is_still_known():
    known = {kind.name: kind for kind in shipped()}
    for path in FIXTURES.glob("*.json"):
        name, schema = path.name.removesuffix(".json").rsplit(".", 1)
        assert name in known, f"{path.name}: entries of this kind may be sealed, so it must stay registered"
        body = json.loads(path.read_text(encoding="utf-8"))
        assert json.loads(canonical.json_bytes(body)) == body, path.name
        upcast = kinds.upcast(name, int(schema), body)
        canonical.json_bytes(upcast)
        newest = json.loads((FIXTURES / f"{name}.{known[name].schema}.json").read_text(encoding="utf-8"))
        assert set(upcast) == set(newest), f"{path.name} does not upcast to the fields of schema {known[name].schema}"


def test_old_bodies_are_read_in_todays_schema():
    kind = kinds.Kind(
        "test.old",
        schema=3,
        upcasters={1: lambda body: {"names": [body["name"]]}, 2: lambda body: {**body, "script": "Latn"}},
    )
    kinds.register(kind)
    assert kinds.upcast("test.old", 1, {"name": "A"}) == {"names": ["A"], "script": "Latn"}
    assert kinds.upcast("test.old", 3, {"names": []}) == {"names": []}
    with pytest.raises(NotFound) as refused:
        kinds.upcast("test.old", 4, {})
    assert refused.value.code == "unknown-schema"


def test_kinds_that_contradict_themselves_are_refused_at_start():
    for bad in (
        kinds.Kind("nodots"),
        kinds.Kind("Test.Upper"),
        kinds.Kind("test.gap", schema=2),
        kinds.Kind("test.noted", schema=1),
    ):
        with pytest.raises(ValueError):
            kinds.register(bad)
