"""Cases by what somebody types: a name in any script, a reference of either side, a document's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Count, Q

from xenia import matching
from xenia.cases import facts
from xenia.cases.models import Case, CaseKey
from xenia.identity import keys as identity_keys
from xenia.identity.claim import Claimed, Name

if TYPE_CHECKING:
    from xenia.cases.queries import Row

MOST: Final = 200
LONGEST: Final = 200


def ids(text: str) -> list[UUID]:
    """Ids of cases, those with most keys in common first; at most 200. Two queries."""
    words = text.strip()[:LONGEST]
    if not words:
        return []
    by_reference = Q(reference=words.upper()) | Q(their_reference__in={words, words.upper()})
    found = list(Case.objects.filter(by_reference).values_list("id", flat=True)[:MOST])
    if any(letter.isdigit() for letter in words):
        keys = Q(kind="x", key=facts.number_key(words))
    else:
        asked = matching.tokens(words)
        keys = Q(kind="n", key__in=identity_keys.query_keys(Claimed((Name(full=words),))))
        if len(asked) == 1:
            keys |= Q(kind=facts.WORD, key=facts.word_key(asked[0]))
    rows = CaseKey.objects.filter(keys).values("case").annotate(hits=Count("case")).order_by("-hits")[:MOST]
    return list(dict.fromkeys([*found, *(row["case"] for row in rows)]))


def ranked(text: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, surest first; where names were asked for, without those that are not alike."""
    words = text.strip()[:LONGEST]
    if any(letter.isdigit() for letter in words):
        return tuple(rows)
    asked = {matching.skeleton(word) for word in matching.tokens(words)}
    claim = matching.Claim(names=(words,))
    scored = []
    for row in rows:
        name = row.name.rstrip("0123456789-").rstrip(", ")
        match = matching.compare(claim, matching.Claim(names=(name,)))
        whole = bool(asked) and asked <= {matching.skeleton(word) for word in matching.tokens(name)}
        if whole or match.band is not None:
            scored.append((whole + match.score, row))
    scored.sort(key=lambda pair: -pair[0])
    return tuple(row for _score, row in scored)
