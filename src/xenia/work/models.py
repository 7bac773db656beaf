"""Tables of this room: work items and proposals."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from xenia.journal.ids import uuid7


class WorkItem(models.Model):
    """Something that waits for a role at a post. `body` holds references and codes, never a person's data.

    `sequence`: goes up with every change of any item, so that a page can ask "anything newer than N?".
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=64, help_text="id of the thing that it is about")
    owner = models.CharField(max_length=32, help_text="code of the authority")
    role = models.CharField(max_length=48)
    post = models.CharField(max_length=32, blank=True)
    urgency = models.PositiveSmallIntegerField(default=1, help_text="0 now, 1 today, 2 when there is time")
    about = models.UUIDField(null=True, blank=True, help_text="the identity whose data key seals the note")
    body: models.JSONField[Any, Any] = models.JSONField(default=dict)
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=48, blank=True)
    note = models.BinaryField(null=True, blank=True, help_text="sealed with the data key of the subject")
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="work_item_answer_has_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["role", "owner", "answered_at", "due_at"], name="work_item_waiting"),
            models.Index(fields=["sequence"], name="work_item_sequence"),
            models.Index(fields=["subject"], name="work_item_subject"),
            models.Index(fields=["about"], name="work_item_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Proposal(models.Model):
    """What one person proposes and another must approve. `arguments` are sealed with the data key of the subject.

    The check constraint is the last wall: no row can exist whose approver is its proposer.
    """

    STATES = (
        ("waiting", "waiting"),
        ("approved", "approved"),
        ("rejected", "rejected"),
        ("withdrawn", "withdrawn"),
        ("expired", "expired"),
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.CharField(max_length=48)
    subject = models.UUIDField(
        help_text="whose data key seals the arguments; the proposal's own id where it is about nobody"
    )
    owner = models.CharField(max_length=32)
    purpose = models.CharField(max_length=48)
    legal_basis = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=200)
    arguments = models.BinaryField()
    arguments_hash = models.CharField(max_length=64, help_text="keyed hash, hexadecimal")
    reason = models.BinaryField()
    proposer = models.UUIDField()
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=STATES, default="waiting")
    approver = models.UUIDField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("proposer")), name="proposal_approver_is_another"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approver__isnull=False)
                | (~Q(state="approved") & Q(approver__isnull=True)),
                name="proposal_approved_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "owner", "proposed_at"], name="proposal_waiting"),
            models.Index(fields=["sequence"], name="proposal_sequence"),
            models.Index(fields=["subject"], name="proposal_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.id}"
