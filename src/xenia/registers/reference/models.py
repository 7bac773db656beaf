"""Tables of reference data: each version of each term, one of them current."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from xenia.journal.ids import uuid7


class ReferenceRow(models.Model):
    """One version of one term of a list, never changed except that a later version takes `current` from it.

    `labels`: language to words, English always. `attributes`: what the list's terms carry beside their words.
    `valid_from`, `valid_to`: first and last day on which the term may be chosen; None without limit.
    `digest`: SHA-256 of the content, hexadecimal. `made_by`: `system:set-up` for what comes with Xenia.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    list = models.CharField(max_length=48)
    code = models.CharField(max_length=48)
    version = models.PositiveIntegerField()
    current = models.BooleanField(default=True)
    labels: models.JSONField[Any, Any] = models.JSONField()
    attributes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    confidence = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "code", "version"], name="reference_version_of_term"),
            models.UniqueConstraint(fields=["list", "code"], condition=Q(current=True), name="reference_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.list}/{self.code} {self.version}"


class Printer(models.Model):
    """A printer of a post: what paper it holds and which letters go to it. Closed by `closed_at`, never deleted.

    `letters`: codes of `letter-kind`. Browsers print: the printer's paper decides the style that a page is printed in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    paper = models.CharField(max_length=16)
    letters: models.JSONField[Any, Any] = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "name"], condition=Q(closed_at=None), name="printer_name_at_post")
        ]

    def __str__(self) -> str:
        return f"{self.post}/{self.name}"
