"""Tables of the shift: lanes open or closed, incidents, shifts with their report, and counts by local day."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from xenia.journal.ids import uuid7


class LaneState(models.Model):
    """What the supervisor last said of a lane: open or closed, and who is planned there. No row: open."""

    post = models.CharField(max_length=32)
    lane = models.CharField(max_length=16)
    open = models.BooleanField(default=True)
    planned = models.UUIDField(null=True, blank=True, help_text="account of the officer who is planned there")
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "lane"], name="lane_state_once")]

    def __str__(self) -> str:
        return f"{self.post}/{self.lane}"


class Shift(models.Model):
    """One shift of a post under one supervisor. Running until `ended_at`, then ended, then closed with its report.

    `report`: the figures as they were when the shift was closed, never counted again; `report_hash`: SHA-256 of their
    canonical JSON, hexadecimal, which the closing entry names.
    """

    STATES = ("running", "ended", "closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=32)
    post = models.CharField(max_length=32)
    zone = models.CharField(max_length=64)
    supervisor = models.UUIDField()
    began_at = models.DateTimeField()
    planned_to = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, default="running")
    previous = models.UUIDField(null=True, blank=True)
    report: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    report_hash = models.CharField(max_length=64, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["post", "began_at"], name="shift_of_post")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | Q(state__in=["ended", "closed"], ended_at__isnull=False),
                name="shift_ends_when_it_says",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, report__isnull=False) & ~Q(report_hash="")
                | (~Q(state="closed") & Q(closed_at__isnull=True, report__isnull=True, report_hash="")),
                name="shift_closed_has_report",
            ),
            models.UniqueConstraint(fields=["post"], condition=Q(ended_at__isnull=True), name="shift_one_running"),
        ]

    def __str__(self) -> str:
        return f"shift:{self.id}"


class HandOver(models.Model):
    """A running shift offered to the next supervisor, with what was open then. `sealed_note`: under the shift's data key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="hand_overs")
    by = models.UUIDField()
    to = models.UUIDField()
    offered_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    next_shift = models.UUIDField(null=True, blank=True)
    items: models.JSONField[Any, Any] = models.JSONField(default=dict)
    sealed_note = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=Q(taken_at__isnull=True), name="hand_over_one_waiting"),
        ]

    def __str__(self) -> str:
        return f"hand-over:{self.id}"


class Incident(models.Model):
    """One entry of the incident log: the first of an incident (`incident` is its own id) or a later one. Never edited.

    `sealed`: the text, under the data key of `about` (the traveller of the linked check) or of the incident itself;
    None once that person was forgotten. `entry`: the journal entry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.UUIDField(db_index=True)
    owner = models.CharField(max_length=32)
    post = models.CharField(max_length=32)
    kind = models.CharField(max_length=48)
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField()
    written_by = models.UUIDField()
    sealed = models.BinaryField(null=True, blank=True)
    check_made = models.UUIDField(null=True, blank=True)
    about = models.UUIDField(null=True, blank=True, db_index=True)
    entry = models.UUIDField()
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["post", "happened_at"], name="incident_of_post")]

    def __str__(self) -> str:
        return f"incident:{self.id}"

    @property
    def is_first(self) -> bool:
        """Whether this entry began the incident."""
        return self.id == self.incident


class DayCount(models.Model):
    """What happened at a post on one local day, counted once the day was over. Counts only; see `counts.Counts`.

    Made anew while the day is young enough for late decisions (`chores.py`); can always be counted again. `again`: more
    of that day came from a unit.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.CharField(max_length=32)
    on = models.DateField()
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    crossings = models.PositiveIntegerField()
    taken_back = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    again = models.BooleanField(default=False)
    delete_on = models.DateField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "on"], name="day_count_once")]

    def __str__(self) -> str:
        return f"{self.post} {self.on.isoformat()}"
