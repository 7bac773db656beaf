"""This room's part in finding, exporting and erasing what is held about a person: officers' own accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from xenia.access import second_factor
from xenia.access.models import Account
from xenia.journal import forgetting
from xenia.journal.act import Act

ERASED = "-"


class Part:
    """Accounts of officers. Only a closed account loses its name: the journal names it by id, for good."""

    room = "access"

    def find(self, wanted: forgetting.Wanted) -> Iterable[forgetting.Found]:
        """Accounts whose shown name holds every part of the name asked for."""
        parts = " ".join((wanted.surname, wanted.given_names, wanted.name)).split()
        found = Account.objects.filter(kind="person").exclude(display_name=ERASED)
        if wanted.subject is not None:
            found = found.filter(pk=wanted.subject)
        elif not parts or wanted.document_number or wanted.birth_date:
            return
        for part in parts:
            found = found.filter(display_name__icontains=part)
        for account in found.order_by("username")[:200]:
            yield forgetting.Found(account.pk, self.room, account.display_name, "account", account.created_at)

    def export(self, subject: UUID) -> dict[str, Any]:
        """The account and its roles; no password, no second factor."""
        account = Account.objects.filter(pk=subject).first()
        if account is None:
            return {}
        roles = [
            {
                "role": held.role,
                "post": held.post_id,
                "valid_from": held.valid_from.isoformat(),
                "valid_to": held.valid_to.isoformat() if held.valid_to else None,
            }
            for held in account.assignments.order_by("valid_from")
        ]
        return {
            "username": account.username,
            "display_name": account.display_name,
            "authority": account.authority_id,
            "created_at": account.created_at.isoformat(),
            "closed_at": account.closed_at.isoformat() if account.closed_at else None,
            "roles": roles,
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Closed accounts lose name, user name, password and second factor; open ones stay, and are not counted."""
        wanted, erased = list(subjects), 0
        for start in range(0, len(wanted), 400):
            part = wanted[start : start + 400]
            for account in Account.objects.filter(pk__in=part, is_active=False, kind="person").exclude(
                display_name=ERASED
            ):
                second_factor.remove_all(account)
                account.display_name, account.username = ERASED, f"erased-{account.pk.hex}"
                account.set_unusable_password()
                account.save()
                erased += 1
        return {"account": erased}


def register() -> None:
    """Make this room's part known."""
    forgetting.register(Part())
