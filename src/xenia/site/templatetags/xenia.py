"""`{% load xenia %}`: icons, dates with the month in letters, ages, the MRZ with its check digits underlined."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xenia.formats.dates import PartialDate
from xenia.site import icons, words

register = template.Library()
WHOLE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon; see `xenia.site.icons`."""
    return icons.line(name)


@register.simple_tag
def seal(verdict: str) -> SafeString:
    """The large seal of a verdict."""
    return icons.seal(verdict)


@register.simple_tag
def token() -> SafeString:
    """The mark of Xenia."""
    return icons.token()


@register.simple_tag
def seam(verdict: str) -> SafeString:
    """The broken edge between document and answer."""
    return icons.seam(verdict)


@register.simple_tag
def ring(share: float) -> SafeString:
    """A ring filled by `share` (0..1)."""
    return icons.ring(share)


@register.simple_tag
def age(asked: Any) -> SafeString | str:
    """Age of a list as ring and words. `asked` has `age_s`, `state` and `part` (age as a share of what is permitted)."""
    if asked.state == "never":
        return ""
    if asked.age_s is None:
        return format_html('<span class="age">{}{}</span>', icons.ring(0.02), _("live"))
    kind = f"age {asked.state}" if asked.state in ("ageing", "old") else "age"
    part = 0.3 if asked.part is None else asked.part
    return format_html('<span class="{}">{}{}</span>', kind, icons.ring(part), words.age(asked.age_s))


@register.simple_tag
def day(value: dt.date | dt.datetime | PartialDate | str | None, missing: str = "") -> SafeString | str:
    """`8 Jun 1991` in `<bdi>`; what `missing` says if there is none."""
    text = words.day(value)
    return format_html("<bdi>{}</bdi>", text) if text else missing


@register.simple_tag
def moment(value: dt.datetime | None) -> SafeString:
    """`Sat 21 Nov 2026, 10:42` in the post's zone."""
    return format_html("<bdi>{}</bdi>", words.moment(value))


@register.simple_tag
def clock(value: dt.datetime | None) -> SafeString:
    """`10:42` in the post's zone."""
    return format_html('<bdi dir="ltr">{}</bdi>', words.clock(value))


@register.filter
def long(seconds: float | None) -> str:
    """How long something lasts or is ago: `14 min`, `1 h 05`, `3 d`."""
    return words.age(seconds)


@register.filter
def code(value: object) -> SafeString | str:
    """A code or number of a document: left to right, never broken."""
    return format_html('<bdi class="code" dir="ltr">{}</bdi>', value) if value not in (None, "") else ""


@register.filter
def plain(value: object) -> SafeString:
    """A field of a record: whole ISO dates with the month in letters, anything else as it is, in its own direction."""
    text = str(value)
    return format_html("<bdi>{}</bdi>", words.day(text) if WHOLE_DATE.fullmatch(text) else text)


@register.filter
def name(value: object) -> SafeString | str:
    """A person's name, in its own direction."""
    return format_html("<bdi>{}</bdi>", value) if value not in (None, "") else ""


@register.filter
def listed(value: object) -> str:
    """A list as words with commas, anything else as it is."""
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    return ", ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


@register.simple_tag
def mrz(lines: Sequence[str], digits: Sequence[Any] = ()) -> SafeString:
    """The lines of a document with check digits underlined; a failed one is marked and shows what was expected.

    `digits`: objects with `line` (from 0), `column` (from 0), `ok` and `expected`.
    """
    marks = {(digit.line, digit.column): digit for digit in digits}
    shown = (
        (
            format_html_join(
                "", "{}", ((_letter(letter, marks.get((at, column))),) for column, letter in enumerate(line))
            ),
        )
        for at, line in enumerate(lines)
    )
    return format_html_join(mark_safe("\n"), "{}", shown)


def _letter(letter: str, digit: Any) -> SafeString | str:
    if digit is None or (digit.ok and letter == "<"):
        return letter
    if digit.ok:
        return format_html("<b>{}</b>", letter)
    return format_html('<b class="bad">{}<i>≠{}</i></b>', letter, digit.expected)
