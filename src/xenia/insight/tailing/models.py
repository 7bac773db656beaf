"""What the follower of the journal keeps in the main database: how far it is, what is in no file yet, what the last days counted."""

from __future__ import annotations

from django.db import models


class Mark(models.Model):
    """How far the journal has been followed: one row. Whoever writes facts changes it in the same transaction.

    `position`: of this node's own journal; `flushed`: up to where the facts are in files.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    flushed = models.BigIntegerField(default=0)
    followed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"followed to {self.position}"


class Waiting(models.Model):
    """A fact that is in no file yet. `entry` leads to its entry for as long as it waits; `kept`: the entry was erased."""

    position = models.BigIntegerField(db_index=True)
    entry = models.UUIDField(null=True, db_index=True)
    fact = models.CharField(max_length=40)
    row = models.JSONField()
    kept = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.fact} of {self.position}"


class Change(models.Model):
    """A fact that must come out of the files; with `forget` it goes back in without its person."""

    fact = models.CharField(max_length=40)
    row = models.JSONField()
    forget = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{'forget' if self.forget else 'take out'} a {self.fact}"


class Count(models.Model):
    """How many decisions of one kind fell into a minute at a post. `key`: the sum of their keys, which chooses the noise."""

    minute = models.DateTimeField()
    post = models.CharField(max_length=40)
    nationality = models.CharField(max_length=3)
    direction = models.CharField(max_length=8)
    outcome = models.CharField(max_length=8)
    n = models.IntegerField()
    key = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "post", "nationality", "direction", "outcome"], name="insight_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.n} at {self.post}"


class YearOver(models.Model):
    """A year whose secret was destroyed. `position`: up to which entry its facts had been made."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.year)
