"""Tables of this room. What identifies a person is sealed with the data key of the identity."""

from __future__ import annotations

from django.db import models

from xenia.journal.ids import uuid7

PURPOSE = "identity"


class Identity(models.Model):
    """What one source said about one person at one time. Never edited, only superseded.

    `sealed`: `claim.Claimed` as JSON under the data key (`id`, "identity"). `delete_on`: retention, a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=32)
    origin = models.CharField(max_length=120)
    source = models.CharField(max_length=24, help_text="document, typed")
    handling = models.CharField(max_length=24, default="open")
    rules_version = models.PositiveSmallIntegerField(help_text="version of the matching rules that made the keys")
    sealed = models.BinaryField()
    supersedes = models.UUIDField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    delete_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"identity:{self.id}"


class IdentityKey(models.Model):
    """A name key or document key of an identity: 64 bits that find it, and say nothing without the register's secret."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=1, help_text="n: name key, d: document key")
    key = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "kind"], name="identity_key_key")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.identity_id}"
