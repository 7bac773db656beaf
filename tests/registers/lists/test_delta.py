"""A list file as a difference to the one before: what it makes is the file, byte for byte; garbage makes nothing."""

from __future__ import annotations

import random
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registers.lists.worlds import person
from xenia.errors import BadInput
from xenia.registers.lists import delta
from xenia.registers.lists.build import build

SECRET = b"s" * 32
META = {"register": "alerts", "source": "test"}


@given(
    st.binary(max_size=4000),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 300), st.binary(max_size=90)), max_size=6),
)
def test_what_is_made_of_a_base_is_the_new_file(base: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    new = base * 2
    for at, length, fresh in edits:
        new = new[:at] + fresh + new[at + length :]
    assert delta.apply(base, delta.make(base, new)) == new


@pytest.mark.parametrize("new", [b"", b"a", b"\0" * 100_000, bytes(range(256)) * 700])
@pytest.mark.parametrize("base", [b"", b"a", b"\0" * 90_000, bytes(range(256)) * 500])
def test_odd_files_too(base: bytes, new: bytes) -> None:
    assert delta.apply(base, delta.make(base, new)) == new


def test_a_list_of_which_a_hundredth_changed_travels_as_a_small_part(tmp_path: Path) -> None:
    """A third each changed, added and removed: the figure for 50,000 is in the measurements."""
    many, numbers = 6_000, random.Random(1)
    some = numbers.sample(range(many), many // 100)
    changed, removed = set(some[:20]), set(some[20:40])
    first = [person(n) for n in range(many)]
    second = [person(n, f"Changed{n}") if n in changed else one for n, one in enumerate(first) if n not in removed]
    second += [person(n) for n in range(many, many + 20)]
    for name, records in (("a.list", first), ("b.list", second)):
        build(tmp_path / name, records, META, secret=SECRET)
    assert delta.write(tmp_path / "a.list", tmp_path / "b.list", tmp_path / "d")
    made, whole = (tmp_path / "d").read_bytes(), (tmp_path / "b.list").read_bytes()
    assert delta.apply((tmp_path / "a.list").read_bytes(), made) == whole
    assert len(made) * 15 < len(whole), (len(made), len(whole))


def test_a_list_that_is_another_one_is_not_written_as_a_difference(tmp_path: Path) -> None:
    build(tmp_path / "a.list", [person(n) for n in range(50)], META, secret=SECRET)
    (tmp_path / "b.list").write_bytes(random.Random(1).randbytes(50_000))
    assert not delta.write(tmp_path / "a.list", tmp_path / "b.list", tmp_path / "d")
    assert not (tmp_path / "d").exists()


@given(st.data())
def test_a_damaged_difference_makes_nothing_else_than_an_error(data: st.DataObject) -> None:
    """Or another file: whoever applies it compares the hash. Nothing else is raised, nothing larger is made."""
    base = bytes(range(256)) * 8
    made = bytearray(delta.make(base, base[:900] + b"new" * 9 + base[700:]))
    at = data.draw(st.integers(0, len(made) - 1))
    made[at] ^= data.draw(st.integers(1, 255))
    try:
        found = delta.apply(base, bytes(made[: data.draw(st.integers(at, len(made)))]), 10_000)
    except BadInput as error:
        assert error.code == "bad-delta"
    else:
        assert len(found) <= 10_000


def test_another_base_is_refused(tmp_path: Path) -> None:
    made = delta.make(b"one" * 90, b"two" * 90)
    (tmp_path / "d").write_bytes(made)
    assert delta.base_of(tmp_path / "d") == sha256(b"one" * 90).hexdigest()
    with pytest.raises(BadInput):
        delta.apply(b"own" * 90, made)
