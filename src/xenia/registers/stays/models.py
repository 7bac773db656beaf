"""Tables of this register. Names and numbers are sealed with the data key of the file; the rest are days, posts and codes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xenia.journal.ids import uuid7

PURPOSE = "stays"
STATES = ("open", "closed", "missing-exit", "missing-entry", "corrected")


class StayFile(models.Model):
    """One person as one travel document tells; its id is the subject in the journal.

    `sealed`: JSON {"claim": `Claimed`, "stickers": {key: number}}. `person`: the file that stands for all files of one
    human, linked by a named officer; a file that nobody linked stands for itself. `refusals`, `last_refusal_on`: of this
    file. `delete_on`: a day after its last record.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("self", on_delete=models.DO_NOTHING, related_name="members")
    owner = models.CharField(max_length=32)
    origin = models.CharField(max_length=120)
    handling = models.CharField(max_length=24, default="open")
    nationality = models.CharField(max_length=3, blank=True, default="")
    rules_version = models.PositiveSmallIntegerField(help_text="version of the matching rules that made the keys")
    sealed = models.BinaryField()
    refusals = models.PositiveSmallIntegerField(default=0)
    last_refusal_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    delete_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"stays:{self.id}"


class StayKey(models.Model):
    """What finds a file: `d` by exact document, `n` by name."""

    file = models.ForeignKey(StayFile, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=1)
    key = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "kind", "file"], name="stay_key_key")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.file_id}"


class StayRecord(models.Model):
    """One stay. Days are local days of the posts; moments are UTC.

    `state`: open; closed; missing-exit (the person entered again: `exit_on` is the day of that entry, presumed);
    missing-entry (`entry_on` is the day of the exit, presumed); corrected (by two persons: never paired anew).
    `overstay`: the authorised stay was over and no exit in time is known. `visa_key`: keyed hash of the sticker.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(StayFile, on_delete=models.CASCADE, related_name="stays")
    state = models.CharField(max_length=16)
    basis = models.CharField(max_length=20)
    begins_at = models.DateTimeField(help_text="the entry, or the exit where no entry is known")
    entry_crossing = models.UUIDField(null=True, blank=True)
    entry_at = models.DateTimeField(null=True, blank=True)
    entry_on = models.DateField()
    entry_zone = models.CharField(max_length=64, blank=True, default="")
    entry_post = models.CharField(max_length=32, blank=True, default="")
    exit_crossing = models.UUIDField(null=True, blank=True)
    exit_file = models.UUIDField(null=True, blank=True, help_text="the file of the document shown at the exit")
    exit_at = models.DateTimeField(null=True, blank=True)
    exit_on = models.DateField(null=True, blank=True)
    exit_zone = models.CharField(max_length=64, blank=True, default="")
    exit_post = models.CharField(max_length=32, blank=True, default="")
    visa_key = models.BigIntegerField(null=True, blank=True)
    visa_until = models.DateField(null=True, blank=True)
    visa_days = models.PositiveSmallIntegerField(null=True, blank=True)
    authorised_until = models.DateField(null=True, blank=True)
    overstay = models.BooleanField(default=False)
    delete_on = models.DateField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["file", "begins_at"], name="stay_of_file"),
            models.Index(fields=["entry_post", "begins_at"], name="stay_by_entry"),
            models.Index(fields=["exit_post", "begins_at"], name="stay_by_exit"),
            models.Index(fields=["entry_crossing"], name="stay_entry_crossing"),
            models.Index(fields=["exit_crossing"], name="stay_exit_crossing"),
            models.Index(fields=["authorised_until"], condition=Q(state="open"), name="stay_inside_until"),
            models.Index(fields=["authorised_until"], condition=Q(overstay=True), name="stay_overstayed"),
        ]
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="stay_state_is_known")]

    def __str__(self) -> str:
        return f"stay:{self.id}"


class RefusalRecord(models.Model):
    """A refusal of entry or exit, with the letters of the form."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(StayFile, on_delete=models.CASCADE, related_name="refused")
    crossing = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    on = models.DateField()
    zone = models.CharField(max_length=64)
    post = models.CharField(max_length=32)
    codes = models.JSONField(default=list)
    delete_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"refusal:{self.id}"
