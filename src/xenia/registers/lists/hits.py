"""Persons of one list file that may be meant by a question: found by keys, compared, bodies read for hits only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xenia.formats.lists.records import Body
from xenia.matching import Claim, Match, Prepared, rescore
from xenia.registers.lists.file import ListFile

MOST_NEAR = 300


@dataclass(frozen=True)
class ListHit:
    """A listed person with the reasons why it may be the one."""

    record_id: str
    body: Body
    match: Match


def hits(file: ListFile, asked: Claim | Prepared, keys: Sequence[int], limit: int = 10) -> list[ListHit]:
    """The best hits, surest first, at most `limit`. `keys`: of `matching.query_keys` for the same claim.

    Compares the names that the file keeps folded; a file of other rules gives none (`current` refuses such a file).
    """
    near = file.near(keys, MOST_NEAR)
    found = rescore(asked, [one.prepared for one in near], file.rarity, limit)
    return [ListHit(near[number].record_id, file.body(near[number].number), match) for number, match in found]
