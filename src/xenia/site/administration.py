"""Administration: one page with a card per subject and what waits there; settings, health and languages to look at."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET

from xenia.access import lockout, policy_pages, presence, role_pages
from xenia.access.models import Account, Authority, Lane, Post
from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.exchange.models import Partner
from xenia.journal import clock
from xenia.oversight import periods
from xenia.registers.reference import read
from xenia.registers.reference.printing import printers
from xenia.site import options
from xenia.site.context import ADMINISTRATION
from xenia.site.keeping import doctor, looks
from xenia.units.models import Unit
from xenia.units.pages import rows as unit_rows
from xenia.work import proposals
from xenia.work.models import WorkItem


@dataclass(frozen=True)
class Subject:
    """One thing to administer. `any_of`: permissions, one of which opens it. `state`: a sentence of how it stands; `waits`: what asks for somebody."""

    label: str | Promise
    what: str | Promise
    address: str
    any_of: tuple[str, ...]
    state: Callable[[], str] = lambda: ""
    waits: Callable[[], str] = lambda: ""


def _places() -> str:
    posts, lanes = (
        Post.objects.filter(closed_at=None).count(),
        Lane.objects.filter(closed_at=None, post__closed_at=None).count(),
    )
    there = len(presence.everybody())
    return _("Posts: %(posts)d. Lanes: %(lanes)d. Officers there now: %(there)d.") % {
        "posts": posts, "lanes": lanes, "there": there,
    }  # fmt: skip


def _authorities() -> str:
    number = Authority.objects.count()
    return ngettext("%(number)d authority.", "%(number)d authorities.", number) % {"number": number}


def _accounts() -> str:
    number = Account.objects.filter(kind="person", is_active=True).count()
    return ngettext("%(number)d open account.", "%(number)d open accounts.", number) % {"number": number}


def _locked() -> str:
    number = len(lockout.locked_accounts())
    return (
        ngettext("%(number)d is locked out", "%(number)d are locked out", number) % {"number": number} if number else ""
    )


def _unrolled() -> str:
    number = Account.objects.filter(Q(assignments=None), kind="person", is_active=True).count()
    without = ngettext("%(number)d has no role", "%(number)d have no role", number) % {"number": number}
    return ", ".join(part for part in (_locked(), without if number else "") if part)


def _version() -> str:
    return _("Version %(number)d is in force.") % {"number": policy_pages.newest().number}


def _brought() -> str:
    number = sum(1 for one in role_pages.brought() if not one.taken_away)
    if not number:
        return ""
    return ngettext(
        "%(number)d addition of this version of Xenia can be adopted",
        "%(number)d additions of this version of Xenia can be adopted",
        number,
    ) % {"number": number}


def _terms() -> str:
    lists = read.listings()
    return _("Lists: %(lists)d. Terms: %(terms)d.") % {
        "lists": len(lists), "terms": sum(len(read.terms(name)) for name in lists),
    }  # fmt: skip


def _overdue() -> str:
    number = periods.overdue()
    return (
        ngettext("%(number)d subject is past its day", "%(number)d subjects are past their day", number)
        % {"number": number}
        if number
        else ""
    )


def _printers() -> str:
    number = len(printers())
    return ngettext("%(number)d printer.", "%(number)d printers.", number) % {"number": number}


def _partners() -> str:
    number = Partner.objects.filter(closed_at=None).count()
    return ngettext("%(number)d partner.", "%(number)d partners.", number) % {"number": number}


def _undelivered() -> str:
    number = WorkItem.objects.filter(kind="exchange.dead", answered_at=None).count()
    return (
        ngettext("%(number)d message was not delivered", "%(number)d messages were not delivered", number)
        % {"number": number}
        if number
        else ""
    )


def _units() -> str:
    number = Unit.objects.filter(state="active").count()
    return ngettext("%(number)d unit.", "%(number)d units.", number) % {"number": number}


def _unit_alarms() -> str:
    number = sum(1 for one in unit_rows(clock.now()) if one.alarms or one.unit.state == "waiting")
    return (
        ngettext("%(number)d unit wants somebody", "%(number)d units want somebody", number) % {"number": number}
        if number
        else ""
    )


SUBJECTS = (
    Subject(later("Posts and lanes"), later("Make, rename, close and open them; see who stands where."), "posts", ("accounts.manage",), _places),
    Subject(later("Authorities"), later("The tree that records, posts and accounts belong to."), "authorities", ("accounts.manage",), _authorities),
    Subject(later("Officers"), later("Accounts, their roles at posts, locks and passwords."), "accounts", ("accounts.manage",), _accounts, _unrolled),
    Subject(later("Devices"), later("Which workplaces are bound to which lane."), "devices", ("devices.manage",)),
    Subject(later("This workplace"), later("Bind the browser that you sit at to a lane."), "this-device", ("devices.manage",)),
    Subject(later("Certificates"), later("How workplaces come to trust this installation."), "certificate-help", ("keeping.doctor",)),
    Subject(later("Roles"), later("What each role may do and see; propose a change."), "roles", ("policy.read",)),
    Subject(later("Policy"), later("The matrix of roles, purposes and registers, and its versions."), "policy", ("policy.read",), _version),
    Subject(later("What this version brings"), later("New roles, permissions and rows to adopt."), "policy-additions", ("policy.read",), waits=_brought),
    Subject(later("List sources"), later("Where lists come from, their versions and ages."), "lists:index", ("lists.read",)),
    Subject(later("Reference data"), later("Codes and words in every language; propose a change."), "reference:index", ("reference.propose", "reference.approve"), _terms),
    Subject(later("Other authorities"), later("Messages with them, their receipts; partners and their keys."), "exchange:partners", ("exchange.read", "exchange.propose", "exchange.approve"), _partners, _undelivered),
    Subject(later("Units"), later("Machines at posts that work on without a line: their state, what waits at them."), "units:index", ("units.read", "units.manage", "units.approve"), _units, _unit_alarms),
    Subject(later("Retention"), later("How long what is kept, by what law; the next run."), "retention", ("policy.read", "retention.run"), waits=_overdue),
    Subject(later("Printers"), later("Which letter goes to which paper at which post."), "printers", ("accounts.manage",), _printers),
    Subject(later("Settings"), later("What this installation was started with. To look at."), "settings", ("keeping.doctor",)),
    Subject(later("Health"), later("What xenia doctor finds, now."), "health-page", ("keeping.doctor",)),
    Subject(later("Languages"), later("Which languages are offered, and how complete they are."), "languages", ("keeping.doctor",)),
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A subject as the page shows it."""

    label: str
    what: str
    url: str
    state: str
    waits: str


def cards(here: Standing) -> list[Card]:
    """The subjects that this standing may open, in their order; those whose pages are not there are left out."""
    found = []
    for one in SUBJECTS:
        if any(here.may(word) for word in one.any_of):
            try:
                url = reverse(one.address)
            except NoReverseMatch:
                continue
            found.append(Card(str(one.label), str(one.what), url, one.state(), one.waits()))
    return found


@needs(*ADMINISTRATION)
@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    """One card per subject, and the proposals that wait."""
    here = for_request(request)
    waiting = proposals.waiting(here) if here.may("work.read") else []
    mine = sum(1 for one in waiting if one.proposer == here.account)
    context = {"cards": cards(here), "to_decide": len(waiting) - mine, "mine": mine}
    return render(request, "xenia/administration.html", context)


# Settings


@dataclass(frozen=True)
class Setting:
    """One setting as the page shows it. A secret's value is never shown."""

    name: str
    value: str
    source: str
    help: str


def _source(option: options.Option) -> str:
    name = f"XENIA_{option.name}"
    if option.kind == "secret" and os.environ.get(f"{name}_FILE"):
        return _("file named by %(name)s") % {"name": f"{name}_FILE"}
    return _("environment") if name in os.environ else _("default")


def _shown(option: options.Option, value: Any) -> str:
    if option.kind == "secret":
        return _("set") if value else _("not set")
    if option.kind == "yes-no":
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@needs("keeping.doctor")
@require_GET
def shown_settings(request: HttpRequest) -> HttpResponse:
    """Every setting, its value (never a secret's), where it comes from, what it means. They change where Xenia is started."""
    values = options.read()
    rows = [
        Setting(f"XENIA_{one.name}", _shown(one, values[one.name]), _source(one), one.help) for one in options.OPTIONS
    ]
    return render(request, "xenia/settings.html", {"rows": rows})


# Health


@needs("keeping.doctor")
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """What `xenia doctor` finds now, the worst first."""
    rank = {doctor.STOP: 0, doctor.LOOK: 1, doctor.OK: 2}
    found = sorted(doctor.examine(Path(settings.XENIA_HOME), looks.ALL), key=lambda one: rank[one.status])
    worst = found[0].status if found else doctor.OK
    return render(request, "xenia/health.html", {"findings": found, "worst": worst})


# Languages


@dataclass(frozen=True)
class Tongue:
    """A language that is offered. `terms`: how many terms of reference data have words in it."""

    code: str
    name: str
    own: str
    default: bool
    rtl: bool
    terms: int


@needs("keeping.doctor")
@require_GET
def languages(request: HttpRequest) -> HttpResponse:
    """The languages of the interface and how far reference data speak them."""
    every = [term for name in read.listings() for term in read.terms(name)]
    rows = []
    for code, _name in settings.LANGUAGES:
        info = get_language_info(code)
        known = sum(1 for term in every if term.labels.get(code))
        rows.append(
            Tongue(
                code, info["name_translated"], info["name_local"], code == settings.LANGUAGE_CODE, info["bidi"], known
            )
        )
    return render(request, "xenia/languages.html", {"rows": rows, "terms": len(every)})
