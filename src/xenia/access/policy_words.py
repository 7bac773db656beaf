"""What the codes of a policy are called: registers, groups of fields, kinds of authority. The codes stay what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from xenia.access import rules

Words = Mapping[str, str | Promise]
REGISTERS: Final[Words] = {
    "alerts": _("Alerts"),
    "asylum_biometrics": _("Biometrics of asylum"),
    "authorisations": _("Travel authorisations"),
    "cases": _("Cases"),
    "criminal_records": _("Criminal records"),
    "crossings": _("Crossings"),
    "identity": _("Identities"),
    "expected": _("Persons expected"),
    "lost_documents": _("Lost documents"),
    "notices": _("Notices"),
    "stays": _("Stays"),
    "vehicles": _("Vehicles"),
    "visas": _("Visas"),
}
GROUPS: Final[Words] = {
    rules.ANY: _("everything"),
    "flag": _("hit or no hit"),
    "identity": _("identity"),
    "instruction": _("what to do"),
    "reason": _("reason"),
    "document": _("document"),
    "handling": _("handling"),
    "crossing": _("crossing"),
    "status": _("status"),
}
AUTHORITIES: Final[Words] = {
    rules.ANY: _("all"),
    "asylum": _("asylum"),
    "border": _("border"),
    "consular": _("consular"),
    "customs": _("customs"),
    "migration": _("migration"),
    "oversight": _("oversight"),
    "police": _("police"),
    "state": _("state"),
}
CONFIDENCES: Final[Words] = {
    "read": _("read in the source"),
    "2nd": _("second hand"),
    "memory": _("from memory, to be verified"),
    "design": _("our own parameter"),
    "decided": _("decided here"),
}
PARTS: Final[Words] = {"role": _("Role"), "purpose": _("Purpose"), "row": _("Rule")}
# What the shipped policy says in place of a law that only the installation can name.
gettext_noop("national law, to be named by the installation")
gettext_noop("national law, to be named by the installation; Reg. (EU) 2016/679 Art. 39")
gettext_noop("Reg. (EU) 2019/817 Art. 20 with national law, to be named by the installation")
gettext_noop("the readmission agreement concerned")
