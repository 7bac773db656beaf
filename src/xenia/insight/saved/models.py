"""Tables of saved questions and of the reports that were made of them at a set hour."""

from __future__ import annotations

from typing import Any

from django.db import models

from xenia.journal.ids import uuid7


class Saved(models.Model):
    """A question that somebody keeps. `question`: as `Address.told` writes it. `due_at`: when its next report is made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.UUIDField(help_text="account")
    authority = models.CharField(max_length=32, help_text="code of the office")
    title = models.CharField(max_length=120)
    question: models.JSONField[Any, Any] = models.JSONField()
    shared = models.BooleanField(default=False, help_text="seen by the whole office")
    every = models.CharField(max_length=8, blank=True, help_text="daily, weekly, monthly, or nothing")
    day = models.PositiveSmallIntegerField(default=1, help_text="1 Monday to 7 Sunday, or day of the month 1 to 28")
    hour = models.PositiveSmallIntegerField(default=6, help_text="in `zone`")
    zone = models.CharField(max_length=64, help_text="IANA zone of the office")
    due_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True, help_text="put away; brought back by one press")

    class Meta:
        indexes = [
            models.Index(fields=["authority", "gone_at", "title"], name="saved_of_office"),
            models.Index(fields=["due_at"], name="saved_due"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.id}"


class Report(models.Model):
    """One answer at a set hour. `digest`: of the released table, which lies in the warehouse; `code`: why there is none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    saved = models.ForeignKey(Saved, on_delete=models.CASCADE, related_name="reports")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["saved", "due_at"], name="report_made_once")]

    def __str__(self) -> str:
        return f"{self.saved_id} {self.due_at}"
