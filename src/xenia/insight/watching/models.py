"""What the watch keeps: released months, signals, the rules in force, days that were no ordinary ones."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xenia.journal.ids import uuid7

LEVELS = ("watch", "warn", "alarm")
ASSESSMENTS = ("real", "data-error", "known-event")


class Month(models.Model):
    """Released daily numbers of one indicator in one month: a copy of what left, so that it isn't asked for every hour.

    `numbers`, `sums`: of its days and of the whole month, compressed JSON, see `gathering.py`. `digests`: of the tables it was made of.
    """

    indicator = models.CharField(max_length=40)
    first = models.DateField()
    numbers = models.BinaryField()
    sums = models.BinaryField(null=True)
    digests = models.JSONField(default=list)
    released_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "first"], name="watching_month_once")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.first:%Y-%m}"


class Signal(models.Model):
    """More than usual, of what, where, since when. Its figures are those of released tables.

    `on`, `last_on`: first and last day that rang; `peak`: the day of the figures, the one with the highest score. `under`: the
    wider signal that it is a part of, whose work item stands for both. `calm`: days in a row within the usual. `note` is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    indicator = models.CharField(max_length=40)
    post = models.CharField(max_length=40, blank=True, default="")
    nationality = models.CharField(max_length=8, blank=True, default="")
    on = models.DateField()
    last_on = models.DateField()
    peak = models.DateField()
    level = models.CharField(max_length=8)
    rule = models.CharField(max_length=12)
    agreed = models.JSONField(default=list)
    observed = models.FloatField()
    expected = models.FloatField()
    threshold = models.FloatField()
    score = models.FloatField()
    looked = models.PositiveIntegerField()
    so_far = models.BooleanField(default=False)
    coverage = models.JSONField(default=dict)
    event = models.CharField(max_length=100, blank=True, default="")
    under = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="parts")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    calm = models.PositiveSmallIntegerField(default=0)
    calm_on = models.DateField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    assessment = models.CharField(max_length=12, blank=True, default="")
    assessed_by = models.UUIDField(null=True)
    assessed_at = models.DateTimeField(null=True)
    note = models.BinaryField(null=True)
    delete_on = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="watching_level_is_known"),
            models.CheckConstraint(condition=Q(assessment__in=("", *ASSESSMENTS)), name="watching_assessment_is_known"),
            models.UniqueConstraint(
                fields=["indicator", "post", "nationality"],
                condition=Q(closed_at=None),
                name="watching_one_open_signal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.post or '*'} {self.nationality or '*'} {self.on}"


class RuleSet(models.Model):
    """Rules that somebody set; the newest holds. Those before stay, so that an old signal can be understood."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    main = models.CharField(max_length=12)
    smoothing = models.FloatField()
    limit = models.FloatField()
    alpha = models.FloatField()
    share = models.FloatField()
    shares = models.BooleanField()
    reason = models.CharField(max_length=500)
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"rules of {self.set_at}"


class KnownEvent(models.Model):
    """Days that are no ordinary ones: a holiday, a fair, a closed road. They are no base, and a signal on them says so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.DateField()
    last = models.DateField()
    label = models.CharField(max_length=100)
    post = models.CharField(max_length=40, blank=True, default="")
    set_by = models.UUIDField()
    set_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label
