"""No cell of 15 and fewer leaves, nor what would give one back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.errors import BadInput
from xenia.insight.calls import events, generator, studies, windows
from xenia.insight.calls.generator import World
from xenia.insight.calls.withholding import NOT_TOLD, rounded, withhold


def test_one_small_cell_takes_the_next_with_it() -> None:
    shown = withhold({("A", "A"): 500, ("A", "B"): 40, ("A", "C"): 30, ("A", "D"): 7})
    assert shown.cells == [("A", "A", 500), ("A", "B", 40), ("A", NOT_TOLD, 35)]
    assert (shown.dropped_cells, shown.dropped_subscribers, shown.subscribers) == (2, 0, 577)


def test_a_home_with_few_people_is_not_told_at_all() -> None:
    shown = withhold({("A", "A"): 9, ("A", "B"): 4, ("B", "B"): 12, ("C", "C"): 16})
    assert shown.cells == [("C", "C", 20)]
    assert shown.dropped_subscribers == 25


@given(st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCDEF")), st.integers(0, 60), max_size=24))
def test_what_is_shown_hides_every_small_cell(flows: dict[tuple[str, str], int]) -> None:
    shown = withhold(flows)
    kept = {(home, place) for home, place, _number in shown.cells}
    for home, place, number in shown.cells:
        assert number > 15 and number % 5 == 0
        if place != NOT_TOLD:
            assert flows[home, place] > 15 and number == rounded(flows[home, place])
        else:
            inside = [many for (from_, to), many in flows.items() if from_ == home and many and (from_, to) not in kept]
            assert len(inside) > 1 and sum(inside) > 15 and number == rounded(sum(inside))
    assert shown.subscribers + shown.dropped_subscribers == sum(flows.values())


def study(folder: Path) -> Path:
    """A study of a small made-up world, as an operator writes it."""
    file, world = folder / "events.parquet", World(subscribers=3000, regions=10)
    generator.write(file, world)
    wanted = windows.study(world.event)
    with events.opened(file) as taken:
        studies.make(taken, wanted, folder / "studies", "Example Mobile")
    return folder / "studies" / studies.name_of(wanted)


def test_a_study_holds_no_small_cell_and_no_subscriber(tmp_path: Path) -> None:
    folder = study(tmp_path)
    said = studies.read(folder)
    assert len(said["flows.csv"]) > 10 and len(said["presence.csv"]) > 100
    assert all(int(row[3]) > 15 for row in said["flows.csv"]) and all(int(row[2]) > 15 for row in said["presence.csv"])
    whole = b"".join(file.read_bytes() for file in folder.iterdir())
    import hashlib

    assert not any(hashlib.sha256(f"1:{number}".encode()).hexdigest()[:32].encode() in whole for number in range(3000))


@pytest.mark.parametrize("what", ["changed", "small", "schema", "gone", "half"])
def test_a_study_that_was_touched_is_refused(tmp_path: Path, what: str) -> None:
    folder = study(tmp_path)
    said = json.loads((folder / "study.json").read_text())
    flows = folder / "flows.csv"
    if what == "changed":
        flows.write_text(flows.read_text().replace("2026", "2027", 1))
    elif what == "small":  # with the right digest, as a careless operator would
        import hashlib

        head, first, *rest = flows.read_text().splitlines()
        row = first.split(",")
        row[3] = "7"
        flows.write_text("\n".join([head, ",".join(row), *rest]) + "\n")
        said["files"]["flows.csv"] = hashlib.sha256(flows.read_bytes()).hexdigest()
        (folder / "study.json").write_text(json.dumps(said))
    elif what == "schema":
        (folder / "study.json").write_text(json.dumps(said | {"schema": "xenia/calls/9"}))
    elif what == "gone":
        flows.unlink()
    else:
        (folder / "study.json").write_text((folder / "study.json").read_text()[:200])
    with pytest.raises(BadInput) as problem:
        studies.read(folder)
    assert problem.value.code == "study-files"
