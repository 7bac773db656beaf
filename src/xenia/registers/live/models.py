"""Tables of the live records. Bodies are sealed with a data key per record."""

from __future__ import annotations

from django.db import models

from xenia.journal.ids import uuid7

PURPOSE = "register"


class LiveRecord(models.Model):
    """One record of a register in the main database.

    `source` empty: entered by officers; else the list source that the record overlays: it replaces the record of the
    same `record_id` in that list (`present`) or hides it (`removed`) until the next version of the list is loaded.
    `sealed`: the record's body as JSON under the data key (`id`, "register"). `withheld`: at a unit that may not hold names; nothing
    but its keys lies here (`keyed.py`).
    """

    WITHHELD = "withheld"
    STATES = (("present", "present"), ("removed", "removed"), (WITHHELD, "withheld"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register = models.CharField(max_length=32)
    source = models.CharField(max_length=48, blank=True)
    record_id = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=STATES, default="present")
    kind = models.CharField(max_length=12, default="person")
    category = models.CharField(max_length=24, blank=True)
    handling = models.CharField(max_length=24, default="open")
    owner = models.CharField(max_length=32)
    origin = models.CharField(max_length=120)
    sealed = models.BinaryField()
    rules_version = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    delete_on = models.DateField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "source", "record_id"], name="live_record_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["present", "removed", "withheld"]), name="live_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register}:{self.record_id}"


class LiveKey(models.Model):
    """A key that finds a live record: `n` by name, `d` by exact document, `f` by document with O/0 and I/1 folded.

    Of a withheld record, under the secret of its register: `N` by name with a birth date, `U` by name without one, `D` by document.
    """

    record = models.ForeignKey(LiveRecord, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=1)
    key = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "kind", "record"], name="live_key_key")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.record_id}"


class Withheld(models.Model):
    """At a unit: a register of which records lie here as keys. `secret`: what these are made with, wrapped under `id`.

    `shown`: the categories of which its records may be, parted by spaces; `*` for all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register = models.CharField(max_length=32, unique=True)
    secret = models.BinaryField()
    shown = models.TextField()

    def __str__(self) -> str:
        return self.register
