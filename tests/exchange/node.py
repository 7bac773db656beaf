"""A program for tests: one authority in its own home, told what to do by JSON lines, answering with JSON lines.

It hears partners by mutual TLS, and knows messages `test/note` of version 1: {"text": ..., "n": whole number}.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["n"],
    "properties": {"n": {"type": "integer"}, "text": {"type": "string", "maxLength": 200}},
}


def handler(seen: Any = None):
    """A handler that notes in the journal what it was given; text `refuse` is refused."""
    from xenia.exchange import port
    from xenia.journal import kinds
    from xenia.journal.actions import append

    kinds.register(kinds.Kind("test.exchanged", personal=False), kinds.Kind("test.receipted", personal=False))

    def accept(message, enclosed, at, act):
        append("test.exchanged", {"n": message.body["n"], "enclosed": sorted(enclosed)}, act)
        if message.body.get("text") == "refuse":
            raise port.Refused("not-wanted", "No such case.")
        if seen is not None:
            seen.append(message.body["n"])

    def receipted(message, receipt, act):
        append("test.receipted", {"n": message.body["n"], "kind": receipt.kind}, act)

    def dead(message, cause, act):
        append("test.receipted", {"n": message.body["n"], "kind": "dead"}, act)

    def schema(type, version):
        return SCHEMA if (type, version) == ("test/note", 1) else None

    made = port.Handler("test/", schema, accept, receipted, dead)
    port.register_handler(made)
    return made


def bodies(kind: str) -> list[dict[str, Any]]:
    """The bodies of the entries of a kind, in the order in which they were written."""
    from xenia.journal.models import Entry

    return [json.loads(bytes(row.body)) for row in Entry.objects.filter(kind=kind).order_by("id")]


class Node:
    def __init__(self) -> None:
        from xenia.access import actions
        from xenia.exchange import listener, setting_up

        handler()
        self.operator = actions.operator_standing("operator")
        patience_s = float(os.environ.get("EXCHANGE_PATIENCE_S", "5"))
        self.listener = listener.Listener("127.0.0.1", int(os.environ.get("EXCHANGE_PORT", "0")), patience_s=patience_s)
        self.listener.start()
        setting_up.introduce(self.operator, authority=os.environ["EXCHANGE_AUTHORITY"], url=f"https://127.0.0.1:{self.listener.port}")  # fmt: skip

    def card(self, **_: Any) -> Any:
        from xenia.exchange import own

        return own.card()

    def trust(self, card: Any, **_: Any) -> Any:
        from xenia.exchange import partners

        return partners.trust(partners.read_card(json.dumps(card)), self.operator.act("operation", "set-up")).address

    def pin(self, card: Any, **_: Any) -> Any:
        from xenia.exchange import partners
        from xenia.journal.actions import writing

        with writing():
            partners.pin(partners.read_card(json.dumps(card)), self.operator.act("operation", "set-up"))

    def new_tls(self, **_: Any) -> Any:
        from xenia.exchange import own, setting_up

        setting_up.new_key(self.operator, "tls")
        return own.card()

    def use_tls(self, name: str, **_: Any) -> Any:
        from xenia.exchange import setting_up

        setting_up.use_key(self.operator, "tls", name)

    def send(self, to: str, thread: str, n: int, text: str = "", enclose: str = "", **_: Any) -> Any:
        from xenia.exchange import sending
        from xenia.exchange.envelope import Enclosure
        from xenia.journal.actions import writing

        act = self.operator.act("operation", f"external:{n}")
        enclosed = [Enclosure("application/pdf", enclose.encode())] if enclose else []
        with writing():
            return str(sending.send(type="test/note", version=1, thread=UUID(thread), recipient=to, body={"n": n, "text": text}, act=act, attachments=enclosed))  # fmt: skip

    def deliver(self, after_s: float = 0, **_: Any) -> Any:
        from datetime import UTC

        from xenia.exchange import delivery

        return delivery.deliver(datetime.now(UTC) + timedelta(seconds=after_s))

    def die_at(self, step: str, **_: Any) -> Any:
        from xenia.exchange import steps

        assert step in steps.STEPS
        steps.at[step] = lambda: os._exit(9)

    def state(self, **_: Any) -> Any:
        from xenia.exchange.models import Incoming, Outgoing

        return {
            "out": [[row.number, row.state, row.trouble] for row in Outgoing.objects.order_by("created", "number")],
            "in": [[row.number, row.state] for row in Incoming.objects.order_by("received_at", "number")],
            "exchanged": [one["n"] for one in bodies("test.exchanged")],
            "receipted": [[one["n"], one["kind"]] for one in bodies("test.receipted")],
            "rejected": [one["code"] for one in bodies("exchange.rejected")],
        }


def main() -> None:
    import django

    django.setup()
    from xenia.access import actions, place_actions
    from xenia.access.models import Authority
    from xenia.site import setup

    setup.ensure(lambda text: None)
    code = os.environ["EXCHANGE_AUTHORITY"]
    if not Authority.objects.filter(code=code).exists():
        place_actions.make_authority(actions.operator_standing("operator"), code, f"Invented {code}", kind="migration")
    node = Node()
    print(json.dumps({"port": node.listener.port}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"is": getattr(node, asked.pop("do"))(**asked)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    threading.current_thread().name = "node"
    main()


__all__ = ["Node", "bodies", "datetime", "handler"]
