"""How alike two names, dates and numbers are, with the reasons: pure functions."""

from xenia.matching.bands import BOUNDARIES, Boundary
from xenia.matching.claims import Claim, Form, Prepared, prepare
from xenia.matching.compare import coarse, compare, rescore
from xenia.matching.documents import DocumentClaim, compare_documents, with_document
from xenia.matching.features import Band, Feature, Match
from xenia.matching.keys import RULES_VERSION, name_keys, query_keys
from xenia.matching.numbers import DocumentKeys, document_keys, normalised_number
from xenia.matching.rarity import Rarity
from xenia.matching.scripts import fold
from xenia.matching.sounds import skeleton
from xenia.matching.tokens import tokens

__all__ = [
    "BOUNDARIES", "RULES_VERSION", "Band", "Boundary", "Claim", "DocumentClaim", "DocumentKeys", "Feature", "Form", "Match",
    "Prepared", "Rarity", "coarse", "compare", "compare_documents", "document_keys", "fold", "name_keys", "normalised_number", "prepare",
    "query_keys", "rescore", "skeleton", "tokens", "with_document",
]  # fmt: skip
