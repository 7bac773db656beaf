"""What the findings of one check mean: verdict, instruction and which decisions are open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xenia.frontier.check import FindingView, KeyName, KeyView, Verdict
from xenia.registers.search import Asked, Hit

LISTS = ("list-old", "list-missing", "list-broken")
HALVES = ("visa-alone", "card-alone")
SEVERITY = {"clear": 0, "look": 1, "stop": 2}


@dataclass(frozen=True)
class DocumentFacts:
    """What the rules need to know of the document. `expiry` None: not known."""

    valid_checks: bool
    bad_fields: tuple[str, ...]
    expiry: date | None
    expiry_known: bool
    issuing_state_known: bool
    typed: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """The verdict with its words."""

    verdict: Verdict
    headline: str
    instruction: str
    findings: tuple[FindingView, ...]
    facts: tuple[str, ...]


def document_findings(document: DocumentFacts, on: date) -> tuple[FindingView, ...]:
    """What speaks against the document by itself."""
    found = []
    if document.bad_fields:
        text, act = (
            _("The check digits do not agree"),
            _("Read the document again. If it stays so, refer to second line."),
        )
        found.append(FindingView("check-digits", "look", text, act))
    elif not document.valid_checks:
        text, act = (
            _("The lines are not as their standard wants"),
            _("Read the document again. If it stays so, refer to second line."),
        )
        found.append(FindingView("lines", "look", text, act))
    if "repaired" in document.warnings:
        text, act = _("A misread character was put right"), _("Compare number, dates and names with the document.")
        found.append(FindingView("repaired", "look", text, act))
    if document.expiry is not None and document.expiry < on:
        found.append(FindingView("expired", "stop", _("The document has expired"), _("Refer to second line.")))
    elif not document.expiry_known:
        found.append(
            FindingView(
                "no-expiry", "look", _("The expiry date is not known"), _("Look at the document for its expiry date.")
            )
        )
    if not document.issuing_state_known:
        found.append(
            FindingView(
                "issuing-state",
                "look",
                _("The issuing state is not in the list of codes"),
                _("Look closely: refer if in doubt."),
            )
        )
    if document.typed:
        found.append(
            FindingView(
                "typed", "look", _("Typed by hand, no check digits"), _("Compare each field with the document.")
            )
        )
    return tuple(found)


def list_findings(asked: Sequence[Asked]) -> tuple[FindingView, ...]:
    """What speaks against the lists that were asked."""
    found = []
    for one in asked:
        if one.state == "old":
            text = _("%(register)s: the list is too old") % {"register": one.label}
            found.append(FindingView("list-old", "look", text, _("Only second line may admit until it is renewed.")))
        elif one.state == "broken":
            text = _("%(register)s: the list cannot be used") % {"register": one.label}
            found.append(
                FindingView(
                    "list-broken",
                    "look",
                    text,
                    _("Nothing was asked there. Only second line may admit; tell the supervisor."),
                )
            )
        elif one.state == "never":
            text = _("%(register)s: no list has been loaded") % {"register": one.label}
            found.append(FindingView("list-missing", "look", text, _("Nothing was asked there. Tell the supervisor.")))
    return tuple(found)


def assess(
    document: DocumentFacts,
    hits: Sequence[Hit],
    dismissed: Sequence[bool],
    asked: Sequence[Asked],
    on: date,
    more: Sequence[FindingView] = (),
    beside: frozenset[str] = frozenset(),
) -> Assessment:
    """Verdict and words from everything that was found. A dismissed hit no longer counts.

    `more`: what the conditions of entry or exit found (`conditions.py`). `beside`: registers whose answer does not matter
    for this traveller, so that their age doesn't either. The gravest finding stands first.
    """
    lists = list_findings([one for one in asked if one.register not in beside])
    found = (*more, *document_findings(document, on), *lists)
    findings = tuple(sorted(found, key=lambda one: -SEVERITY[one.severity]))
    open_hits = [hit for hit, gone in zip(hits, dismissed, strict=True) if not gone]
    verdict = worst([*(f.severity for f in findings), *(_severity(hit) for hit in open_hits)])
    return Assessment(
        verdict,
        _headline(verdict, findings, open_hits),
        _instruction(findings, open_hits),
        findings,
        _facts(document, asked),
    )


def worst(severities: Sequence[str]) -> Verdict:
    """The worst of these; clear where there are none."""
    order: tuple[Verdict, ...] = ("clear", "look", "stop")
    return order[max((SEVERITY[s] for s in severities), default=0)]


def _severity(hit: Hit) -> str:
    return "look" if hit.band == "POSSIBLE" else hit.severity


def _headline(verdict: Verdict, findings: Sequence[FindingView], hits: Sequence[Hit]) -> str:
    count = len(hits) + sum(f.severity == verdict for f in findings) if verdict != "clear" else 0
    if verdict == "stop":
        return ngettext("Stop. One finding", "Stop. %(count)d findings", count) % {"count": count}
    if verdict == "look":
        if not hits and all(f.code in LISTS for f in findings):
            return _("Nothing found, but not everything could be asked")
        return ngettext("Look closely. One finding", "Look closely. %(count)d findings", count) % {"count": count}
    return _("Nothing found")


def _instruction(findings: Sequence[FindingView], hits: Sequence[Hit]) -> str:
    if any(hit.band != "POSSIBLE" for hit in hits):
        first = next(hit for hit in hits if hit.band != "POSSIBLE")
        return first.instruction or _("Refer to second line.")
    if any(f.severity == "stop" for f in findings):
        return next(f.instruction for f in findings if f.severity == "stop")
    if any(hit.withheld for hit in hits):
        return _(next(hit.instruction for hit in hits if hit.withheld))
    if hits:
        return _("Compare the traveller with the possible hit. Dismiss it with a reason, or refer.")
    if findings:
        return findings[0].instruction
    return _("All registers answered. You decide.")


def _facts(document: DocumentFacts, asked: Sequence[Asked]) -> tuple[str, ...]:
    facts = []
    if document.valid_checks and not document.typed:
        facts.append(_("Check digits agree"))
    if document.expiry is not None:
        facts.append(_("Document valid to %(date)s") % {"date": date_format(document.expiry, _("j F Y"))})
    facts.append(ngettext("One register asked", "%(count)d registers asked", len(asked)) % {"count": len(asked)})
    return tuple(facts)


def may_dismiss(hit: Hit) -> bool:
    """A POSSIBLE of a category that the first line may settle."""
    return hit.band == "POSSIBLE" and not hit.second_line


def keys(
    assessment: Assessment,
    hits: Sequence[Hit],
    dismissed: Sequence[bool],
    *,
    may: dict[KeyName, bool],
    waived: bool = False,
    at_home: bool = False,
    expected: bool = False,
) -> dict[KeyName, KeyView]:
    """Which decisions are open, which one is the ordinary next step, and why the others are not.

    `waived`: the conditions that stop are waived by a recorded exception, and nothing else stops. `at_home`: an own
    national who enters, whom nobody refuses (Protocol No. 4 to the European Convention on Human Rights, Art. 3(2)).
    `expected`: this state has confirmed the arrival to another one; only the second line may say otherwise.
    """
    open_hits = [hit for hit, gone in zip(hits, dismissed, strict=True) if not gone]
    serious = any(not may_dismiss(hit) for hit in open_hits)
    return {
        "admit": _admit(assessment, open_hits, serious, may["admit"], waived),
        "refer": KeyView(
            may["refer"], assessment.verdict == "stop" or serious, "" if may["refer"] else _("not yours to do")
        ),
        "refuse": _refuse(serious or expected, may["refuse"], at_home),
    }


def _admit(assessment: Assessment, open_hits: Sequence[Hit], serious: bool, may: bool, waived: bool) -> KeyView:
    if not may:
        return KeyView(False, False, _("not yours to do"))
    if any(f.code in HALVES for f in assessment.findings):
        return KeyView(False, False, _("read the passport first"))
    unasked = any(f.code in ("list-old", "list-broken") for f in assessment.findings)
    stopped = any(f.severity == "stop" for f in assessment.findings) and not waived
    if serious or unasked or stopped:
        return KeyView(False, False, _("only second line may"))
    if open_hits:
        return KeyView(False, False, _("settle the possible hit first"))
    if waived:
        return KeyView(True, False, _("with the exception, on record"))
    return KeyView(True, assessment.verdict == "clear")


def _refuse(serious: bool, may: bool, at_home: bool) -> KeyView:
    if at_home:
        return KeyView(False, False, _("own nationals may enter"))
    if not may:
        return KeyView(False, False, _("only second line may"))
    if serious:
        return KeyView(False, False, _("only second line may"))
    return KeyView(True, False, _("opens the form"))
