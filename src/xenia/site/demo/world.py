"""Authorities, posts, lanes and accounts of the demo, with sign-ins of their own in each installation."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from xenia.access import actions as access
from xenia.access import place_actions
from xenia.access.models import Account, Assignment, Authority, Lane, Post

STATE, GUARD, ASYLUM, POLICE, MIGRATION = "UTO", "UTO-BG", "UTO-AS", "UTO-PO", "UTO-MS"
AUTHORITIES = (
    (STATE, "Utopia", "state", None),
    (GUARD, "Border Guard of Utopia", "border", STATE),
    (ASYLUM, "Asylum Office of Utopia", "asylum", STATE),
    (POLICE, "Police of Utopia", "police", STATE),
    (MIGRATION, "Migration Service of Utopia", "migration", STATE),
)
POST, GATE, PASS = "UTO-PM1", "UTO-SG1", "UTO-KP1"
ZONE = "Asia/Tbilisi"
POSTS = ((POST, "Port Meridian", "air"), (GATE, "Sarn Gate", "land"), (PASS, "Korun Pass", "land"))
LANES = (
    ("L1", "entry"),
    ("L2", "entry"),
    ("L3", "entry"),
    ("L4", "exit"),
    ("L5", "entry"),
    ("L6", "entry"),
    ("L7", "exit"),
    ("L8", "exit"),
    ("L9", "both"),
)
GATE_LANES = (("V1", "both"), ("V2", "both"), ("F1", "both"))
PASS_LANES = (("V1", "both"), ("F1", "both"))
"""Korun Pass has no line to speak of: its lanes are served by a unit of its own, see `post.py`."""
WORDS = "amber birch cedar delta ember fjord grove heron iris juniper krill lagoon maple nectar otter pebble quartz reed".split()


@dataclass(frozen=True)
class Officer:
    """One account of the demo. `posts`: where the role holds; empty: everywhere of the authority."""

    username: str
    name: str
    role: str
    posts: tuple[str, ...] = (POST,)
    authority: str = GUARD


OFFICERS = (
    Officer("amadi", "R. Amadi-Lund", "first-line-officer"),
    Officer("brisk", "T. Brisk", "first-line-officer"),
    Officer("ferro", "D. Ferro", "first-line-officer"),
    Officer("galen", "P. Galen", "first-line-officer", (GATE,)),
    Officer("runa", "R. Kestmark", "first-line-officer", (PASS,)),
    Officer("corvin", "S. Corvin", "second-line-officer", (POST, GATE, PASS)),
    Officer("dresk", "V. Dresk", "second-line-officer"),
    Officer("delmar", "A. Delmar", "shift-supervisor", (POST, GATE, PASS)),
    Officer("elwin", "E. Tarsk", "shift-supervisor", (POST, GATE)),
    Officer("editor", "J. Ostvale", "alert-editor", ()),
    Officer("approver", "K. Felnor", "second-approver", ()),
    Officer("admin", "M. Quorin", "administrator", ()),
    Officer("admin2", "B. Hestrel", "administrator", ()),
    Officer("officer-dp", "L. Selgren", "data-protection-officer", ()),
    Officer("anvery", "L. Anvery", "analyst", ()),
    Officer("auditor", "N. Torash", "auditor", ()),
    Officer("asylum", "I. Marell", "asylum-officer", (), ASYLUM),
    Officer("police", "O. Stavros-Lind", "police-officer", (), POLICE),
    Officer("tamsin", "T. Okoro-Vale", "case-officer", (), MIGRATION),
    Officer("lead", "H. Brandel", "case-lead", (), MIGRATION),
    Officer("lead2", "U. Sarnath", "case-lead", (), MIGRATION),
    Officer("consul", "Y. Delacourt-Ruiz", "consular-officer", (), MIGRATION),
)
AT_LANES = ("amadi", "brisk", "ferro")


def sign_ins(officers: tuple[Officer, ...] = OFFICERS) -> dict[str, str]:
    """User names and passwords of this demo: made once, kept owner-only in HOME."""
    path = Path(settings.XENIA_HOME) / "demo-sign-ins.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = {one.username: _password() for one in officers if one.username not in found}
    if missing:
        found |= missing
        path.touch(mode=0o600)
        path.write_text(json.dumps(found), encoding="utf-8")
    return found


def _password() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(3)) + f"-{secrets.randbelow(90) + 10}"


def build() -> None:
    """Make authorities, posts, lanes and accounts where they are missing."""
    make_places(AUTHORITIES, POSTS, {POST: LANES, GATE: GATE_LANES, PASS: PASS_LANES}, guard=GUARD, zone=ZONE)
    make_accounts(OFFICERS, sign_ins())


def make_places(
    authorities: Sequence[tuple[str, str, str, str | None]],
    posts: Sequence[tuple[str, str, str]],
    lanes: Mapping[str, Sequence[tuple[str, str]]],
    *,
    guard: str,
    zone: str,
) -> None:
    """Authorities (code, name, kind, parent), posts (code, name, border) of `guard`, lanes (code, direction) by post."""
    operator = access.operator_standing("operator")
    known = set(Authority.objects.values_list("pk", flat=True))
    for code, name, kind, parent in authorities:
        if code not in known:
            place_actions.make_authority(operator, code, name, kind=kind, parent=parent)
    for code, name, border in posts:
        if not Post.objects.filter(code=code).exists():
            place_actions.make_post(operator, code, name, authority=guard, zone=zone, border=border)
    there = set(Lane.objects.values_list("post_id", "code"))
    for post, own in lanes.items():
        for code, direction in own:
            if (post, code) not in there:
                place_actions.make_lane(operator, post, code, direction)


def make_accounts(officers: Sequence[Officer], passwords: Mapping[str, str]) -> None:
    """Accounts with their roles, where they are missing; a post that a later version added gets its officers too."""
    operator = access.operator_standing("operator")
    known = dict(Account.objects.values_list("username", "pk"))
    held = set(Assignment.objects.values_list("account", "post"))
    for one in officers:
        account = known.get(one.username)
        if account is None:
            password = passwords[one.username]
            made = access.make_account(operator, one.username, one.name, authority=one.authority, password=password)
            account = made.account.pk
        for at in one.posts or (None,):
            if (account, at) not in held:
                access.give_role(operator, account, one.role, post=at)
