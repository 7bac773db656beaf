"""Tables of this room: projections of what the journal holds. Who it is about stands in `identity`."""

from __future__ import annotations

from django.db import models

from xenia.journal.ids import uuid7


class Check(models.Model):
    """One document that was read or typed at a lane, and how far its decision has come.

    `sealed`: question and hits found (record references, bands; no copies of records) under the identity's data key.
    `silent`: hits that the booth must not notice still have to become work items. `hits`: warnings that were shown.
    `group`: travellers who travel together carry the id of the first one's check. `decided_at`: when the lane was done
    with it, `seconds` after it was read. `category`: of the traveller, see `territory.py`. Codes only, nothing sealed.
    `node`: of the unit that made it, empty for this node's own: a unit's check is decided there only. `asking`: what came
    of it that the registers here have still to be asked about, `check` or `crossing`; `asked_at`: when they were last.
    """

    STATES = ("open", "admitted", "referred", "refused", "put-aside", "handed-over")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    identity = models.UUIDField(db_index=True)
    owner = models.CharField(max_length=32)
    post = models.CharField(max_length=32)
    lane = models.CharField(max_length=16)
    direction = models.CharField(max_length=8)
    officer = models.UUIDField()
    purpose = models.CharField(max_length=32)
    read_at = models.DateTimeField()
    local_date = models.DateField()
    state = models.CharField(max_length=12, default="open")
    verdict = models.CharField(max_length=8)
    sealed = models.BinaryField()
    silent = models.BooleanField(default=False)
    referral = models.UUIDField(null=True, blank=True)
    group = models.UUIDField(null=True, blank=True)
    border = models.CharField(max_length=8, default="", blank=True)
    nationality = models.CharField(max_length=3, default="", blank=True)
    document_type = models.CharField(max_length=2, default="", blank=True)
    category = models.CharField(max_length=24, default="", blank=True)
    hits = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    node = models.CharField(max_length=32, default="", blank=True)
    asking = models.CharField(max_length=8, default="", blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["post", "lane", "local_date", "read_at"], name="check_of_lane"),
            models.Index(fields=["asking"], name="check_asking", condition=~models.Q(asking="")),
            models.Index(fields=["group"], name="check_of_group", condition=models.Q(group__isnull=False)),
            models.Index(fields=["silent"], name="check_silent", condition=models.Q(silent=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "admitted", "referred", "refused", "put-aside", "handed-over"]),
                name="check_state_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"check:{self.id}"


class Crossing(models.Model):
    """One decision at the border: admitted or refused. Taken back by a reversing entry, never deleted for that.

    `local_date`: the day at the post, a fact that stays are counted by. `entry`: the journal entry of the decision.
    `seconds`: from reading to the lane's decision; `referral_seconds`: from referral to the second line's. `basis`: by
    what right the stay is, empty where none is counted; `may_stay_until`: what the traveller was told.
    `purpose_of_travel`, `carrier`: codes of reference data. Where the traveller stays is sealed in `sealed_trip`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    check_made = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="crossings", db_column="check_id")
    identity = models.UUIDField(db_index=True)
    owner = models.CharField(max_length=32)
    post = models.CharField(max_length=32)
    lane = models.CharField(max_length=16)
    direction = models.CharField(max_length=8)
    outcome = models.CharField(max_length=8)
    reasons = models.JSONField(default=list)
    sealed_details = models.BinaryField(null=True, blank=True)
    sealed_trip = models.BinaryField(null=True, blank=True)
    group = models.UUIDField(null=True, blank=True)
    border = models.CharField(max_length=8, default="", blank=True)
    nationality = models.CharField(max_length=3, default="", blank=True)
    document_type = models.CharField(max_length=2, default="", blank=True)
    category = models.CharField(max_length=24, default="", blank=True)
    purpose_of_travel = models.CharField(max_length=32, default="", blank=True)
    carrier = models.CharField(max_length=64, default="", blank=True)
    flight = models.CharField(max_length=16, default="", blank=True)
    basis = models.CharField(max_length=24, default="", blank=True)
    exception = models.CharField(max_length=16, default="", blank=True)
    may_stay_until = models.DateField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    referral_seconds = models.PositiveIntegerField(null=True, blank=True)
    officer = models.UUIDField()
    decided_at = models.DateTimeField()
    local_date = models.DateField()
    zone = models.CharField(max_length=64)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    entry = models.UUIDField()
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["post", "lane", "local_date", "decided_at"], name="crossing_of_lane")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["admitted", "refused"]), name="crossing_outcome_is_known"
            ),
            models.UniqueConstraint(
                fields=["check_made"], condition=models.Q(taken_back_at__isnull=True), name="crossing_once_per_check"
            ),
        ]

    def __str__(self) -> str:
        return f"crossing:{self.id}"


class RuleText(models.Model):
    """A text that posts decide by, see `inforce.py`. `current`: a unit took it, and it is in force there; others are kept because
    something began under them. `path`: as in this room's folder; `digest`: SHA-256 of the text, hexadecimal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    path = models.CharField(max_length=96)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    current = models.BooleanField(default=False)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "digest"], name="rule_text_once")]

    def __str__(self) -> str:
        return f"{self.path} {self.digest[:12]}"
