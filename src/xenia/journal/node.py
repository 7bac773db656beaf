"""The name of this node: the first word of every origin, and the name of its own tree of entries."""

from __future__ import annotations

from django.conf import settings


def node() -> str:
    """This node's name, from the setting XENIA_NODE; `hq` by default."""
    return str(settings.XENIA_NODE)


def ensure() -> None:
    """Makes the keys of this node where there are none yet, and refuses those that others may read."""
    from xenia.journal import data_keys, signing

    data_keys.secret("master")
    data_keys.secret("blind")
    signing.own_key()
