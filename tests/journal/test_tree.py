"""The tree against the vectors of Certificate Transparency's test tree, and against its definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.journal.tree import EMPTY, Frontier, consistency, inclusion

from .reader import check_growth, check_inclusion

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + number.to_bytes(4, "big")).digest() for number in range(count)]


def defined(hashes: list[bytes]) -> bytes:
    """The root as RFC 6962 section 2.1 defines it, by halves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return hashlib.sha256(b"\x01" + defined(hashes[:half]) + defined(hashes[half:])).digest()


def test_the_roots_of_the_known_tree_of_eight_leaves():
    tree = Frontier()
    assert tree.root() == EMPTY
    for text, root in zip(INPUTS, ROOTS, strict=True):
        tree.add(hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest())
        assert tree.root().hex() == root


@given(st.integers(0, 600))
def test_the_frontier_gives_the_root_that_the_definition_gives(count):
    tree = Frontier()
    for leaf in leaves(count):
        tree.add(leaf)
    assert tree.root() == defined(leaves(count))
    assert len(tree.peaks) == count.bit_count()
    assert Frontier.unpack(count, tree.pack()).root() == tree.root()


def test_a_frontier_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError):
        Frontier.unpack(3, bytes(32))


@given(st.data())
def test_inclusion_is_proved_and_nothing_else_is(data):
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    path = inclusion(index, size, lambda start, stop: defined(hashes[start:stop]))
    root = defined(hashes)
    assert check_inclusion(hashes[index], index, size, path, root)
    assert not check_inclusion(bytes(32), index, size, path, root)
    assert not check_inclusion(hashes[index], index, size, [*path, bytes(32)], root)
    if path:
        assert not check_inclusion(hashes[index], index, size, path[:-1], root)
    other = data.draw(st.integers(0, size - 1))
    assert other == index or not check_inclusion(hashes[index], other, size, path, root)


@given(st.data())
def test_growth_is_proved_and_a_rewritten_past_is_not(data):
    size = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(1, size))
    hashes = leaves(size)
    path = consistency(old, size, lambda start, stop: defined(hashes[start:stop]))
    before, after = defined(hashes[:old]), defined(hashes)
    assert check_growth(old, size, path, before, after)
    changed = list(hashes)
    changed[data.draw(st.integers(0, old - 1))] = bytes(32)
    assert not check_growth(old, size, path, defined(changed[:old]), after)
    assert not check_growth(old, size, [*path, bytes(32)], before, after)
