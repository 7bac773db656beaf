"""Threads: which number comes next each way, whose data key seals the messages, whom they are about."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import F

from xenia.exchange.models import Partner, Thread

KEY: Final = "exchange"
"""The purpose that messages are sealed for, with the thread's row as the subject."""


def opened(partner: Partner, thread: UUID, about: UUID | None = None) -> Thread:
    """The thread with that partner, made if there is none. Inside `writing()`; its row is locked where rows can be."""
    row, _ = Thread.objects.select_for_update().get_or_create(partner=partner, thread=thread, defaults={"about": about})
    if about is not None and row.about is None:
        Thread.objects.filter(pk=row.pk).update(about=about)
        row.about = about
    return row


def gave(row: Thread, number: int) -> None:
    """That number was given to a message of ours; the next one comes after it."""
    Thread.objects.filter(pk=row.pk).update(sent=number, settled=number)


def cut(row: Thread, number: int) -> None:
    """That message of ours was not delivered: the next one comes after the one before it."""
    Thread.objects.filter(pk=row.pk, settled__gte=number).update(settled=number - 1)


def dealt_with(row: Thread, number: int) -> None:
    """Their message of that number was accepted or refused."""
    Thread.objects.filter(pk=row.pk, received__lt=number).update(received=number)
    row.received = max(row.received, number)


def about(thread: UUID, subject: UUID) -> int:
    """Ties the thread to a subject, so that erasing the subject takes its messages away; how many threads were tied."""
    # Another partner may have a thread of the same id: what is tied already stays tied.
    return Thread.objects.filter(thread=thread, about=None).update(about=subject, sent=F("sent"))
