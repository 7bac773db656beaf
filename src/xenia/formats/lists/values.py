"""Single values of a list: what is taken, cleaned, and what is refused with which reason. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable

from xenia.errors import XeniaError
from xenia.formats.dates import BadDate, PartialDate
from xenia.formats.lists.records import Body, Limits, Refused, document_record_id

BETWEEN = "|"


class Refusal(XeniaError):
    """One value is refused; `code` is the reason."""

    def __init__(self, reason: str, column: str, value: str) -> None:
        super().__init__(reason, code=reason)
        self.column, self.value = column, value

    def at(self, line: int, record_id: str) -> Refused:
        """The refused row."""
        return Refused(line, self.code, record_id[:120], self.column, self.value[:80])


def clean(text: str, column: str, limits: Limits) -> str:
    """The value without spaces around it, in composed Unicode. Refuses control characters and overlong values."""
    text = text.strip()
    if len(text) > limits.value_chars:
        raise Refusal("value-too-long", column, text)
    if not text.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs", "Co") for c in text):
        raise Refusal("control-character", column, "".join(c for c in text if c.isprintable()))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def several(text: str, column: str, limits: Limits) -> list[str]:
    """The values of a cell that holds several, empty ones left out."""
    values = [value.strip() for value in text.split(BETWEEN)] if text else []
    if len(values) > limits.values:
        raise Refusal("too-many-values", column, text)
    return [value for value in values if value]


def record_id(text: str) -> str:
    """The source's own identity of the record, at most 120 characters."""
    if not text:
        raise Refusal("record-id-missing", "record_id", "")
    if len(text) > 120 or text.startswith("#"):
        raise Refusal("record-id", "record_id", text)
    return text


def partial_date(text: str, column: str) -> str:
    """A date of which parts may be unknown, as `PartialDate.iso()` writes it."""
    try:
        return PartialDate.parse(text).iso()
    except BadDate:
        raise Refusal("date", column, text) from None


def full_date(text: str, column: str, *, must: bool = False) -> str:
    """A full date, or empty where it need not be there."""
    if not text and not must:
        return ""
    try:
        if len(text) == 10 and PartialDate.parse(text).is_full:
            return text
    except BadDate:
        pass
    raise Refusal("full-date", column, text)


def state(text: str, column: str) -> str:
    """A code of a state or organisation as in a travel document: one to three letters."""
    code = text.replace("<", "").upper()
    if not (0 < len(code) <= 3 and code.isascii() and code.isalpha()):
        raise Refusal("state", column, text)
    return code


def sex(text: str) -> str:
    """M, F, X or empty."""
    code = text.upper()
    if code not in ("", "M", "F", "X"):
        raise Refusal("sex", "sex", text)
    return code


def word(text: str, column: str) -> str:
    """A word such as `discreet`: small letters, digits, hyphens, at most 24."""
    if not _is_word(text.lower(), 24):
        raise Refusal("word", column, text)
    return text.lower()


def category(text: str, column: str = "category", reason: str = "category") -> str:
    """A category code such as `REF-B`, or empty."""
    if not _is_word(text, 24):
        raise Refusal(reason, column, text)
    return text


def one_of(text: str, words: Collection[str], column: str, reason: str = "status") -> str:
    """One of these words, however it is written; upper case where they are."""
    for word in (text.lower(), text.upper()):
        if word in words:
            return word
    raise Refusal(reason, column, text)


def _is_word(text: str, longest: int) -> bool:
    plain = text.replace("-", "")
    return not text or (len(text) <= longest and plain.isascii() and plain.isalnum())


def document_type(text: str) -> str:
    """A document code as in the MRZ: one or two letters or digits, `P` or `ID`."""
    code = text.replace("<", "").upper()
    if not (0 < len(code) <= 2 and code.isascii() and code.isalnum()):
        raise Refusal("document-type", "type", text)
    return code


def document_number(text: str, column: str = "number") -> str:
    """The number as it is written, at most 40 characters of which one is a letter or digit."""
    if len(text) > 40 or not any(c.isalnum() for c in text):
        raise Refusal("document-number", column, text)
    return text


def papers(texts: Iterable[str]) -> list[Body]:
    """Documents written `type:issuing state:number`."""
    found = []
    for text in texts:
        parts = [part.strip() for part in text.split(":", 2)]
        if len(parts) != 3:
            raise Refusal("document", "documents", text)
        kind = document_type(parts[0])
        issuer = state(parts[1], "documents") if parts[1] else ""
        found.append({"type": kind, "issuing_state": issuer, "number": document_number(parts[2])})
    return found


def own_record_id(kind: str, issuing_state: str, number: str) -> str:
    """The identity of a listed document that has none: the same for every way to write its number."""
    plain = "".join(c for c in number.upper() if c.isalnum())
    return document_record_id(kind, issuing_state, plain)
