"""An invented state for tests: authorities, a post with lanes, and people by role. All through the actions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from xenia.access import actions, place_actions, standing
from xenia.access.models import Account
from xenia.access.standing import Standing

PASSWORD = "invented-meadow-42-lantern"
AUTHORITIES = {"UTO-BG": "border", "UTO-MG": "migration", "UTO-AS": "asylum", "UTO-PO": "police", "UTO-CO": "consular"}


@dataclass
class World:
    """What was made; `person` makes more."""

    operator: Standing
    made: dict[str, Account] = field(default_factory=dict)

    def person(self, username: str, *roles: str, authority: str = "UTO-BG", post: str | None = None) -> Account:
        """An account with these roles, and the password `PASSWORD`."""
        if username not in self.made:
            account = actions.make_account(
                self.operator, username, f"Person {username.title()}", authority=authority, password=PASSWORD
            ).account
            for role in roles:
                actions.give_role(self.operator, account.pk, role, post=post)
            self.made[username] = account
        return self.made[username]

    def standing(
        self,
        username: str,
        *roles: str,
        authority: str = "UTO-BG",
        post: str | None = "UTO-AP1",
        lane: str | None = None,
    ) -> Standing:
        """The standing of such a person at a post."""
        account = self.person(username, *roles, authority=authority)
        return standing.of(account.pk, post if authority == "UTO-BG" else None, lane)

    def client(self, username: str, *roles: str, authority: str = "UTO-BG") -> Client:
        """A browser in which such a person has signed in with the password."""
        self.person(username, *roles, authority=authority)
        client = Client()
        sign_in(client, username)
        return client


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    """Post the sign-in form."""
    return client.post("/sign-in/", {"login": username, "password": password, **more})


def build() -> World:
    """Install, and make the invented state."""
    actions.install()
    operator = actions.operator_standing("operator")
    for code, kind in AUTHORITIES.items():
        place_actions.make_authority(operator, code, f"Utopian {kind} authority", kind=kind)
    place_actions.make_post(
        operator, "UTO-AP1", "Port Meridian", authority="UTO-BG", zone="Europe/Tirane", border="air"
    )
    place_actions.make_post(operator, "UTO-RD1", "Old Road", authority="UTO-BG", zone="Europe/Tirane", border="land")
    for code in ("L1", "L2", "L3"):
        place_actions.make_lane(operator, "UTO-AP1", code)
    return World(operator)
