"""A unit in wrong hands and its documents: what no entry of its own refers to, what is too large, wrong, endless or not what it says."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.frontier.second.conftest import alert, at_desk, at_lane, lost, others, post, refer
from tests.frontier.second.test_interview import bomb, jpeg
from tests.units.forging import NODE, Forger, again, everything, shift, unit_with
from xenia import pictures
from xenia.access import actions as access
from xenia.errors import BadInput, Unavailable
from xenia.frontier import actions
from xenia.frontier.models import Check
from xenia.frontier.second import interview
from xenia.frontier.second.models import Photograph
from xenia.identity.models import PURPOSE
from xenia.journal import awaited, blobs, data_keys, forgetting
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.models import AwaitedBlob, BlobReference, Entry
from xenia.units import actions as unit_actions
from xenia.units import door, receiving
from xenia.units.blobs import bounds, coming, line, parts, said
from xenia.units.blobs.machine import LARGEST_PIECE, Answer
from xenia.units.blobs.said import Said
from xenia.units.models import Aside, Unit

__all__ = ["alert", "at_desk", "at_lane", "lost", "others", "post", "refer"]
ACT = Act("system:test", "UTO-BG", "operation", "law", "test:1", "hq")


@dataclass
class World:
    """A centre that awaits the two files of a photograph of a unit; `files`: what they are."""

    files: dict[str, bytes]
    small: str
    large: str

    @property
    def unit(self) -> Unit:
        return Unit.objects.get(name=NODE)

    def says(self, what: Said | bytes) -> Answer:
        raw = what if isinstance(what, bytes) else what.to_bytes()
        return coming.hear(self.unit, raw, datetime.now(UTC))

    def sends(self, address: str, data: bytes, first: int = 0, of: int | None = None) -> str:
        """How the blob stands after a piece."""
        size = len(self.files.get(address, data)) if of is None else of
        return self.says(Said((), {}, address, first, size, data)).said[address]

    def brings(self, address: str) -> str:
        return self.sends(address, self.files[address])

    def state(self, address: str) -> tuple[str, str]:
        row = AwaitedBlob.objects.get(node=NODE, address=address)
        return row.state, row.why


@pytest.fixture
def world(refer: Any, at_lane: Any) -> Iterator[World]:
    bounds.forget()
    files: dict[str, bytes] = {}
    names: list[str] = []

    def honest() -> None:
        one = refer()
        actions.claim_referral(at_lane("second", None), one.item.id)
        one.item.refresh_from_db()
        interview.photograph(at_lane("second", None), one.item, one.check, jpeg((900, 600)), "data-page")
        row = Photograph.objects.get()
        names.extend((row.small, row.address))
        for name in names:
            files[name] = blobs.path(name).read_bytes()
            blobs.path(name).unlink()

    private = ec.generate_private_key(ec.SECP256R1())
    unit = unit_with(private)
    unit_with(ec.generate_private_key(ec.SECP256R1()), "uto-t2-u2", "UTO-T2")
    wrote = shift(honest)
    raw = Forger(unit, private).send(wrote.entries, wrote.keys)
    assert receiving.take_in(unit, raw, datetime.now(UTC)).received == len(wrote.entries)
    assert not Aside.objects.exists()
    yield World(files, *names)
    bounds.forget()


def noticed() -> list[str]:
    """What a person is told of, and of nothing else."""
    assert all(one.position == receiving.MESSAGE for one in Aside.objects.all())
    return [one.code for one in Aside.objects.filter(settled_at=None)]


def test_what_was_whole_when_the_centre_died_is_kept_at_the_next_piece(world: World) -> None:
    data = world.files[world.small]
    with parts.held(NODE, world.small) as part:
        part.append(data)
    assert world.says(Said((), {})).next[0].first == len(data)
    assert world.sends(world.small, data[:100]) == "kept"
    assert pictures.is_as_kept(blobs.get(world.small)) and not awaited.part(NODE, world.small).exists()


def test_a_document_whose_file_was_not_copied_comes_once_more(world: World) -> None:
    assert world.brings(world.small) == world.brings(world.large) == "kept"
    assert awaited.lost_files() == []
    blobs.path(world.small).unlink()
    with writing():
        assert awaited.again(awaited.lost_files()) == 1
    assert world.state(world.small)[0] == "awaited" and world.brings(world.small) == "kept"
    assert pictures.is_as_kept(blobs.get(world.small))


def test_what_is_awaited_comes_in_pieces_and_opens_as_its_entry_does(world: World) -> None:
    """Else every attack would be harmless for a reason of its own."""
    asked = world.says(Said((world.small, "0" * 64), {}))
    assert asked.said == {world.small: "awaited", "0" * 64: "unknown"}
    assert [(one.address, one.first) for one in asked.next] == [(world.small, 0), (world.large, 0)]
    data = world.files[world.large]
    assert world.sends(world.large, data[:500]) == "awaited"
    assert world.sends(world.large, data[:500]) == "awaited"  # came twice
    assert world.sends(world.large, data[300:700], 300) == "awaited"  # from elsewhere: nothing is added
    assert [one.first for one in world.says(Said((), {})).next] == [0, 500]
    assert world.sends(world.large, data[500:], 500) == "kept"
    assert world.brings(world.small) == "kept" == world.brings(world.small)
    assert pictures.is_as_kept(blobs.get(world.large)) and pictures.is_as_kept(blobs.get(world.small))
    assert world.says(Said(tuple(world.files), {})).next == () and noticed() == []
    assert awaited.figures(NODE).count == 0 and not any(awaited.part(NODE, one).exists() for one in world.files)
    who = Check.objects.get(node=NODE).identity
    assert set(BlobReference.objects.values_list("address", "subject")) == {(one, who) for one in world.files}


def test_what_no_entry_refers_to_is_not_taken_and_seen(world: World) -> None:
    before = everything()
    data = b"something else"
    assert world.sends(hashlib.sha256(data).hexdigest(), data) == "unknown"
    assert noticed() == ["blob-unasked"] and everything() == before
    assert not blobs.path(hashlib.sha256(data).hexdigest()).exists()


def test_a_unit_brings_nothing_of_another_and_learns_nothing_of_it(world: World) -> None:
    other = Unit.objects.get(name="uto-t2-u2")
    sent = Said((world.large,), {}, world.small, 0, len(world.files[world.small]), world.files[world.small])
    answer = coming.hear(other, sent.to_bytes(), datetime.now(UTC))
    assert answer.said == {world.small: "unknown", world.large: "unknown"} and answer.next == ()
    assert (
        coming.hear(other, Said((), {world.small: "erased"}).to_bytes(), datetime.now(UTC)).said[world.small]
        == "unknown"
    )
    assert world.state(world.small) == ("awaited", "")
    assert [(one.unit.name, one.code) for one in Aside.objects.all()] == [("uto-t2-u2", "blob-unasked")]


@pytest.mark.parametrize("more", [1, 1 << 30])
def test_what_is_larger_than_its_entry_says_is_refused(world: World, more: int) -> None:
    data = world.files[world.small]
    assert world.sends(world.small, data[:100], of=len(data) + more) == "refused"
    assert world.state(world.small) == ("refused", "too-large") and noticed() == ["blob-too-large"]
    assert world.brings(world.small) == "refused"
    assert Entry.objects.filter(kind="unit.document-lost").count() == 1


def test_a_piece_past_the_end_is_refused(world: World) -> None:
    data = world.files[world.small]
    assert world.sends(world.small, data + b"more") == "refused"
    assert world.sends(world.large, b"x", 1 << 39) == "refused"


def test_other_content_is_refused_in_the_end(world: World) -> None:
    data = world.files[world.small]
    wrong = bytes([data[0] ^ 1]) + data[1:]
    assert world.sends(world.small, wrong) == "awaited" and noticed() == ["blob-content"]
    assert parts.size(NODE, world.small) == 0
    assert world.sends(world.small, gzip.compress(bytes(len(data)))[: len(data)].ljust(len(data), b"z")) == "awaited"
    assert world.sends(world.small, wrong) == "refused" == world.brings(world.small)
    assert world.state(world.small) == ("refused", "content") and not blobs.path(world.small).exists()
    assert world.brings(world.large) == "kept"  # nothing else is held up


def _instead(world: World, sealed: bytes) -> str:
    """The address of other bytes, which an entry of the unit refers to all the same."""
    address = hashlib.sha256(sealed).hexdigest()
    AwaitedBlob.objects.filter(address=world.small).update(address=address, size_bytes=len(sealed))
    world.files[address] = sealed
    return address


def test_what_does_not_open_with_its_persons_key_is_refused(world: World) -> None:
    mine = Check.objects.get(node=NODE).identity
    with writing():
        theirs = data_keys.seal(Entry.objects.values_list("id", flat=True)[0], "other", jpeg())
        altered = bytearray(data_keys.seal(mine, PURPOSE, jpeg()))
    altered[-1] ^= 1
    for sealed in (theirs, bytes(altered), b"no seal at all", jpeg()):
        address = _instead(world, sealed)
        assert world.brings(address) == "refused", sealed[:20]
        assert world.state(address) == ("refused", "sealed") and not blobs.path(address).exists()
        AwaitedBlob.objects.filter(address=address).update(address=world.small, state="awaited")


def test_what_is_not_of_its_form_is_refused(world: World) -> None:
    """A picture that unfolds to a hundred times its size would be a bomb in the browser of whoever looks at it."""
    bombs = (b"<script>alert(1)</script>", bomb(60000, 60000), jpeg((2601, 10)), gzip.compress(bytes(1 << 20)))
    for plain in bombs:
        with writing():
            sealed = data_keys.seal(Check.objects.get(node=NODE).identity, PURPOSE, plain)
        address = _instead(world, sealed)
        assert world.brings(address) == "refused"
        assert world.state(address) == ("refused", "form") and noticed() == ["blob-form"]
        assert not BlobReference.objects.filter(address=address).exists()
        AwaitedBlob.objects.filter(address=address).update(address=world.small, state="awaited")


def test_endless_pieces_grow_nothing_and_stop_for_the_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    data = world.files[world.large]
    monkeypatch.setattr(bounds, "MOST_BYTES", 40 * (bounds.EACH + 1000))
    answers = [world.says(Said((), {}, world.large, 7, len(data), b"x" * 800)) for _piece in range(60)]
    assert parts.size(NODE, world.large) == 0
    assert [one.later for one in answers] == sorted(one.later for one in answers) and answers[-1].later
    assert 30 < sum(not one.later for one in answers) < 60
    assert noticed() == ["flooding"]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    whole = Said((), {}, world.large, 0, len(data), data)
    assert coming.hear(world.unit, whole.to_bytes(), tomorrow).said[world.large] == "kept"


def test_pieces_of_nothing_change_nothing(world: World) -> None:
    assert [world.sends(world.large, b"") for _piece in range(5)] == ["awaited"] * 5
    assert parts.size(NODE, world.large) == 0 and noticed() == []


def _cover(cover: Any, after: bytes = b"") -> bytes:
    head = cover if isinstance(cover, bytes) else json.dumps(cover).encode()
    return len(head).to_bytes(4, "big") + head + after


SOUND: dict[str, Any] = {"format": said.UP, "about": [], "gone": {}}
PIECE: dict[str, Any] = {"address": "a" * 64, "first": 0, "of": 5}


RAWS: list[bytes] = [
        b"", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff{}", _cover(b"[]"), _cover(b"{"), _cover(b"[" * 60_000), _cover({}),
        _cover(SOUND | {"format": "xenia/blobs/9"}), _cover(SOUND | {"more": 1}), _cover(SOUND, b"bytes of nothing"),
        _cover(SOUND | {"about": ["a" * 64] * 101}), _cover(SOUND | {"about": ["../../keys/master.secret"]}),
        _cover(SOUND | {"about": "a" * 64}), _cover(SOUND | {"about": ["A" * 64]}), _cover(SOUND | {"gone": {"a" * 64: "x" * 9999}}),
        _cover(SOUND | {"gone": {"../x": "erased"}}), _cover(SOUND | {"gone": [1]}), _cover(SOUND | {"piece": []}),
        _cover(SOUND | {"piece": PIECE | {"first": -1}}), _cover(SOUND | {"piece": PIECE | {"first": 1 << 70}}),
        _cover(SOUND | {"piece": PIECE | {"of": "5"}}), _cover(SOUND | {"piece": PIECE | {"of": True}}),
        _cover(SOUND | {"piece": PIECE | {"address": "../../../etc/passwd"}}), _cover(SOUND | {"piece": PIECE | {"more": 1}}),
        _cover(SOUND | {"piece": PIECE}, b"x" * (LARGEST_PIECE + said.COVER_LIMIT)), gzip.compress(_cover(SOUND)),
    ]  # fmt: skip


def test_what_cannot_be_read_leaves_one_note(world: World) -> None:
    before = everything()
    for raw in RAWS:
        with pytest.raises(BadInput) as refused:
            world.says(raw)
        assert refused.value.code == "bad-blobs"
    assert noticed() == ["bad-blobs"] and everything() == before


def test_a_unit_that_is_not_at_work_brings_no_document(world: World) -> None:
    for state in ("waiting", "quarantined", "revoked"):
        Unit.objects.filter(name=NODE).update(state=state)
        answer = world.says(Said((), {}, world.small, 0, len(world.files[world.small]), world.files[world.small]))
        assert answer == Answer(later=True) and parts.size(NODE, world.small) == 0


def test_whoever_was_forgotten_meanwhile_is_not_brought_back(world: World) -> None:
    data, who = world.files[world.large], Check.objects.get(node=NODE).identity
    assert world.sends(world.large, data[:400]) == "awaited"
    assert world.brings(world.small) == "kept"
    with writing():
        next(one for one in forgetting.parts() if one.room == "journal").erase([who], ACT)
    assert world.sends(world.large, data[400:], 400) == "erased"
    assert world.says(Said(tuple(world.files), {})).said == dict.fromkeys(world.files, "erased")
    assert AwaitedBlob.objects.filter(subject__isnull=False).count() == 0 and noticed() == []


def test_what_a_unit_has_no_more_is_not_awaited_for_ever(world: World, django_capture_on_commit_callbacks: Any) -> None:
    world.sends(world.small, world.files[world.small][:50])
    assert awaited.part(NODE, world.small).exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = world.says(Said((), {world.small: "erased"}))
    assert not awaited.part(NODE, world.small).exists()
    assert answer.said == {world.small: "gone"} and [one.address for one in answer.next] == [world.large]
    assert world.state(world.small) == ("gone", "erased") and awaited.figures(NODE).count == 1
    assert world.brings(world.small) == "gone"


def test_of_a_revoked_unit_nothing_is_awaited_any_more(world: World) -> None:
    unit_actions.revoke(access.operator_standing("operator"), world.unit.pk, "stolen")
    assert {world.state(one) for one in world.files} == {("gone", "revoked")}
    with pytest.raises(Unavailable) as told:
        blobs.get(world.large)
    assert told.value.code == "blob-lost"


def test_a_disk_that_is_full_is_said_and_loses_nothing(world: World) -> None:
    folder = awaited.part(NODE, world.small).parent
    folder.mkdir(parents=True, exist_ok=True)
    place = awaited.part(NODE, world.small)
    place.mkdir()  # what cannot be written to
    assert world.says(Said((), {}, world.small, 0, len(world.files[world.small]), world.files[world.small])).later
    place.rmdir()
    assert world.brings(world.small) == "kept"


def test_the_door_reads_no_more_than_a_piece(world: World) -> None:
    said_then: list[str] = []
    Unit.objects.filter(name=NODE).update(fingerprint="f" * 64, certificate="pem")
    body = Said((), {}, world.small, 0, len(world.files[world.small]), world.files[world.small]).to_bytes()

    def asks(length: str, kind: str = said.MEDIA_TYPE) -> bytes:
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": line.PATH, "CONTENT_LENGTH": length, "CONTENT_TYPE": kind,
            "wsgi.input": io.BytesIO(body),
        }  # fmt: skip
        return b"".join(door.hear("f" * 64, environ, lambda status, headers: said_then.append(status)))

    for length, kind in (
        (str(said.LIMIT + 1), said.MEDIA_TYPE),
        ("", said.MEDIA_TYPE),
        ("²", said.MEDIA_TYPE),
        ("5", "text/html"),
    ):
        with pytest.raises(BadInput):
            asks(length, kind)
    assert noticed() == ["bad-blobs"]
    assert said.read_answer(asks(str(len(body)))).said == {world.small: "kept"}


def test_an_entry_that_claims_a_document_of_others_is_put_aside(refer: Any, at_lane: Any) -> None:
    """Of the centre, or one that another unit's entry refers to under another person."""
    with writing():
        own = blobs.put(jpeg(), Entry.objects.values_list("id", flat=True)[0], "check")
    private = ec.generate_private_key(ec.SECP256R1())
    unit = unit_with(private)

    def honest() -> None:
        one = refer()
        actions.claim_referral(at_lane("second", None), one.item.id)
        one.item.refresh_from_db()
        interview.photograph(at_lane("second", None), one.item, one.check, jpeg(), "visa")

    wrote = shift(honest)
    changed = [
        again(one, body=json.dumps(wrote.plain[one.id] | {"address": own}).encode())
        if one.kind == "page.photographed"
        else one
        for one in wrote.entries
    ]
    receiving.take_in(unit, Forger(unit, private).send(changed, wrote.keys), datetime.now(UTC))
    assert [(one.kind, one.code) for one in Aside.objects.all()] == [("page.photographed", "blob-taken")]
    assert not AwaitedBlob.objects.exists() and not Photograph.objects.exists()
