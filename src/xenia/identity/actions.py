"""The only writers and readers of identities."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from xenia import matching
from xenia.identity import keys, kinds
from xenia.identity.claim import Claimed
from xenia.identity.models import PURPOSE, Identity, IdentityKey
from xenia.journal import actions as journal
from xenia.journal import data_keys, desk
from xenia.journal.act import Act
from xenia.journal.ids import uuid7


def note(claimed: Claimed, act: Act, *, source: str, now: datetime, delete_on: date) -> tuple[UUID, journal.Prepared]:
    """Write down what a source said: the identity's id, and its entry for the caller to append with its own.

    Must run inside `journal.writing()` and `data_keys.held()`. Three statements: data key, identity, keys.
    """
    identity_id = uuid7()
    write(identity_id, claimed, act, source=source, now=now, delete_on=delete_on, fresh=True)
    body = {"identity": str(identity_id), "source": source, "claim": claimed.to_json()}
    entry = journal.prepare(
        kinds.CLAIMED, body, act, subjects=[identity_id], occurred_at=now, sealed_for=(identity_id, PURPOSE)
    )
    return identity_id, entry


def write(
    identity_id: UUID, claimed: Claimed, act: Act, *, source: str, now: datetime, delete_on: date, fresh: bool = False
) -> None:
    """The rows of an identity, without its entry: for one whose entry is here already. `fresh`: it has no data key yet."""
    text = json.dumps(claimed.to_json(), ensure_ascii=False).encode()
    row = Identity(
        id=identity_id,
        owner=act.owner,
        origin=act.origin,
        source=source,
        sealed=data_keys.seal(identity_id, PURPOSE, text, fresh=fresh),
        rules_version=matching.RULES_VERSION,
        recorded_at=now,
        delete_on=delete_on,
    )
    desk.add(row)
    desk.add_all(IdentityKey, _keys(identity_id, claimed))


def _keys(identity_id: UUID, claimed: Claimed) -> list[IdentityKey]:
    rows = [IdentityKey(identity_id=identity_id, kind="n", key=key) for key in set(keys.name_keys(claimed))]
    for document in claimed.documents:
        found = keys.document_keys(document.issuing_state, document.type, document.number)
        rows.append(IdentityKey(identity_id=identity_id, kind="d", key=found.exact))
    return rows


def opened(identities: Sequence[Identity]) -> dict[UUID, Claimed]:
    """The claims of these identities, by id; one that was forgotten is missing. One query for all keys.

    The caller journals the read.
    """
    plain = data_keys.unseal_many([(i.id, PURPOSE, bytes(i.sealed)) for i in identities])
    return {
        i.id: Claimed.from_json(json.loads(text)) for i, text in zip(identities, plain, strict=True) if text is not None
    }


def read(identity_ids: Iterable[UUID]) -> dict[UUID, Claimed]:
    """The claims of the identities with these ids. Two queries. The caller journals the read."""
    return opened(list(Identity.objects.filter(id__in=list(identity_ids))))
