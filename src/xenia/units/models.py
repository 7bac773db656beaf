"""The units that a centre knows, what of theirs was put aside, and at a unit how far its entries have gone up."""

from __future__ import annotations

from typing import Any

from django.db import models

from xenia.journal.ids import uuid7
from xenia.units.blobs.models import GoingBlob as GoingBlob  # a table of this room like the others

STATES = ("invited", "waiting", "active", "quarantined", "revoked")


class Unit(models.Model):
    """A field unit, as its centre knows it. `name`: the name of its node, and so of its own tree of entries.

    `state`: invited (a code was given out), waiting (a machine came with it; another person looks at its fingerprint),
    active, quarantined (nothing more is taken until a person has looked), revoked (never again; its name is not given
    twice). `code_key`: what both sides of the enrolment sign with, gone once the unit is active. `frontier`: the peaks of
    its tree over the `received` entries that are here. `told`: what it last said of itself, see `status.py`.
    `store_share`, `store_token`: see `store/releasing.py`; gone when it is revoked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=32, unique=True)
    label = models.CharField(max_length=100)
    post = models.CharField(max_length=32)
    owner = models.CharField(max_length=32)
    state = models.CharField(max_length=12, default="invited")
    invited_by = models.UUIDField()
    invited_at = models.DateTimeField()
    code_id = models.CharField(max_length=8, unique=True, null=True)
    code_key = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    code_failures = models.PositiveSmallIntegerField(default=0)
    machine = models.CharField(max_length=100, blank=True, default="")
    key = models.TextField(blank=True, default="", help_text="public key of its journal, a JSON web key")
    key_id = models.CharField(max_length=43, blank=True, default="")
    certificate = models.TextField(blank=True, default="")
    fingerprint = models.CharField(max_length=64, blank=True, default="", db_index=True)
    admitted_at = models.DateTimeField(null=True)
    received = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    received_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)
    trouble = models.CharField(max_length=40, blank=True, default="")
    store_share = models.BinaryField(default=b"", help_text="the centre's share of its store's key, wrapped")
    store_token = models.CharField(
        max_length=64, blank=True, default="", help_text="SHA-256 of what only its open store says"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=STATES), name="unit_state_is_known")]

    def __str__(self) -> str:
        return f"unit:{self.name}"


class Aside(models.Model):
    """An entry of a unit that is kept, and did nothing here: why, as a code. `settled_at`: a person has looked."""

    unit: models.ForeignKey[Any, Any] = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="aside")
    position = models.BigIntegerField()
    entry = models.UUIDField()
    kind = models.CharField(max_length=80)
    code = models.CharField(max_length=60)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "position"], name="unit_aside_once")]


class Line(models.Model):
    """At a unit: its line to the centre; one row. `frontier`: peaks of its own tree over what is acknowledged.

    `halted`: why nothing goes up any more. `answered_at`: the centre's last answer; `drift_ms`: how far this machine's
    clock was ahead of the centre's then. `trouble`, `down_trouble`: why the last try failed. `manifest_at`: the centre's time
    when it last said what is in force; `lease_until`: after it, nothing here is to be relied on.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    acknowledged = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    halted = models.CharField(max_length=40, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    drift_ms = models.BigIntegerField(null=True)
    tried_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=60, blank=True, default="")
    manifest_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    down_trouble = models.CharField(max_length=60, blank=True, default="")


class Taken(models.Model):
    """At a unit: something that came down and is in force. `as_of`: when the centre last said that it is the newest."""

    name = models.CharField(max_length=100, primary_key=True)
    version = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    taken_at = models.DateTimeField()
    max_age_s = models.PositiveBigIntegerField(null=True)
    about = models.JSONField(default=dict)


class Image(models.Model):
    """A stick for a unit to come, the last one that was made for it. `code_id`: finds it at the first contact.

    `release`: the second person's code, kept until it was shown to that person, then empty. `contact_key`: hexadecimal, what the
    unit proves at its first contact; empty in an image for a line. `until`: it opens no more after that. `start`: SHA-256 of
    the program on the stick that checks all the rest.
    """

    unit: models.OneToOneField[Any, Any] = models.OneToOneField(
        Unit, on_delete=models.CASCADE, primary_key=True, related_name="image"
    )
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    start = models.CharField(max_length=64)
    code_id = models.CharField(max_length=8, unique=True)
    contact_key = models.CharField(max_length=64, blank=True, default="")
    failures = models.PositiveSmallIntegerField(default=0)
    release = models.CharField(max_length=16, blank=True, default="")
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)


class SignInCode(models.Model):
    """With it an officer chooses a PIN at one unit, once. At the centre as it was given out, at the unit as it came down.

    `unit`: the name of its node. `hash`: argon2 of the code; the code itself is kept nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.CharField(max_length=32)
    account = models.UUIDField()
    hash = models.CharField(max_length=128)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "account"], name="sign_in_code_of_unit")]


class Pin(models.Model):
    """At a unit: what an officer signs in with there. `hash`: argon2 of the PIN under a key of this unit. It never leaves it."""

    account = models.UUIDField(primary_key=True)
    hash = models.CharField(max_length=128)
    set_at = models.DateTimeField()


class Watch(models.Model):
    """At a unit: what its own machine was seen to do; one row. `latest_at`: the highest time that counts, see `watch.py`.

    `latest_position`: its entries up to here were written before the centre last said its time. `samples`: bytes free on the
    disk, hour by hour over the last day: `[[time, bytes], ...]`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    latest_at = models.DateTimeField(null=True)
    latest_position = models.BigIntegerField(default=0)
    samples = models.JSONField(default=list)


class Alarm(models.Model):
    """At the centre: something that was wrong with a unit. `calm_since`: nothing is wrong since then; then for long enough: closed.

    `code`: as `status.Alarm`. Its work item opens and closes with it.
    """

    unit: models.ForeignKey[Any, Any] = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="alarms")
    code = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    calm_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "code"], condition=models.Q(closed_at=None), name="unit_alarm_once_at_a_time"
            )
        ]


class Intake(models.Model):
    """At the centre: how much was taken of a unit on one day, see `bounds.py`. One row a unit."""

    unit = models.UUIDField(primary_key=True)
    on = models.DateField()
    entries = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
