"""The line of one side to the other: its own card, its listener with certificates on both sides, and delivering by hand.

Nothing is delivered by itself, so that a story tells the same each time.
"""

from __future__ import annotations

import json
from typing import Any

from xenia.access import actions as access
from xenia.exchange import delivery, listener, partners, setting_up
from xenia.exchange.models import Partner
from xenia.site.story import world


class Line:
    """Listens on `port` of this machine once the other side is trusted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.door: listener.Listener | None = None
        operator = access.operator_standing("operator")
        self.act = operator.act("operation", "external:story")
        setting_up.introduce(operator, authority=world.authority(), url=self.url)

    @property
    def url(self) -> str:
        """Where the other side reaches this one."""
        return f"https://127.0.0.1:{self.port}"

    def trust(self, card: dict[str, Any]) -> None:
        """Pin the other side's card, once, and listen."""
        read = partners.read_card(json.dumps(card))
        if not Partner.objects.filter(address=read.address).exists():
            partners.trust(read, self.act)
        if self.door is None:
            self.door = listener.start(f"127.0.0.1:{self.port}")

    def deliver(self) -> int:
        """Carry what is due; how many messages were settled."""
        return delivery.deliver()

    def close(self) -> None:
        """Stop listening."""
        if self.door is not None:
            self.door.stop()
            self.door = None
