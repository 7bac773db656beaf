"""Authorities, post, lanes and accounts of the demo, with sign-ins of their own in each installation."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from xenia.access import actions as access
from xenia.access import place_actions
from xenia.access.models import Account, Post

STATE, GUARD, ASYLUM = "UTO", "UTO-BG", "UTO-AS"
POST = "UTO-PM1"
ZONE = "Asia/Tbilisi"
LANES = (("L1", "entry"), ("L2", "entry"), ("L3", "entry"), ("L4", "exit"))
WORDS = "amber birch cedar delta ember fjord grove heron iris juniper krill lagoon maple nectar otter pebble quartz reed".split()


@dataclass(frozen=True)
class Officer:
    """One account of the demo."""

    username: str
    name: str
    role: str
    at_post: bool = True


OFFICERS = (
    Officer("amadi", "R. Amadi-Lund", "first-line-officer"),
    Officer("brisk", "T. Brisk", "first-line-officer"),
    Officer("corvin", "S. Corvin", "second-line-officer"),
    Officer("delmar", "A. Delmar", "shift-supervisor"),
    Officer("editor", "J. Ostvale", "alert-editor", False),
    Officer("approver", "K. Felnor", "second-approver", False),
    Officer("admin", "M. Quorin", "administrator", False),
    Officer("officer-dp", "L. Selgren", "data-protection-officer", False),
    Officer("auditor", "N. Torash", "auditor", False),
)


def sign_ins() -> dict[str, str]:
    """User names and passwords of this demo: made once, kept owner-only in HOME."""
    path = Path(settings.XENIA_HOME) / "demo-sign-ins.json"
    if not path.exists():
        made = {one.username: _password() for one in OFFICERS}
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="utf-8")
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _password() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(3)) + f"-{secrets.randbelow(90) + 10}"


def build() -> None:
    """Make authorities, post, lanes and accounts where they are missing."""
    operator = access.operator_standing("operator")
    if not Post.objects.filter(code=POST).exists():
        place_actions.make_authority(operator, STATE, "Utopia", kind="state", parent=None)
        place_actions.make_authority(operator, GUARD, "Border Guard of Utopia", kind="border", parent=STATE)
        place_actions.make_authority(operator, ASYLUM, "Asylum Office of Utopia", kind="asylum", parent=STATE)
        place_actions.make_post(operator, POST, "Port Meridian", authority=GUARD, zone=ZONE, border="air")
        for code, direction in LANES:
            place_actions.make_lane(operator, POST, code, direction)
    passwords = sign_ins()
    for one in OFFICERS:
        if not Account.objects.filter(username=one.username).exists():
            made = access.make_account(
                operator, one.username, one.name, authority=GUARD, password=passwords[one.username]
            )
            access.give_role(operator, made.account.pk, one.role, post=POST if one.at_post else None)
