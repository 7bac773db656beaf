"""Tables of this room. A case's row is a projection of its events; what is personal is sealed for the case's main person.

Sealed bytes belong to the data key (`Case.about`, `KEY`). Headers, references and states hold no personal data.
"""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from xenia.journal.ids import uuid7

KEY = "case"


class Case(models.Model):
    """One case of one procedure, as it stands at this side. `moves`: how many events it has had; goes up with each.

    `counterpart`: address of the other authority (`CHE/SEM`), empty where one authority decides alone. `thread`: shared
    by both sides. `identity`: the claim of the main person. `sealed`: the latest of each form, JSON {form: answers}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=32, unique=True)
    their_reference = models.CharField(max_length=64, blank=True)
    procedure = models.CharField(max_length=48)
    version = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    profile = models.CharField(max_length=48, blank=True)
    side = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=48)
    moves = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=32, help_text="code of the authority that has the case")
    post = models.CharField(max_length=32, blank=True)
    counterpart = models.CharField(max_length=64, blank=True)
    thread = models.UUIDField(default=uuid7)
    identity = models.UUIDField(null=True, blank=True)
    previous = models.UUIDField(null=True, blank=True)
    parent = models.UUIDField(null=True, blank=True)
    main_thread = models.UUIDField(null=True, blank=True, help_text="thread of the main case, as the other side said")
    urgent = models.BooleanField(default=False)
    assigned_to = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, blank=True, help_text="the earliest running deadline")
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=48, blank=True)
    delete_on = models.DateField(null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "side", "owner"], name="case_thread_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(delete_on__isnull=False), name="case_closed_has_deletion_day"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "procedure", "closed_at", "-changed_at"], name="case_list"),
            models.Index(fields=["assigned_to", "closed_at"], name="case_mine"),
            models.Index(fields=["closed_at", "next_due_at"], name="case_due"),
            models.Index(fields=["procedure", "side", "state"], name="case_state"),
            models.Index(fields=["identity"], name="case_identity"),
            models.Index(fields=["parent"], name="case_parent"),
            models.Index(fields=["previous"], name="case_previous"),
            models.Index(fields=["main_thread"], condition=Q(main_thread__isnull=False), name="case_main_thread"),
            models.Index(fields=["their_reference"], name="case_their_reference"),
            models.Index(fields=["delete_on"], name="case_delete_on"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def about(self) -> UUID:
        """Whose data key seals what this case holds: the main person's, else the case's own."""
        return self.identity or self.id

    @property
    def counterpart_state(self) -> str:
        """ICAO code of the other authority's state, empty where there is none."""
        return self.counterpart.split("/")[0]


class CaseEvent(models.Model):
    """One action that was done: the case's history. `number` counts within the case, so that no two follow one state.

    `at`: when it happened; `recorded_at`: when it was written down. `sealed`: JSON {form: answers, reason: text}.
    `moved` false: written down although the case had moved on (`late`). `told`: in which version its message was sent, where
    that is an older one; `left_out`: the paths of answers, never their values, that this version could not carry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=48)
    actor = models.CharField(max_length=100, help_text="account:<uuid>, system:<name> or partner:<address>")
    by = models.CharField(max_length=8)
    before = models.CharField(max_length=48, blank=True)
    after = models.CharField(max_length=48)
    moved = models.BooleanField(default=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    message = models.UUIDField(null=True, blank=True)
    told = models.PositiveSmallIntegerField(null=True, blank=True)
    left_out = models.JSONField(null=True, blank=True)
    proposal = models.UUIDField(null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    entry = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_event_number")]
        indexes = [models.Index(fields=["message"], name="case_event_message")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.action}"


class CaseDeadline(models.Model):
    """A time limit as it was computed; never recomputed: a change makes a new row and this one `replaced`.

    `due_on`: last day, at whoever must act; `due_at`: UTC, the first moment that is too late. `basis`: where the rule
    is written; `length`: as the rule says it; `computed_from`: the event it follows from.
    """

    STATES = tuple((word, word) for word in ("running", "stopped", "suspended", "expired", "replaced"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadlines")
    rule = models.CharField(max_length=48)
    starts_at = models.DateTimeField()
    due_on = models.DateField()
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True, blank=True)
    acts = models.CharField(max_length=32, blank=True)
    calendar = models.CharField(max_length=3, help_text="state whose calendar counted")
    length = models.CharField(max_length=40)
    basis = models.CharField(max_length=300, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    computed_from = models.ForeignKey(CaseEvent, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default="running")
    ended_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule"], condition=Q(state__in=["running", "suspended"]), name="case_deadline_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="case_deadline_due"),
            models.Index(fields=["state", "warn_at"], name="case_deadline_warn"),
            models.Index(fields=["case"], condition=Q(state="expired"), name="case_deadline_expired"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rule} {self.due_on}"


class CaseNote(models.Model):
    """A note for colleagues; never leaves the authority. `sealed`: UTF-8 text."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    account = models.UUIDField()
    made_at = models.DateTimeField()
    sealed = models.BinaryField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.id}"


class CaseDocument(models.Model):
    """A document of a case, kept as a blob. `sha256`: of its bytes in the clear, hexadecimal; `name`: sealed file name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=48)
    address = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=60)
    name = models.BinaryField(null=True, blank=True)
    by = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    message = models.UUIDField(null=True, blank=True, help_text="the message that it went out or came in with")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "sha256"], name="case_document_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class CaseDraft(models.Model):
    """Answers that an officer has begun to give. `case` is None for a new case. `sealed`: JSON, for the case or the draft."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.UUIDField()
    procedure = models.CharField(max_length=48)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="drafts")
    action = models.CharField(max_length=48)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "procedure", "action"], name="case_draft_mine")]

    def __str__(self) -> str:
        return f"{self.procedure} {self.action} {self.id}"


class CaseKey(models.Model):
    """What a case is found by. `kind`: n name key, w word of a name, d exact and f folded
    document key, x number of a document alone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=1)
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "key"], name="case_key_once")]
        indexes = [models.Index(fields=["key", "kind", "case"], name="case_key_case")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.case_id}"
