"""The tables of the journal. Only `xenia.journal` writes them; triggers (migration 0002) refuse what it never does."""

from __future__ import annotations

from typing import Any

from django.db import models

from xenia.journal.ids import uuid7


class Entry(models.Model):
    """One thing that happened. Written once; gets its `position` once; loses salt, key, subjects and body together.

    `position` is 1, 2, 3 ... without gaps within `node`, None until sealed; it is the only order there is.
    `body` is canonical JSON, or sealed with the data key `key`. `subjects` holds 16 bytes each.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    node = models.CharField(max_length=32)
    position = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=80)
    schema = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=500)
    origin = models.CharField(max_length=500)
    actor = models.CharField(max_length=500)
    purpose = models.CharField(max_length=500)
    legal_basis = models.CharField(max_length=500)
    reference = models.CharField(max_length=500)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    retention_class = models.CharField(max_length=80)
    salt = models.BinaryField(null=True)
    key = models.UUIDField(null=True)
    subjects = models.BinaryField(null=True)
    body = models.BinaryField(null=True)
    body_hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "position"], name="journal_position")]
        indexes = [models.Index(fields=["id"], name="journal_pending", condition=models.Q(position__isnull=True))]

    @property
    def is_erased(self) -> bool:
        """Whether the body was erased."""
        return self.body is None


class EntrySubject(models.Model):
    """Whom an entry is about: an index over the entry's own `subjects`, erased with the subject."""

    pk = models.CompositePrimaryKey("subject", "entry_id")
    subject = models.UUIDField()
    entry: models.ForeignKey[Any, Any] = models.ForeignKey(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="about"
    )


class Leaf(models.Model):
    """The leaf hash that was sealed at a position, and the entry that it was made of."""

    pk = models.CompositePrimaryKey("node", "position")
    node = models.CharField(max_length=32)
    position = models.BigIntegerField()
    entry_id = models.UUIDField()
    hash = models.BinaryField()


class Head(models.Model):
    """A signed tree head over positions 1 to `size`; `frontier` holds the roots of its full subtrees, 32 bytes each."""

    pk = models.CompositePrimaryKey("node", "size")
    node = models.CharField(max_length=32)
    size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=43)
    signature = models.BinaryField()


class KeyRecord(models.Model):
    """A public key that signed heads of a node, as a JSON web key; its `key.introduced` entry stands in the journal."""

    key_id = models.CharField(primary_key=True, max_length=43)
    node = models.CharField(max_length=32)
    jwk = models.TextField()
    introduced_at = models.DateTimeField()
    entry_id = models.UUIDField()


class DataKey(models.Model):
    """The wrapped key that seals what is kept about one subject for one purpose. Deleting the row is forgetting."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=80)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "purpose"], name="journal_data_key")]


class BlobReference(models.Model):
    """One purpose's claim on a blob; the file lives as long as any purpose claims it."""

    address = models.CharField(max_length=64)
    purpose = models.CharField(max_length=80)
    subject = models.UUIDField(db_index=True)
    sealed_for = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "purpose"], name="journal_blob_purpose")]


class AwaitedBlob(models.Model):
    """A blob that an entry of another node refers to, from there on until it is here or will never come. See `awaited.py`.

    `state`: awaited, kept, erased, gone (its node has it no more), refused (what came was not it). `subject`: None once
    erased. `why`: of gone and refused, as a code. `tries`: how often the whole was not what its address says.
    """

    address = models.CharField(max_length=64)
    node = models.CharField(max_length=32)
    purpose = models.CharField(max_length=80)
    subject = models.UUIDField(null=True, db_index=True)
    size_bytes = models.BigIntegerField()
    form = models.CharField(max_length=40, blank=True, default="")
    entry = models.UUIDField()
    priority = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    state = models.CharField(max_length=8, default="awaited")
    why = models.CharField(max_length=40, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "node"], name="journal_awaited_once")]
        indexes = [models.Index(fields=["node", "state", "priority", "since", "id"], name="journal_awaited_next")]


class Outbox(models.Model):
    """One entry to be carried under a topic. Goes only when the carrier says done; never after a number of attempts."""

    topic = models.CharField(max_length=80)
    entry: models.ForeignKey[Any, Any] = models.ForeignKey(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    made_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    trouble = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["topic", "next_at", "id"], name="journal_outbox_due")]
