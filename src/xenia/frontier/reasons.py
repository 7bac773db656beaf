"""Reasons of a refusal, their sub-fields, and what speaks against a possible hit. Data with its source, no rule.

Source of the letters: Regulation (EU) 2016/399 (Schengen Borders Code), Annex V part B, as amended by
Regulation (EU) 2017/2225 (J) and 2018/1240 Article 80(3) (C).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Detail:
    """A sub-field of a reason. `choices` empty: free text. `required`: the reason is not complete without it."""

    name: str
    label: str | Promise
    choices: tuple[tuple[str, str | Promise], ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Reason:
    """One reason code of the standard form."""

    code: str
    text: str | Promise
    details: tuple[Detail, ...] = ()


REASONS: tuple[Reason, ...] = (
    Reason("A", _("No valid travel document")),
    Reason("B", _("False, counterfeit or forged travel document")),
    Reason("C", _("No valid visa, travel authorisation or residence permit")),
    Reason("D", _("False, counterfeit or forged visa or residence permit")),
    Reason(
        "E",
        _("No appropriate documents that justify purpose and conditions of stay"),
        (Detail("missing_documents", _("Documents that could not be provided"), required=True),),
    ),
    Reason("F", _("Already stayed 90 days in the preceding 180-day period")),
    Reason("G", _("Not enough means of subsistence for the stay, or for the return")),
    Reason(
        "H",
        _("Alert for refusal of entry"),
        (Detail("alert_in", _("Where the alert is entered"), (("sis", _("In the SIS")), ("national", _("In the national register"))), True),),
    ),
    Reason(
        "I",
        _("Threat to public policy, internal security, public health or international relations"),
        (Detail("national_law", _("Reference of national law"), required=True),),
    ),
    Reason(
        "J",
        _("Refuses to give biometric data"),
        (
            Detail(
                "biometric_data",
                _("Required for"),
                (("file", _("The individual file in the Entry/Exit System")), ("checks", _("Border checks"))),
                True,
            ),
        ),
    ),
)
CODES: dict[str, Reason] = {reason.code: reason for reason in REASONS}

# What an officer may say when a possible hit is somebody else. Source: domain practice, no standard names these.
DISMISSALS: tuple[tuple[str, str | Promise], ...] = (
    ("birth-date", _("Birth date differs")),
    ("sex", _("Sex differs")),
    ("nationality", _("Nationality differs")),
    ("document", _("Another document, checked")),
    ("appearance", _("Appearance differs")),
)
