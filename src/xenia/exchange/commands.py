"""`xenia exchange own|partners|trust|deliver|export|import|log`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final
from uuid import UUID

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.commands import Call, Command
from xenia.errors import BadInput, NotAllowed
from xenia.exchange import changes, court, delivery, own, partners, setting_up
from xenia.exchange.carriers import file
from xenia.exchange.models import PartnerKey
from xenia.journal import files
from xenia.work.models import Proposal

CARD_LIMIT: Final = partners.CARD_LIMIT


def _standing(call: Call) -> Standing:
    if call.standing is None:
        raise NotAllowed("No account was named.", "Use --as.", code="not-signed-in")
    return call.standing


def _own(call: Call) -> int:
    """The card, on standard output; set or change what we are first where options say so."""
    here, options = _standing(call), call.options
    if options.authority or options.url or options.name or options.new_key or options.use_key:
        _both(here)
    if options.authority or options.url or options.name:
        setting_up.introduce(here, authority=options.authority, name=options.name, url=options.url)
    if options.new_key:
        made = setting_up.new_key(here, options.new_key)
        call.say(f"New key {made}. Give partners the new card; when they have pinned it, use --use-key.")
    if options.use_key:
        setting_up.use_key(here, *own.parted(options.use_key), leave_behind=options.leave_behind)
    if options.retire_key and changes.takes_two(here):
        return _proposed(call, changes.propose_retirement(here, [options.retire_key], options.reason))
    if options.retire_key:
        _both(here)
        setting_up.retire_key(*own.parted(options.retire_key), here.act("operation", "set-up"))
        call.say("That key is off our card. Give partners the new card, and ask them to revoke the key.")
    card = json.dumps(own.card(), indent=1, ensure_ascii=False)
    if options.out:
        Path(options.out).write_text(card + "\n", encoding="utf-8")
        call.say(f"The card of {own.address()} is written.")
    else:
        print(card, file=call.out)
    return 0


def _proposed(call: Call, made: Proposal) -> int:
    call.say("Proposed: somebody else approves it on the page Proposals, or with xenia proposals approve.")
    call.answer("xenia/proposed/1", {"proposal": str(made.pk)})
    return 0


def _both(here: Standing) -> None:
    """What on the pages takes two persons is for the operator alone on the command line, at set-up."""
    policy.require(here, "exchange.propose")
    policy.require(here, "exchange.approve")


def _partners(call: Call) -> int:
    for one in partners.everybody():
        keys = PartnerKey.objects.filter(partner=one).order_by("kind", "valid_from")
        call.answer(
            "xenia/partner/1",
            {
                "address": one.address,
                "name": one.name,
                "url": one.url,
                "carrier": one.carrier,
                "closed": one.closed_at is not None,
                "keys": [{"kind": k.kind, "name": k.name, "revoked": k.revoked_at is not None} for k in keys],
            },
        )
    return 0


def _trust(call: Call) -> int:
    """Pin a card at once where nobody else could approve it yet; propose it as soon as somebody could."""
    here = _standing(call)
    path = Path(call.options.file)
    if path.stat().st_size > CARD_LIMIT:
        raise BadInput("The card is too large.", "Give the file that xenia exchange own printed.", code="bad-card")
    raw = path.read_text(encoding="utf-8", errors="replace")
    card = partners.read_card(raw)
    if changes.takes_two(here):
        call.say(f"The card of {card.address}: compare the fingerprints with the partner by telephone.")
        return _proposed(call, changes.propose_card(here, raw, call.options.carrier, call.options.reason))
    _both(here)
    act = here.act("operation", "set-up")
    made = partners.trust(card, act, carrier=call.options.carrier)
    call.say(f"{made.address} is pinned. Compare the fingerprints with the partner by telephone.")
    call.answer("xenia/partner/1", {"address": made.address, "name": made.name, "fingerprints": sorted(card.tls)})
    return 0


def _deliver(call: Call) -> int:
    call.answer("xenia/delivered/1", {"settled": delivery.deliver()})
    return 0


def _export(call: Call) -> int:
    here = _standing(call)
    partner = partners.open_partner(call.options.partner)
    token, said = file.bundle(partner, here.act("operation", f"partner:{partner.address}"))
    files.write_lasting(Path(call.options.file), token.encode())
    call.answer("xenia/bundle/1", said)
    return 0


def _import(call: Call) -> int:
    _standing(call)
    path = Path(call.options.file)
    if path.stat().st_size > file.LIMIT:
        raise BadInput("The bundle is too large.", "Export fewer messages at once.", code="bad-token")
    found = file.take(path.read_text(encoding="ascii", errors="replace"))
    call.answer("xenia/bundle/1", found)
    return 0 if not found["turned_away"] else 1


def _log(call: Call) -> int:
    here = _standing(call)
    try:
        thread = UUID(call.options.thread)
    except ValueError as error:
        raise BadInput("This is no id of a thread.", "Copy it from the message's page.", code="bad-id") from error
    packed, count = court.export(thread, here.act("operation", f"thread:{thread}"), call.options.partner)
    files.write_lasting(Path(call.options.file), packed)
    call.answer("xenia/exchange-log/1", {"thread": str(thread), "messages": count})
    return 0


def _own_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--authority", default="", metavar="CODE", help="speak for this authority")
    parser.add_argument("--name", default="", help="name that partners see")
    parser.add_argument("--url", default="", help="where partners reach us: https://HOST:PORT")
    parser.add_argument("--new-key", default="", metavar="KIND", help="make a new key beside the old: sign, box or tls")
    parser.add_argument("--use-key", default="", metavar="KIND:NAME", help="use this key from now on")
    parser.add_argument("--leave-behind", action="store_true", help="also where units do not know the certificate yet")
    parser.add_argument("--retire-key", default="", metavar="KIND:NAME", help="take this old key off the card")
    _reason_word(parser)
    parser.add_argument("--out", metavar="FILE", help="write the card here")


def _reason_word(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", default="Asked for on the command line.", help="what the second person reads")


def _trust_words(parser: argparse.ArgumentParser) -> None:
    _reason_word(parser)
    parser.add_argument("file", metavar="FILE", help="the partner's card")
    parser.add_argument("--carrier", default="https", choices=partners.CARRIERS, help="how messages go (default https)")


def _export_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("partner", metavar="ADDRESS", help="the partner, such as CHE/SEM")
    parser.add_argument("file", metavar="FILE", help="write the encrypted bundle here")


def _import_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the bundle that a partner exported")


def _log_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--thread", required=True, help="id of the thread")
    parser.add_argument(
        "--partner", default="", metavar="ADDRESS", help="where several partners have a thread of that id"
    )
    parser.add_argument("file", metavar="FILE", help="write the archive (zip) here")


COMMANDS: tuple[Command, ...] = (
    Command("exchange own", "Print our card for partners; set address and keys", _own, "exchange.read", _own_words),
    Command("exchange partners", "List partners and their pinned keys", _partners, "exchange.read", writes=False),
    Command("exchange trust", "Pin a partner's card, or propose it once somebody else could approve", _trust, "exchange.propose", _trust_words),
    Command("exchange deliver", "Carry what is due now", _deliver, "exchange.read"),
    Command(
        "exchange export", "Write what waits for a partner into an encrypted file", _export, "exchange.read", _export_words
    ),
    Command("exchange import", "Take in a partner's encrypted file", _import, "exchange.read", _import_words),
    Command("exchange log", "Export a thread with its proofs for a court", _log, "exchange.approve", _log_words),
)  # fmt: skip
