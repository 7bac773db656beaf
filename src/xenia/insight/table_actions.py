"""Asking from a page: the answer is kept for its reader, and each file made of it is written into the journal."""

from __future__ import annotations

from datetime import date

from xenia.access.standing import Standing
from xenia.insight import actions, kept
from xenia.insight.address import Address
from xenia.insight.release import Released
from xenia.insight.warehouse import Warehouse


def ask(here: Standing, where: Warehouse, given: Address, today: date) -> Released:
    """The answer to a page's question, kept for a day for this account: pictures and files are made of it.

    Raises as `actions.ask` does.
    """
    made = actions.ask(here, where, given.question(today), given.grade, given.reason)
    return kept.keep(where, made, here.account)
