"""Tables of the second line. All but hand-overs belong to a check and go with it; texts are sealed."""

from __future__ import annotations

from django.db import models

from xenia.journal.ids import uuid7


class HitCase(models.Model):
    """One hit of one check, on its way through its procedure. `procedure`, `edition`: the file it began with.

    `subject`: the record that was hit. `due_at`: until when its owner must be told. `settled`: how the comparison ended.
    `node`: of the unit where it is worked on, empty for this node's own: here it is only looked at.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    check_made = models.UUIDField(db_index=True)
    item = models.UUIDField(db_index=True)
    identity = models.UUIDField(db_index=True)
    subject = models.UUIDField()
    register = models.CharField(max_length=32)
    category = models.CharField(max_length=32)
    band = models.CharField(max_length=8)
    record_owner = models.CharField(max_length=120, default="", blank=True)
    silent = models.BooleanField(default=False)
    procedure = models.CharField(max_length=32)
    edition = models.CharField(max_length=16)
    state = models.CharField(max_length=24)
    owner = models.CharField(max_length=32)
    post = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    node = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_made", "subject"], name="hit_case_once_per_check")]
        indexes = [models.Index(fields=["post", "closed_at"], name="hit_case_open")]

    def __str__(self) -> str:
        return f"hit:{self.id}"


class HitStep(models.Model):
    """One task done. `sealed`: what was written with it, under the identity's key. `choice`: the answer that was chosen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hit = models.ForeignKey(HitCase, on_delete=models.CASCADE, related_name="steps")
    task = models.CharField(max_length=32)
    choice = models.CharField(max_length=24, default="", blank=True)
    before = models.CharField(max_length=24)
    after = models.CharField(max_length=24)
    officer = models.UUIDField()
    done_at = models.DateTimeField()
    sealed = models.BinaryField(null=True, blank=True)

    def __str__(self) -> str:
        return f"step:{self.id}"


class InterviewNote(models.Model):
    """What somebody said or an officer saw; shown only for the purpose it was written for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    check_made = models.UUIDField(db_index=True)
    identity = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=32)
    question = models.CharField(max_length=32, default="", blank=True)
    officer = models.UUIDField()
    made_at = models.DateTimeField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"note:{self.id}"


class Photograph(models.Model):
    """A page of a document, photographed. `address`, `small`: blobs sealed for the identity."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    check_made = models.UUIDField(db_index=True)
    identity = models.UUIDField(db_index=True)
    page = models.CharField(max_length=16)
    address = models.CharField(max_length=64)
    small = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    officer = models.UUIDField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"photograph:{self.id}"


class Paper(models.Model):
    """What became of a refusal's form. `signature`: signed, refused or empty while nobody has noted it."""

    check_made = models.UUIDField(primary_key=True)
    identity = models.UUIDField(db_index=True)
    signature = models.CharField(max_length=8, default="", blank=True)
    officer = models.UUIDField()
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"paper:{self.check_made}"


class HandOver(models.Model):
    """A person handed to another authority. Owned by the receiver; the border reads only whether it was received.

    `identity`: a claim of the receiver's own, so that what it holds does not depend on the border's deletion days.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    check_made = models.UUIDField(db_index=True)
    item = models.UUIDField(null=True, blank=True, db_index=True)
    identity = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16)
    owner = models.CharField(max_length=32)
    from_post = models.CharField(max_length=32)
    officer = models.UUIDField()
    made_at = models.DateTimeField()
    sealed = models.BinaryField()
    received_by = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"handover:{self.id}"


class Receipt(models.Model):
    """What became of a person whom a unit let go on: `handed`, received by who took him over; `arrived`, noted by the case that expected him.

    At the centre `node` is the unit that is told; at that unit it is empty. `identity`: of the check, with which it goes.
    """

    check_made = models.UUIDField(primary_key=True)
    identity = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8)
    node = models.CharField(max_length=32, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["node", "at"], name="receipt_of_node")]

    def __str__(self) -> str:
        return f"receipt:{self.check_made}"
