"""The table of tamperings: each does its worst and says where and as what it must be found."""

from __future__ import annotations

import random
from typing import Any

from xenia.journal import kinds
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, EntrySubject, Head, KeyRecord, Leaf
from xenia.journal.tamper import (
    Expected,
    Journal,
    Stranger,
    at,
    expect,
    forged,
    leaves_from,
    own_hand,
    pick,
    random_hash,
    releaf,
    renumber,
    reseal,
    rewrite,
    run,
    stranger_key,
    tampering,
)  # fmt: skip

WORDS = ("kind", "owner", "origin", "actor", "purpose", "legal_basis", "retention_class", "reference")


@tampering
def edit_a_word_of_the_header(journal: Journal, chance: random.Random) -> Expected:
    """One column of one entry."""
    position = pick(journal, chance)
    column = chance.choice(WORDS)
    run(f"UPDATE journal_entry SET {column} = {column} || 'x' WHERE position = %s", position)
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def edit_a_time(journal: Journal, chance: random.Random) -> Expected:
    """When it happened, or when it was recorded."""
    position = pick(journal, chance)
    entry = at(position)
    column = chance.choice(("occurred_at", "recorded_at"))
    moved = getattr(entry, column).replace(year=2020)
    Entry.objects.filter(pk=entry.pk).update(**{column: moved})
    return expect("edited", at=position, entry=entry.id)


@tampering
def edit_the_schema(journal: Journal, chance: random.Random) -> Expected:
    """The schema number."""
    position = pick(journal, chance)
    run("UPDATE journal_entry SET schema = schema + 1 WHERE position = %s", position)
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def edit_the_id(journal: Journal, chance: random.Random) -> Expected:
    """Another id for the same entry."""
    position = pick(journal, chance)
    run("UPDATE journal_entry SET id = %s WHERE position = %s", uuid7(), position)
    return expect("deleted", at=position, entry=journal.ids[position - 1])


@tampering
def edit_the_body(journal: Journal, chance: random.Random) -> Expected:
    """Another body, its hash left alone."""
    position = pick(journal, chance, whole=True)
    Entry.objects.filter(position=position).update(body=b'{"number":-1}')
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def edit_the_body_and_its_hash(journal: Journal, chance: random.Random) -> Expected:
    """Another body with its rightful hash."""
    position = pick(journal, chance, whole=True)
    rewrite(at(position))
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def edit_the_salt(journal: Journal, chance: random.Random) -> Expected:
    """Another salt."""
    position = pick(journal, chance, whole=True)
    Entry.objects.filter(position=position).update(salt=chance.randbytes(16))
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def edit_the_subjects(journal: Journal, chance: random.Random) -> Expected:
    """Other subjects in the entry itself."""
    position = pick(journal, chance, whole=True)
    Entry.objects.filter(position=position).update(subjects=uuid7().bytes)
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def fill_an_erased_body(journal: Journal, chance: random.Random) -> Expected:
    """An invented body where one was erased."""
    position = chance.choice(sorted(journal.erased))
    Entry.objects.filter(position=position).update(salt=b"0" * 16, subjects=b"", body=b'{"number":1}')
    return expect("edited", at=position, entry=journal.ids[position - 1])


@tampering
def cut_a_body_out(journal: Journal, chance: random.Random) -> Expected:
    """A body removed as if it had been erased lawfully."""
    position = pick(journal, chance, whole=True)
    entry = at(position)
    reference = "external:" if entry.reference.startswith("external:") else entry.reference
    Entry.objects.filter(pk=entry.pk).update(salt=None, key=None, subjects=None, body=None, reference=reference)
    EntrySubject.objects.filter(entry_id=entry.id).delete()
    return expect("body-removed", at=position, entry=entry.id)


@tampering
def edit_entry_and_leaf(journal: Journal, chance: random.Random) -> Expected:
    """An entry and the leaf that was kept for it, so that they agree."""
    position = pick(journal, chance, whole=True)
    where = leaves_from(position)
    rewrite(at(position))
    releaf(position)
    return expect("batch-altered", at=range(where.start, position + 1))


@tampering
def edit_entry_leaf_and_heads(journal: Journal, chance: random.Random) -> Expected:
    """An entry, its leaf and the roots of all heads after it, without the key to sign them."""
    position = pick(journal, chance, whole=True)
    rewrite(at(position))
    reseal(position)
    return expect("head-forged", at=range(position, journal.size + 1))


@tampering
def rewrite_with_another_key(journal: Journal, chance: random.Random) -> Expected:
    """Everything made to fit and signed with a stranger's key that is recorded too."""
    position, stranger = pick(journal, chance, whole=True), Stranger()
    rewrite(at(position))
    stranger_key(stranger, introduced=chance.random() < 0.5)
    reseal(1, stranger.sign)
    return expect("unknown-key", "foreign-key")


@tampering
def rewrite_with_the_stolen_key(journal: Journal, chance: random.Random) -> Expected:
    """Everything made to fit and signed with the installation's own key: only a kept head tells."""
    position = pick(journal, chance, whole=True)
    rewrite(at(position))
    reseal(position, own_hand)
    return expect("rewritten", at=position, kept=True)


@tampering
def delete_an_entry(journal: Journal, chance: random.Random) -> Expected:
    """One entry gone."""
    position = pick(journal, chance)
    run("DELETE FROM journal_entry WHERE position = %s", position)
    return expect("deleted", at=position, entry=journal.ids[position - 1])


@tampering
def delete_entry_and_leaf(journal: Journal, chance: random.Random) -> Expected:
    """One entry gone, and its leaf."""
    position = pick(journal, chance)
    run("DELETE FROM journal_entry WHERE position = %s", position)
    run("DELETE FROM journal_leaf WHERE position = %s", position)
    return expect("missing", "truncated", at=position)


@tampering
def delete_and_close_ranks(journal: Journal, chance: random.Random) -> Expected:
    """One entry gone, the later ones moved up."""
    position = pick(journal, chance)
    run("DELETE FROM journal_entry WHERE position = %s", position)
    renumber(position, -1, leaves=False)
    return expect("deleted", at=position, entry=journal.ids[position - 1])


@tampering
def delete_and_close_all_ranks(journal: Journal, chance: random.Random) -> Expected:
    """One entry and its leaf gone, later entries and leaves moved up."""
    position = pick(journal, chance, room=2)
    where = leaves_from(position)
    run("DELETE FROM journal_entry WHERE position = %s", position)
    run("DELETE FROM journal_leaf WHERE position = %s", position)
    renumber(position, -1, leaves=True)
    return expect("batch-altered", "missing", at=range(where.start, position + 1))


@tampering
def insert_at_the_end(journal: Journal, chance: random.Random) -> Expected:
    """A forged entry past the last, with or without a leaf."""
    forged(journal.size + 1)
    if chance.random() < 0.5:
        Leaf.objects.create(node="hq", position=journal.size + 1, entry_id=uuid7(), hash=random_hash(chance))
    return expect("uncovered", at=journal.size + 1)


@tampering
def insert_in_the_middle(journal: Journal, chance: random.Random) -> Expected:
    """A forged entry, the later ones moved down."""
    position = pick(journal, chance)
    renumber(position - 1, 1, leaves=False)
    made = forged(position)
    return expect("inserted", at=position, entry=made.id)


@tampering
def insert_with_leaf(journal: Journal, chance: random.Random) -> Expected:
    """A forged entry with its leaf, later entries and leaves moved down."""
    position = pick(journal, chance)
    where = leaves_from(position)
    renumber(position - 1, 1, leaves=True)
    made = forged(position)
    Leaf.objects.create(node=made.node, position=position, entry_id=made.id, hash=b"")
    releaf(position)
    return expect("batch-altered", at=range(where.start, position + 1))


@tampering
def insert_before_the_first(journal: Journal, chance: random.Random) -> Expected:
    """A forged entry at position 0 or below."""
    position = -chance.randint(0, 3)
    made = forged(position)
    return expect("inserted", at=position, entry=made.id)


@tampering
def put_a_forged_one_in_its_place(journal: Journal, chance: random.Random) -> Expected:
    """An entry deleted and a forged one in its place."""
    position = pick(journal, chance)
    run("DELETE FROM journal_entry WHERE position = %s", position)
    made = forged(position)
    return expect("inserted", at=position, entry=made.id)


def _swap(table: str, first: int, second: int) -> None:
    run(f"UPDATE {table} SET position = -1 WHERE position = %s", first)
    run(f"UPDATE {table} SET position = %s WHERE position = %s", first, second)
    run(f"UPDATE {table} SET position = %s WHERE position = -1", second)


def _two(journal: Journal, chance: random.Random) -> tuple[int, int]:
    first, second = sorted(chance.sample(range(1, journal.size + 1), 2))
    return first, second


@tampering
def swap_two(journal: Journal, chance: random.Random) -> Expected:
    """Two entries in each other's place."""
    first, second = _two(journal, chance)
    _swap("journal_entry", first, second)
    return expect("moved", at=second, entry=journal.ids[first - 1])


@tampering
def swap_two_with_leaves(journal: Journal, chance: random.Random) -> Expected:
    """Two entries and their leaves in each other's place."""
    first, second = _two(journal, chance)
    where = leaves_from(first)
    _swap("journal_entry", first, second)
    _swap("journal_leaf", first, second)
    return expect("batch-altered", at=range(where.start, first + 1))


@tampering
def take_a_position_away(journal: Journal, chance: random.Random) -> Expected:
    """An entry made unsealed again, or another node's."""
    position = pick(journal, chance)
    run(
        "UPDATE journal_entry SET position = NULL WHERE position = %s"
        if chance.random() < 0.5
        else "UPDATE journal_entry SET node = 'elsewhere' WHERE position = %s",
        position,
    )
    return expect("moved", at=position, entry=journal.ids[position - 1])


def _cut(journal: Journal, chance: random.Random) -> int:
    return chance.randint(journal.size // 2, journal.size - 1)


@tampering
def cut_the_tail_of_entries(journal: Journal, chance: random.Random) -> Expected:
    """The last entries gone."""
    last = _cut(journal, chance)
    run("DELETE FROM journal_entry WHERE position > %s", last)
    return expect("deleted", at=last + 1, entry=journal.ids[last])


@tampering
def cut_the_tail_with_leaves(journal: Journal, chance: random.Random) -> Expected:
    """The last entries and leaves gone."""
    last = _cut(journal, chance)
    run("DELETE FROM journal_entry WHERE position > %s", last)
    run("DELETE FROM journal_leaf WHERE position > %s", last)
    return expect("missing", at=last + 1)


@tampering
def cut_the_tail_with_heads(journal: Journal, chance: random.Random) -> Expected:
    """The last entries, leaves and heads gone, to the entry: only a kept head tells where a head stood at the cut."""
    sizes = list(Head.objects.filter(size__lt=journal.size).values_list("size", flat=True))
    last = chance.choice(sizes)
    run("DELETE FROM journal_entry WHERE position > %s", last)
    run("DELETE FROM journal_leaf WHERE position > %s", last)
    run("DELETE FROM journal_head WHERE size > %s", last)
    return expect("truncated", at=last + 1, kept=True)


@tampering
def delete_the_newest_heads(journal: Journal, chance: random.Random) -> Expected:
    """Heads gone, entries left."""
    run("DELETE FROM journal_head WHERE size > %s", _cut(journal, chance))
    return expect("uncovered", at=journal.size)


@tampering
def alter_a_head(journal: Journal, chance: random.Random) -> Expected:
    """Root, signature, time or size of a head."""
    head = chance.choice(list(Head.objects.all()))
    column = chance.choice(("root", "signature", "signed_at", "size"))
    changes: dict[str, dict[str, Any]] = {
        "root": {"root": random_hash(chance)},
        "signature": {"signature": chance.randbytes(64)},
        "signed_at": {"signed_at": head.signed_at.replace(year=2020)},
        "size": {"size": head.size + 1000},
    }
    Head.objects.filter(size=head.size).update(**changes[column])
    return expect("head-forged", at=head.size + (1000 if column == "size" else 0))


@tampering
def alter_a_frontier(journal: Journal, chance: random.Random) -> Expected:
    """The frontier kept with a head."""
    head = chance.choice(list(Head.objects.all()))
    Head.objects.filter(size=head.size).update(
        frontier=chance.randbytes(len(bytes(head.frontier)) + chance.choice((0, 1)))
    )
    return expect("head-altered", at=head.size)


@tampering
def alter_a_leaf(journal: Journal, chance: random.Random) -> Expected:
    """A leaf's hash, or the entry that it names, or the leaf gone."""
    position = pick(journal, chance)
    way = chance.choice(("hash", "id", "gone"))
    if way == "gone":
        run("DELETE FROM journal_leaf WHERE position = %s", position)
    elif way == "hash":
        Leaf.objects.filter(position=position).update(hash=random_hash(chance))
    else:
        Leaf.objects.filter(position=position).update(entry_id=uuid7())
    return expect("leaf-altered", at=position, entry=journal.ids[position - 1])


@tampering
def alter_a_leaf_and_an_entry(journal: Journal, chance: random.Random) -> Expected:
    """A leaf here, an entry there."""
    first, second = _two(journal, chance)
    Leaf.objects.filter(position=first).update(hash=random_hash(chance))
    run("UPDATE journal_entry SET actor = actor || 'x' WHERE position = %s", second)
    return expect("edited", at=second, entry=journal.ids[second - 1])


@tampering
def alter_the_key_record(journal: Journal, chance: random.Random) -> Expected:
    """The recorded public key, altered or gone."""
    if chance.random() < 0.5:
        KeyRecord.objects.all().delete()
    else:
        KeyRecord.objects.update(jwk='{"kty":"EC"}')
    return expect("key-altered")


@tampering
def hide_a_reader(journal: Journal, chance: random.Random) -> Expected:
    """An index row gone, so that nobody finds who read about a person."""
    row = chance.choice(
        list(EntrySubject.objects.select_related("entry").filter(entry__kind=kinds.named("soak.read").name))
    )
    EntrySubject.objects.filter(subject=row.subject, entry_id=row.entry_id).delete()
    return expect("subject-removed", at=row.entry.position or 0, entry=row.entry_id)


@tampering
def blame_a_reader(journal: Journal, chance: random.Random) -> Expected:
    """An index row that no entry vouches for."""
    position = pick(journal, chance)
    EntrySubject.objects.create(subject=uuid7(), entry_id=journal.ids[position - 1])
    return expect("subject-added", at=position, entry=journal.ids[position - 1])
