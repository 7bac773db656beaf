"""Partners with their pinned keys, threads, messages both ways and receipts. Only this room's actions write them.

Message bytes are sealed blobs under the thread's data key; columns hold ids, types, times and codes only.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from xenia.journal.ids import uuid7


class Own(models.Model):
    """What this installation is to others; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    authority = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=300, blank=True, default="")


class Partner(models.Model):
    """Another authority. `carrier`: https or file. Closed: nothing is taken from it or sent to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=3)
    url = models.CharField(max_length=300, blank=True, default="")
    carrier = models.CharField(max_length=20, default="https")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class PartnerKey(models.Model):
    """A pinned key of a partner. `kind`: sign or box (JSON web key; `name` its thumbprint), tls (PEM; `name` the fingerprint)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner: models.ForeignKey[Any, Any] = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=100)
    value = models.TextField()
    valid_from = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="exchange_key_once")]


class Spoken(models.Model):
    """What a partner has said of one version of a type of message: that it reads it, or that it does not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner: models.ForeignKey[Any, Any] = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="spoken")
    type = models.CharField(max_length=130)
    version = models.PositiveSmallIntegerField()
    speaks = models.BooleanField()
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "type", "version"], name="exchange_spoken_once")]


class Thread(models.Model):
    """Messages that belong together, with one partner. `about`: whose erasure takes them away.

    `sent`: the last number given; `settled`: the last number of ours that no failed delivery cut off; `received`: the
    last number of theirs that was dealt with.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner: models.ForeignKey[Any, Any] = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    thread = models.UUIDField(db_index=True)
    about = models.UUIDField(null=True, db_index=True)
    sent = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "thread"], name="exchange_thread_once")]


class Outgoing(models.Model):
    """A message of ours: also the outbox row. `state`: waiting, accepted, refused, dead, or replaced by another that says the same."""

    id = models.UUIDField(primary_key=True, editable=False)
    thread: models.ForeignKey[Any, Any] = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="outgoing")
    number = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    type = models.CharField(max_length=130)
    version = models.PositiveSmallIntegerField()
    case_ref = models.CharField(max_length=120, blank=True)
    reply_to = models.UUIDField(null=True)
    priority = models.CharField(max_length=10)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    hash = models.CharField(max_length=64)
    blob = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    trouble = models.CharField(max_length=200, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "number"], name="exchange_out_number")]
        indexes = [
            models.Index(fields=["next_at"], name="exchange_out_due", condition=models.Q(state="waiting")),
            models.Index(fields=["created"], name="exchange_out_created"),
        ]


class Incoming(models.Model):
    """A message of theirs. `state`: held (an earlier one is missing), accepted, refused. `receipt`: the signed answer."""

    row = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner: models.ForeignKey[Any, Any] = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    id = models.UUIDField()
    thread: models.ForeignKey[Any, Any] = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="incoming")
    number = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    type = models.CharField(max_length=130)
    version = models.PositiveSmallIntegerField()
    case_ref = models.CharField(max_length=120, blank=True)
    reply_to = models.UUIDField(null=True)
    created = models.DateTimeField()
    hash = models.CharField(max_length=64)
    blob = models.CharField(max_length=64)
    carrier = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    code = models.CharField(max_length=60, blank=True, default="")
    receipt = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "id"], name="exchange_in_once")]
        indexes = [models.Index(fields=["received_at"], name="exchange_in_received")]


class ReceiptRow(models.Model):
    """A receipt, ours for theirs or theirs for ours. `token`: the signed bytes; empty for `answered`."""

    row = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.UUIDField()
    ours = models.BooleanField()
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    hash = models.CharField(max_length=64)
    code = models.CharField(max_length=60, blank=True, default="")
    what = models.CharField(max_length=300, blank=True, default="")
    token = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "ours", "kind"], name="exchange_receipt_once")]
