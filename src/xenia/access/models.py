"""Tables of this room: who there is, where they stand, and the policy that binds them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from xenia.journal.ids import uuid7


class Authority(models.Model):
    """One node in the tree of authorities of the installation's state, e.g. `UTO-BG` under `UTO`."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(
        max_length=32, help_text="state, border, migration, asylum, police, consular, oversight ..."
    )

    def __str__(self) -> str:
        return self.code


class Post(models.Model):
    """A place where an authority works. `zone`: IANA name; a crossing's local date is counted in it.

    `requires_devices`: officers stand here only at a device that is bound to this post.
    `closed_at`: nobody stands here any more; what happened here keeps its name.
    """

    BORDER_KINDS = (("land", "land"), ("air", "air"), ("sea", "sea"), ("none", "not at the border"))

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="posts")
    zone = models.CharField(max_length=64)
    border = models.CharField(max_length=8, choices=BORDER_KINDS)
    requires_devices = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(border__in=["land", "air", "sea", "none"]), name="post_border_is_known")
        ]

    def __str__(self) -> str:
        return self.code


class Lane(models.Model):
    """One booth of a post. `code` is unique within the post only, e.g. `L3`. `closed_at`: not worked at any more."""

    DIRECTIONS = (("entry", "entry"), ("exit", "exit"), ("both", "both"))

    code = models.CharField(max_length=16)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="lanes")
    direction = models.CharField(max_length=8, choices=DIRECTIONS, default="both")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "code"], name="lane_code_in_post"),
            models.CheckConstraint(
                condition=Q(direction__in=["entry", "exit", "both"]), name="lane_direction_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}/{self.code}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts. They are made in `actions.py` only."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of this name, whatever its letters' case."""
        return self.get(username=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """Somebody, or a part of the system, that acts. Never deleted: the journal names it.

    `username` is lower case. `closed_at`: closed by an administrator; `is_active` follows it.
    `password_is_initial`: the password was given by somebody else and must be changed at the next sign-in.
    """

    KINDS = (("person", "person"), ("system", "system"))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=120)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=8, choices=KINDS, default="person")
    is_active = models.BooleanField(default=True)
    password_is_initial = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["person", "system"]), name="account_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """The name that pages show."""
        return self.display_name

    def get_short_name(self) -> str:
        """The name that pages show."""
        return self.display_name


class Assignment(models.Model):
    """An account holds a role, at one post or (post empty) at every post of its authority, for a time.

    Ended by `valid_to`, never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=48)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="assignment_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["account", "valid_to"], name="assignment_account")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.role}"

    @classmethod
    def held_now(cls) -> models.QuerySet[Assignment]:
        """Those that have begun and not ended."""
        now = timezone.now()
        return cls.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), valid_from__lte=now)


class PolicyVersion(models.Model):
    """One version of the whole policy, never changed. `hash`: SHA-256 of the canonical content, hexadecimal."""

    number = models.PositiveIntegerField(primary_key=True)
    content: models.JSONField[Any, Any] = models.JSONField()
    hash = models.CharField(max_length=64, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    proposed_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy {self.number}"


class Epoch(models.Model):
    """A counter that goes up in the transaction that changes what it names; processes compare it with what they hold."""

    name = models.CharField(max_length=32, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Device(models.Model):
    """A browser at a post that an administrator has let in: it stands at `lane`, or (lane empty) anywhere at the post.

    `code_hash`, `code_until`: the one-time code that binds a browser, until it is used or its time is over.
    `secret_hash`: SHA-256 of the secret in the browser's cookie, hexadecimal; empty until it is bound.
    `taken_back_at`: the cookie is worth nothing from then on. Never deleted: the journal names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=64)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="devices")
    lane = models.CharField(max_length=16, blank=True)
    code_hash = models.CharField(max_length=64, blank=True, db_index=True)
    code_until = models.DateTimeField(null=True, blank=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    bound_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class LaneNote(models.Model):
    """What one officer leaves for the next at the same lane. `sealed`: the words, with a key of their own. Deleted when read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=16)
    written_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.post_id}/{self.lane}"


class ToldPasskey(models.Model):
    """At a unit: the public part of a passkey that was enrolled at the centre. Only the sign-in form asks this table.

    `credential`: SHA-256 of the credential's id, hexadecimal. `data`: attested credential data without a maker's id; empty where the
    centre tells of it no more: the row stays for its count, which never goes back. `domain`: the relying-party id.
    """

    credential = models.CharField(max_length=64, primary_key=True)
    account = models.UUIDField(db_index=True)
    domain = models.CharField(max_length=253)
    data = models.BinaryField()
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return self.credential[:12]
