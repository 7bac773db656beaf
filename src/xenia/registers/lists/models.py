"""Tables of list sources, their versions, and the runs that load them. No table holds a listed person."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xenia.journal.ids import uuid7


class ListSource(models.Model):
    """Where lists of one kind come from. Two persons approve it once; then one person loads its versions.

    `defaults`: values for fields that the file leaves empty (category, instruction_first ...).
    `removal_share`: a version that removes more than so many per cent of the records waits for a second person.
    `mapping`: for formats with columns of their own, what `ColumnMapping.to_json` gave. `by_itself`: complete files in
    its watched folder are loaded without a person. `erasing`: records of it wait to be taken out of its files (`ErasedRecord`).
    `at_units`, `at_places`: what units hold of it, see `at_units.py`.
    """

    STATES = (("proposed", "proposed"), ("approved", "approved"), ("closed", "closed"))
    FORMATS = (
        ("csv", _("CSV as Xenia describes it")),
        ("csv-mapped", _("CSV with columns of its own")),
        ("xlsx", _("Spreadsheet (.xlsx)")),
        ("un-xml", _("UN consolidated list (XML)")),
        ("ofac-csv", _("OFAC list of designated nationals (three CSV files)")),
        ("notices-json", _("Notices (JSON)")),
    )

    code = models.CharField(max_length=48, primary_key=True)
    register = models.CharField(max_length=32)
    format = models.CharField(max_length=12, choices=FORMATS)
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=32)
    max_age_hours = models.PositiveIntegerField(default=24)
    removal_share = models.PositiveSmallIntegerField(default=20)
    defaults: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    by_itself = models.BooleanField(default=False)
    at_units = models.CharField(max_length=8, blank=True, default="")
    at_places: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, choices=STATES, default="proposed")
    proposed_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    erasing = models.BooleanField(default=False)
    proposal = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(removal_share__lte=100), name="list_source_share_is_percent"),
            models.CheckConstraint(condition=Q(state__in=["proposed", "approved", "closed"]), name="list_source_state"),
        ]

    def __str__(self) -> str:
        return self.code


class ListVersion(models.Model):
    """One version of a list: its file, its hash and signature, and whether it is the one that is searched.

    `file` is a name in HOME/lists; `""` once the file is gone. `counts`: records, and added, changed, removed,
    refused against the version before. `secret`: at a unit, of a list that came as keys: what its keys are made with, wrapped.
    """

    STATES = (
        ("waiting", "waits for a second person"),
        ("current", "in use"),
        ("superseded", "replaced"),
        ("rejected", "rejected"),
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=STATES)
    file = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    key_id = models.CharField(max_length=43)
    signature = models.BinaryField()
    rules_version = models.PositiveSmallIntegerField()
    records = models.BigIntegerField()
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)
    proposal = models.UUIDField(null=True, blank=True)
    secret = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="list_version_number"),
            models.UniqueConstraint(fields=["source"], condition=Q(state="current"), name="list_version_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.number}"


class KeyedList(models.Model):
    """At a centre: what units get of a list whose names they may not hold: a file of keys, made of the version in use.

    `number`: of that version; `made_of`: its hash with what is laid over it, so that a change of either makes the file anew.
    `since`: when the first file of this version was there. It is derived, and made again where it is lost.
    """

    source = models.OneToOneField(ListSource, on_delete=models.CASCADE, primary_key=True, related_name="keyed")
    number = models.PositiveIntegerField()
    made_of = models.CharField(max_length=64)
    file = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    key_id = models.CharField(max_length=43)
    signature = models.BinaryField()
    rules_version = models.PositiveSmallIntegerField()
    records = models.BigIntegerField()
    as_of = models.DateTimeField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id} {self.number} keyed"


class LoadRun(models.Model):
    """One try to load a version: who, when, how it ended. Its progress lies in a small file beside the work."""

    STATES = (
        ("running", "running"),
        ("published", "in use"),
        ("waiting", "waits for a second person"),
        ("tried", "dry run"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
        ("interrupted", "interrupted"),
    )
    ORIGINS = (("page", "page"), ("command", "command line"), ("folder", "watched folder"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=12, choices=STATES, default="running")
    dry_run = models.BooleanField(default=False)
    origin = models.CharField(max_length=12, choices=ORIGINS, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    started_by = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    problem = models.CharField(max_length=48, blank=True)
    message = models.CharField(max_length=400, blank=True)
    version = models.ForeignKey(ListVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["source", "-started_at"], name="list_run_latest")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.id}"


class ErasedRecord(models.Model):
    """A record that must not be found any more while its source's file is rebuilt without it; then the row goes.

    `key`: keyed hash of the record_id, so that the row itself names nobody.
    """

    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="list_erased_once")]
