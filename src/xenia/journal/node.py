"""The name of this node: the first word of every origin, and the name of its own tree of entries."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings

from xenia.errors import BadInput, Unavailable

log = logging.getLogger(__name__)

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def node() -> str:
    """This node's name, from the setting XENIA_NODE; `hq` by default."""
    return str(settings.XENIA_NODE)


_is_unit: Callable[[], bool] | None = None


def is_unit() -> bool:
    """Whether this node is a field unit: what it writes must tell a centre everything. False until a room says otherwise."""
    return _is_unit is not None and _is_unit()


def ask_whether_unit(ask: Callable[[], bool] | None) -> None:
    """Who knows whether this node is a field unit; asked with each check, so it must answer from memory."""
    global _is_unit
    _is_unit = ask


def ensure() -> None:
    """Makes the keys of this node where there are none yet.

    Raises `Unavailable` (`key-rights`, `key-damaged`) and `BadInput` (`bad-setting`) for an odd XENIA_NODE.
    """
    from xenia.journal import data_keys, signing

    if not NAME.fullmatch(node()):
        raise BadInput(
            "XENIA_NODE is no name of a node.", "Use lower-case letters, digits and hyphens.", code="bad-setting"
        )
    data_keys.secret("master")
    data_keys.secret("blind")
    try:
        signing.own_key()
    except Unavailable as error:
        if error.code != "token":  # entries are written and wait until it is back
            raise
        log.warning("the PKCS#11 token is not to be had: entries are written and wait to be sealed")
