"""Ways of carrying a message, one module each; the default is `https`. `file` is carried by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from xenia.exchange.carriers import https
from xenia.exchange.models import Partner

Carry = Callable[[Partner, bytes, datetime], str]
"""Brings the bytes to the partner and gives back its receipt. Raises `Unavailable` (code in words of the carrier)."""

PUSHING: Final[Mapping[str, Carry]] = {"https": https.carry}
"""Carriers that bring a message by themselves."""
