"""Comparing two documents: same state and number, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xenia.matching.features import Band, Feature, Match
from xenia.matching.numbers import folded_number, normalised_number

_NOTHING = Match(0.0, None, ())


@dataclass(frozen=True)
class DocumentClaim:
    """A document as claimed. `issuing_state`: ICAO code or empty; `type`: document code or word, or empty."""

    issuing_state: str
    type: str
    number: str


def compare_documents(asked: DocumentClaim, known: DocumentClaim) -> Match:
    """Whether two documents are one. EXACT: same state and number; LIKELY: a state is not known; a number of another
    state is no hit (near-match on the number alone says nothing); POSSIBLE: equal only when O/0 and I/1 are taken as one.
    """
    one, other = normalised_number(asked.number), normalised_number(known.number)
    if not one or not other:
        return _NOTHING
    states = {state.replace("<", "").upper() for state in (asked.issuing_state, known.issuing_state)}
    if len(states - {""}) > 1:
        return _NOTHING
    if one == other:
        band, score, verdict, detail = (
            (Band.EXACT, 1.0, "same", "document.same")
            if "" not in states
            else (Band.LIKELY, 0.9, "alike", "document.state-unknown")
        )
    elif folded_number(asked.number) == folded_number(known.number):
        band, score, verdict, detail = Band.POSSIBLE, 0.6, "alike", "document.letters-as-digits"
    else:
        return _NOTHING
    feature = Feature("document", verdict, _shown(asked), _shown(known), 20.0, detail)  # type: ignore[arg-type]
    return Match(score, band, (feature,))


def _shown(document: DocumentClaim) -> str:
    return f"{document.issuing_state} {document.number}".strip()


def with_document(by_name: Match, by_document: Match) -> Match:
    """Both sets of reasons. Same document and alike name: EXACT. Same document under another name: LIKELY, no more."""
    features = (*by_document.features, *by_name.features)
    if by_name.band is None:
        band: Band | None = Band.LIKELY if by_document.band is Band.EXACT else by_document.band
        return replace(by_document, band=band, score=min(by_document.score, 0.9), features=features)
    better = max((by_name, by_document), key=lambda match: match.score)
    band = Band.EXACT if by_document.band is Band.EXACT else better.band
    return Match(max(by_name.score, by_document.score), band, features)
