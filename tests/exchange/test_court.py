"""The archive for a court: checked without Xenia, and every part of it that is altered is found."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.node import bodies
from tests.exchange.pair import Other, delivery, key, pin, take
from xenia.errors import BadInput, Conflict, NotFound
from xenia.exchange import court, jose, keeping, own, partners, sending, setting_up
from xenia.exchange.envelope import Enclosure
from xenia.exchange.for_a_court import check
from xenia.exchange.models import Outgoing, PartnerKey, Thread
from xenia.journal import blobs, canonical, sealer, signing
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7

pytestmark = pytest.mark.django_db
SCAN = Enclosure("application/pdf", b"%PDF-1.7 invented")


@pytest.fixture
def partner(world: Any, seen: Any) -> Other:
    """A partner pinned now: entries have the machine's own times."""
    made = Other()
    pin(made, world.operator)
    return made


def _takes(partner: Other, **more: Any) -> None:
    at = datetime.now(UTC)
    take(partner.packed(partner.message(created=at, expires=at + timedelta(days=2), **more)), at)


def _said(partner: Other, world: Any) -> None:
    """One message of ours with something enclosed, accepted; then theirs, one accepted and one refused."""
    act, here = world.operator.act("operation", "external:A-1"), partners.open_partner(partner.address)
    with writing():
        sending.send(type="test/note", version=1, thread=partner.thread, recipient=partner.address, body={"n": 7}, act=act, attachments=[SCAN])  # fmt: skip
    packed = blobs.get(Outgoing.objects.get().blob)
    at = datetime.now(UTC)
    assert delivery.take_receipt(partner.answer(packed, at=at), here, at)
    _takes(partner)
    _takes(partner, body={"n": 2, "text": "refuse"})


def _revoked(partner: Other, world: Any) -> None:
    with writing():
        partners.revoke(partner.address, [partner.signs[2]], "Lost", world.operator.act("operation", "set-up"))


def _unpacked(partner: Other, world: Any, folder: Path) -> Path:
    sealer.seal_now()
    archive, _count = court.export(partner.thread, world.operator.act("operation", "external:1"))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    return folder


@pytest.fixture
def archive(partner: Other, world: Any, tmp_path: Path) -> Path:
    """An unpacked archive of three messages; the partner's key was revoked after them."""
    _said(partner, world)
    _revoked(partner, world)
    return _unpacked(partner, world, tmp_path / "archive")


def test_a_court_checks_a_thread_without_xenia(archive: Path) -> None:
    done = subprocess.run([sys.executable, "check.py"], cwd=archive, capture_output=True, text=True, env={"PATH": ""})
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert [line[:11] for line in lines if line[:2] == "00"] == ["0001: good:", "0002: good:", "0003: good:"]
    assert done.stdout.count(" accepted ") == 2 and done.stdout.count(" refused ") == 1
    assert sum(line.startswith("key ") and "until" in line for line in lines) == 1
    assert "What this cannot prove" in done.stdout and "WRONG" not in done.stdout


def test_the_reading_is_journalled_and_an_unknown_thread_is_named(archive: Path, world: Any) -> None:
    assert [len(one["messages"]) for one in bodies("exchange.exported")] == [3]
    with pytest.raises(NotFound):
        court.export(uuid7(), world.operator.act("operation", "external:1"))


def test_what_is_not_sealed_yet_is_not_exported(partner: Other, world: Any) -> None:
    _takes(partner)
    with pytest.raises(Conflict) as problem:
        court.export(partner.thread, world.operator.act("operation", "external:1"))
    assert problem.value.code == "not-sealed" and bodies("exchange.exported") == []


def test_a_thread_is_of_one_partner(partner: Other, world: Any, tmp_path: Path) -> None:
    third = Other(address="XXC/RET", thread=partner.thread)
    pin(third, world.operator)
    _takes(partner)
    at = datetime.now(UTC)
    take(third.packed(third.message(created=at, expires=at + timedelta(days=2))), at, peer="XXC/RET")
    sealer.seal_now()
    act = world.operator.act("operation", "external:1")
    with pytest.raises(BadInput) as problem:
        court.export(partner.thread, act)
    assert problem.value.code == "which-partner"
    packed, count = court.export(partner.thread, act, "XXC/RET")
    assert count == 1 and partner.signs[2].encode() not in zipfile.ZipFile(io.BytesIO(packed)).read("keys.json")


def test_what_was_erased_keeps_its_receipts(partner: Other, world: Any, tmp_path: Path, capsys: Any) -> None:
    _said(partner, world)
    with writing():
        keeping.empty([Thread.objects.get().pk])
    assert check.main(_unpacked(partner, world, tmp_path)) == 0
    said = capsys.readouterr().out
    assert said.count("was erased; hash") == 3 and said.count(" accepted ") == 2 and "WRONG" not in said


def test_a_message_signed_with_a_key_that_was_worth_nothing_is_found(
    partner: Other, world: Any, tmp_path: Path, capsys: Any
) -> None:
    _revoked(partner, world)
    was = PartnerKey.objects.filter(name=partner.signs[2])
    at = was.get().revoked_at
    was.update(revoked_at=None)  # as if somebody had given the key its worth back behind the journal
    _takes(partner)
    was.update(revoked_at=at)
    assert check.main(_unpacked(partner, world, tmp_path)) == 1
    said = capsys.readouterr().out
    assert "0001: WRONG: signed with key" in said and "worth nothing since" in said


def test_our_own_keys_have_their_times(partner: Other, world: Any, tmp_path: Path, capsys: Any) -> None:
    setting_up.use_key(world.operator, "sign", setting_up.new_key(world.operator, "sign"))
    _said(partner, world)
    assert check.main(_unpacked(partner, world, tmp_path)) == 0, capsys.readouterr().out
    assert "no entry says when it was made" in capsys.readouterr().out


# Altered


def _text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def alter(folder: Path) -> None:
        place = folder / name
        before = place.read_text()
        assert old in before
        place.write_text(before.replace(old, new, 1))

    return alter


def _gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _copied(source: str, target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / target).write_bytes((folder / source).read_bytes())


def _json(name: str, change: Callable[[Any], None]) -> Callable[[Path], None]:
    def alter(folder: Path) -> None:
        data = json.loads((folder / name).read_text())
        change(data)
        (folder / name).write_text(json.dumps(data))

    return alter


def _theirs(change: Callable[[Any], None]) -> Callable[[Path], None]:
    return _json("keys.json", lambda keys: change(next(one for one in keys if one["address"] == "ARC/RET")))


def _entry(kind: str, change: Callable[[Any], None]) -> Callable[[Path], None]:
    return _json("journal.json", lambda said: change(next(one for one in said["entries"] if one["kind"] == kind)))


def _without(kind: str, change: str = "") -> Callable[[Path], None]:
    def left(one: Any) -> bool:
        return one["kind"] != kind or (change != "" and one["body"]["change"] != change)

    return _json("journal.json", lambda said: said.update(entries=[one for one in said["entries"] if left(one)]))


def _enclosed(folder: Path) -> None:
    next((folder / "messages/0001/enclosed").iterdir()).write_bytes(b"%PDF-1.7 inventeD")


def _new_head_key(folder: Path) -> None:
    """The heads signed anew with a key of the forger's."""
    private, public, name = key()
    data = json.loads((folder / "journal.json").read_text())
    for one in data["entries"]:
        head = one["proof"]["head"]
        head.update(key=name, public_key=public)
        said = {part: head[part] for part in ("format", "key", "node", "root", "signed_at", "size")}
        made = jose.sign(canonical.json_bytes(said), private, name, "x").rsplit(".", 1)[1]
        head["signature"] = made
    (folder / "journal.json").write_text(json.dumps(data))


ALTERED = {
    "a message": (_text("messages/0001/message.jws", ".", ".e"), "0001"),
    "a message taken away": (_gone("messages/0001/message.jws"), "0001"),
    "another message in its place": (_copied("messages/0002/message.jws", "messages/0003/message.jws"), "0003"),
    "something enclosed": (_enclosed, "0001"),
    "a receipt": (_text("messages/0001/accepted.jws", ".", ".e"), "0001"),
    "a receipt taken away": (_gone("messages/0003/refused.jws"), "0003"),
    "another's receipt": (_copied("messages/0002/accepted.jws", "messages/0001/accepted.jws"), "0001"),
    "a refusal as an acceptance": (_copied("messages/0003/refused.jws", "messages/0003/accepted.jws"), "0003"),
    "a hash": (_json("archive.json", lambda said: said["messages"][1].update(hash="0" * 64)), "0002"),
    "a state": (_json("archive.json", lambda said: said["messages"][2].update(state="accepted")), "0003"),
    "a message said to be erased": (_json("archive.json", lambda said: said["messages"][0].update(erased=True)), "0001"),
    "whose message": (_json("archive.json", lambda said: said["messages"][1].update(ours=True)), "0002"),
    "the thread": (_json("archive.json", lambda said: said.update(thread=str(uuid7()))), "0001"),
    "a key": (_theirs(lambda one: one.update(key=key()[1])), "key"),
    "a key's owner": (_theirs(lambda one: one.update(address="XXC/RET")), "key"),
    "a revoked key made good": (_theirs(lambda one: one.update(until=None)), "key"),
    "a key good for longer": (_theirs(lambda one: one.update({"from": "2020-01-01T00:00:00.000000Z"})), "key"),
    "a key of unknown age": (_theirs(lambda one: one.update({"from": None})), "key"),
    "the revocation taken out of the journal": (_without("exchange.partner-changed", "revoked"), "key"),
    "the pinning taken out of the journal": (_without("exchange.partner-changed", "pinned"), "key"),
    "an entry's content": (_entry("exchange.received", lambda one: one["body"].update(hash="0" * 64)), "journal"),
    "an entry's time": (_entry("exchange.received", lambda one: one.update(recorded_at="2020-01-01T00:00:00.000000Z")), "journal"),
    "an entry's salt": (_entry("exchange.received", lambda one: one.update(salt="00" * 16)), "journal"),
    "an entry's place": (_entry("exchange.received", lambda one: one["proof"].update(position=1)), "journal"),
    "an entry's path": (_entry("exchange.received", lambda one: one["proof"]["path"].pop()), "journal"),
    "an entry without proof": (_entry("exchange.received", lambda one: one.pop("proof")), "journal"),
    "a head": (_entry("exchange.received", lambda one: one["proof"]["head"].update(root="00" * 32)), "journal"),
    "a head's key": (_new_head_key, "journal"),
    "an entry of a message taken out": (_without("exchange.received"), "0002"),
    "the entry that sent taken out": (_without("exchange.sent"), "0001"),
    "the entry of a receipt taken out": (_without("exchange.receipt"), "0001"),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_each_part_that_is_altered_is_found(archive: Path, capsys: Any, what: str) -> None:
    """By the signed list of files first; and still where whoever altered it could sign that list anew."""
    alter, place = ALTERED[what]
    alter(archive)
    assert check.main(archive) == 1
    assert "files: WRONG" in capsys.readouterr().out
    names = [one for one in archive.rglob("*") if one.is_file() and one.name != "manifest.jws"]
    listed = {one.relative_to(archive).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in names}
    (archive / "manifest.jws").write_text(own.sign(canonical.json_bytes({"files": listed}), jose.ARCHIVE_TYPE))
    assert check.main(archive) == 1
    said = capsys.readouterr().out
    assert "files: good" in said
    assert any(line.startswith(place) and ": WRONG: " in line for line in said.splitlines()), said


@pytest.mark.parametrize("alter", [_gone("README.md"), _gone("manifest.jws")])
def test_files_are_those_that_were_exported(archive: Path, capsys: Any, alter: Callable[[Path], None]) -> None:
    alter(archive)
    (archive / "messages" / "0004.txt").write_text("more")
    assert check.main(archive) == 1 and capsys.readouterr().out.count("WRONG") == 1


def test_the_list_of_files_is_signed_by_who_exported_it(archive: Path, partner: Other, capsys: Any) -> None:
    raw = jose.parts((archive / "manifest.jws").read_text(), jose.ARCHIVE_TYPE)[1]
    (archive / "manifest.jws").write_text(jose.sign(raw, partner.signs[0], partner.signs[2], jose.ARCHIVE_TYPE))
    assert check.main(archive) == 1
    stranger, _public, name = key()
    (archive / "manifest.jws").write_text(jose.sign(raw, stranger, name, jose.ARCHIVE_TYPE))
    assert check.main(archive) == 1
    assert capsys.readouterr().out.count("files: WRONG") == 2


def test_the_check_counts_paths_as_the_journal_does() -> None:
    """Its own reading of RFC 9162 against the journal's."""
    from xenia.journal.tree import Frontier, inclusion

    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(20)]

    def subtree(start: int, stop: int) -> bytes:
        made = Frontier()
        for leaf in leaves[start:stop]:
            made.add(leaf)
        return made.root()

    for size in range(1, 21):
        for number in range(size):
            path = list(inclusion(number, size, subtree))
            assert check.root(leaves[number], number, size, path) == subtree(0, size)
            assert check.root(leaves[number], number, size, [*path, leaves[0]]) is None
    assert check.root(leaves[0], 3, 3, []) is None


def test_the_check_names_keys_as_the_house_does() -> None:
    _private, public, name = key()
    assert check.thumbprint(public) == signing.thumbprint(public) == name
