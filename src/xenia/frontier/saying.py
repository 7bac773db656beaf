"""One sentence for the traveller, in a language likely to be understood. It never gives a finding away. Pure."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from xenia.frontier.second import languages

# Whose own language Xenia has no words in, and another is widely understood. Own list, for one sentence at the booth;
# a paper goes by `languages.likely` alone, and names the language that is missing.
UNDERSTOOD = {"ARM": "ru", "MDA": "ru", "UKR": "ru"}


def sentence(verdict: str, direction: str, nationality: str, until: date | None) -> tuple[str, str]:
    """The sentence and its language: the traveller's where Xenia speaks it, else English."""
    known = {code for code, _name in settings.LANGUAGES}
    language = UNDERSTOOD.get(nationality) or languages.likely(nationality)
    language = language if language in known else languages.ENGLISH
    with translation.override(language):
        return _words(verdict, direction, until), language


def _words(verdict: str, direction: str, until: date | None) -> str:
    if verdict != "clear":
        return _("Thank you for waiting a moment.")
    if direction == "exit":
        return _("Thank you. Have a good journey.")
    if until is not None:
        return _("Welcome. You may stay until %(date)s.") % {"date": date_format(until, _("j F Y"))}
    return _("Welcome.")
