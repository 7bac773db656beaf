"""One sentence for the traveller, in a language likely to be understood. It never gives a finding away. Pure."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Languages in which Xenia speaks, by nationality as in documents. Own list: official or widely understood languages.
SPOKEN = {
    "fr": "FRA BEL LUX MCO CIV SEN CMR COD COG GAB BEN BFA MLI NER TGO TCD CAF GIN MDG HTI DJI",
    "ar": "DZA BHR COM EGY IRQ JOR KWT LBN LBY MRT MAR OMN PSE QAT SAU SDN SYR TUN ARE YEM",
    "az": "AZE",
    "ka": "GEO",
    "ru": "RUS BLR KAZ KGZ TJK UZB TKM ARM MDA UKR",
}
LANGUAGE = {code: language for language, codes in SPOKEN.items() for code in codes.split()}


def sentence(verdict: str, direction: str, nationality: str, until: date | None) -> tuple[str, str]:
    """The sentence and its language: the traveller's where Xenia speaks it, else English."""
    known = {code for code, _name in settings.LANGUAGES}
    language = LANGUAGE.get(nationality, "en")
    language = language if language in known else "en"
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
