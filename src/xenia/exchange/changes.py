"""Changes by two persons: one proposes a card, a revocation, an end, or to retire a key of our own; another approves.

Where nobody else could approve yet, at set-up, and in a demonstration, the command line does it at once (`takes_two`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xenia.access import approving
from xenia.access.standing import Standing
from xenia.errors import BadInput
from xenia.exchange import delivery, own, partners, port, setting_up
from xenia.exchange.forms import CARRIERS
from xenia.exchange.models import Partner, PartnerKey
from xenia.exchange.port import ROLE
from xenia.journal.act import Act
from xenia.work.items import ItemKind, register_kind
from xenia.work.models import Proposal, WorkItem
from xenia.work.proposals import Line, ProposalAction, propose, register_action

CHANGE: Final = "exchange.partner"


def propose_card(standing: Standing, raw: str, carrier: str, reason: str) -> Proposal:
    """Propose to pin what a card says. Raises `BadInput` (`bad-card`, `bad-address`, `bad-carrier`), as `propose`."""
    card = partners.read_card(raw)
    if carrier not in partners.CARRIERS:
        raise BadInput("There is no such carrier.", "Choose one of the list.", code="bad-carrier")
    arguments = {"change": "pin", "address": card.address, "card": raw, "carrier": carrier}
    return propose(standing, CHANGE, arguments, reason=reason, reference=f"partner:{card.address}")


def propose_revocation(standing: Standing, address: str, names: Sequence[str], reason: str) -> Proposal:
    """Propose that these keys are worth nothing. Raises `BadInput` (`no-key-chosen`), as `propose`."""
    if not names or PartnerKey.objects.filter(partner__address=address, name__in=list(names)).count() != len(names):
        raise BadInput("No key of this partner was chosen.", "Choose at least one.", code="no-key-chosen")
    arguments = {"change": "revoke", "address": address, "names": list(names), "reason": reason}
    return propose(standing, CHANGE, arguments, reason=reason, reference=f"partner:{address}")


def propose_end(standing: Standing, address: str, reason: str) -> Proposal:
    """Propose that no messages pass any more. Raises as `open_partner` and `propose`."""
    partners.open_partner(address)
    arguments = {"change": "close", "address": address}
    return propose(standing, CHANGE, arguments, reason=reason, reference=f"partner:{address}")


def propose_retirement(standing: Standing, keys: Sequence[str], reason: str) -> Proposal:
    """Propose to take keys of our own, each `KIND:NAME`, off our card.

    Raises `BadInput` (`no-key-chosen`), `NotFound` (`no-key`), `Conflict` (`key-in-use`, `key-retired`), as `propose`.
    """
    if not keys:
        raise BadInput("No key was chosen.", "Choose at least one.", code="no-key-chosen")
    for key in keys:
        own.check_retiring(*own.parted(key))
    arguments = {"change": "retire", "address": own.address(), "keys": sorted(set(keys))}
    return propose(standing, CHANGE, arguments, reason=reason, reference="set-up")


def takes_two(standing: Standing) -> bool:
    """Whether somebody else has to approve what the command line changes: as soon as there is somebody who may."""
    return not settings.XENIA_DEMO and approving.another_may("exchange.approve", standing.account)


def _execute(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    change, address = arguments["change"], arguments["address"]
    if change == "pin":
        partners.pin(partners.read_card(arguments["card"]), act, carrier=arguments["carrier"])
    elif change == "revoke":
        partners.revoke(address, arguments["names"], arguments["reason"], act)
    elif change == "retire":
        for key in arguments["keys"]:
            setting_up.retire_key(*own.parted(key), act)
    else:
        partners.close(address, act)


def _lines(arguments: Mapping[str, Any]) -> Sequence[Line]:
    found = [Line(str(_("Partner")), arguments["address"])]
    if arguments["change"] == "pin":
        card = partners.read_card(arguments["card"])
        found += [Line(str(_("Name")), card.name), Line(str(_("Address on the line")), card.url or "-")]
        known = Partner.objects.filter(address=card.address).first()
        carriers = dict(CARRIERS)
        before = str(carriers[known.carrier]) if known else ""
        found.append(Line(str(_("Messages go")), str(carriers[arguments["carrier"]]), before))
        if known is not None and known.closed_at is not None:
            found.append(Line(str(_("Messages")), str(_("possible again")), str(_("no messages any more"))))
        pinned = set(PartnerKey.objects.filter(partner__address=card.address).values_list("name", flat=True))
        fresh = [(kind, name) for kind, name, _value in card.listed() if name not in pinned]
        found += [Line(f"{_('New key')} ({kind})", name) for kind, name in fresh]
        found += [Line(str(_("Reads an older version only")), text) for text in _older(card)]
    elif arguments["change"] == "revoke":
        found += [Line(str(_("Key is revoked")), name) for name in arguments["names"]]
    elif arguments["change"] == "retire":
        return [Line(str(_("Key of our own taken off our card")), key) for key in arguments["keys"]]
    else:
        found.append(Line(str(_("Messages")), str(_("none from now on"))))
    return found


def _older(card: partners.Card) -> list[str]:
    """The messages of which the card names no version as new as ours: `Application (Readmission): 1`."""
    found = []
    for type, ours in port.spoken_here().items():
        theirs = card.speaks.get(type)
        if theirs is not None and max(theirs, default=0) < max(ours):
            found.append(f"{port.label_of(type)}: {', '.join(map(str, sorted(theirs))) or '-'}")
    return found


def _url(item: WorkItem) -> str:
    return reverse("exchange:message", args=[item.subject])


def register() -> None:
    """Make the action and the kind of work item known."""
    register_action(
        ProposalAction(
            name=CHANGE,
            propose="exchange.propose",
            approve="exchange.approve",
            execute=_execute,
            label=_("Change of a partner authority or of our own keys"),
            purpose="operation",
            render=_lines,
            scope="installation",
        )
    )
    register_kind(
        ItemKind(
            name=delivery.ITEM,
            label=_("Message not delivered: send by other means"),
            url=_url,
            role=ROLE,
            purpose="operation",
            outcomes=("sent-otherwise", "given-up"),
        )
    )
