"""How alike a question and a claim are where documents count first: the same document, and a name that agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xenia import matching
from xenia.identity.claim import Claimed, Document
from xenia.matching import Band, DocumentClaim, Match
from xenia.registers.port import Probe

NEEDED: Final = (Band.EXACT, Band.LIKELY)


def agree(probe: Probe, claim: Claimed, alone: Callable[[Match], bool]) -> Match | None:
    """How alike, with reasons; None where it is another person on the same document, or not alike enough.

    `alone`: whether a name that agrees is enough where no document is the same.
    """
    documents = [
        matching.compare_documents(_plain(asked), _plain(known))
        for asked, _ in probe.documents
        for known in claim.documents
    ]
    same = max((one for one in documents if one.band is Band.EXACT), key=lambda one: one.score, default=None)
    if probe.prepared is None:
        return same
    by_name = matching.compare(probe.prepared, claim.for_matching())
    if by_name.band not in NEEDED:
        return None
    if same is not None:
        return matching.with_document(by_name, same)
    return by_name if alone(by_name) else None


def _plain(document: Document) -> DocumentClaim:
    return DocumentClaim(document.issuing_state, document.type, document.number)
