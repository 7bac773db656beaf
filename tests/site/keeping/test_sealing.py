"""Backups are sealed chunk by chunk: any cut, flip, swap or addition shows."""

import io
import random

import pytest

from xenia.errors import BadInput, Conflict, NotFound, XeniaError
from xenia.site.keeping import sealing
from xenia.site.keeping.archive import members, packing
from xenia.site.keeping.sealing import CHUNK, HEADER_BYTES, TAG, Key, Opener, Sealer

KEY = Key(sealing.RAW, bytes(range(32)))
OTHER = Key(sealing.RAW, bytes(32))


def sealed(plain: bytes, key: Key = KEY) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, key)
    sealer.write(plain)
    sealer.finish()
    return file.getvalue()


def opened(data: bytes, key: Key = KEY) -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(data), key)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_was_sealed_is_opened(size):
    plain = random.Random(size).randbytes(size)
    assert opened(sealed(plain)) == plain


def test_plain_bytes_never_show():
    assert b"SPECIMEN" not in sealed(b"SPECIMEN" * 100_000)


def test_every_cut_is_found():
    whole = sealed(random.Random(1).randbytes(2 * CHUNK + 100))
    places = [0, 1, 16, 40, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 5, len(whole) - 1]
    places += [HEADER_BYTES + n * (CHUNK + TAG) for n in (1, 2)]
    for place in places:
        with pytest.raises(BadInput) as caught:
            opened(whole[:place])
        assert caught.value.code in ("backup-unknown", "backup-damaged")


def test_every_flip_is_found():
    whole = bytearray(sealed(random.Random(2).randbytes(CHUNK + 100)))
    picks = random.Random(3)
    for place in [*range(HEADER_BYTES), *(picks.randrange(HEADER_BYTES, len(whole)) for _ in range(40))]:
        whole[place] ^= 1 << picks.randrange(8)
        with pytest.raises(XeniaError):
            opened(bytes(whole))
        whole = bytearray(sealed(random.Random(2).randbytes(CHUNK + 100)))


def test_swapped_repeated_and_added_chunks_are_found():
    whole = sealed(random.Random(4).randbytes(3 * CHUNK))
    head, step = whole[:HEADER_BYTES], CHUNK + TAG
    chunks = [whole[HEADER_BYTES + n * step : HEADER_BYTES + (n + 1) * step] for n in range(3)]
    for order in ([1, 0, 2], [0, 0, 1, 2], [0, 2], [0, 1, 2, 2]):
        with pytest.raises(BadInput):
            opened(head + b"".join(chunks[n] for n in order))
    with pytest.raises(BadInput):
        opened(whole + b"\x00")


def test_the_wrong_key_is_told_from_damage():
    with pytest.raises(BadInput) as caught:
        opened(sealed(b"x"), OTHER)
    assert caught.value.code == "backup-key"


def test_a_passphrase_opens_and_the_error_says_which_kind_is_wanted(tmp_path):
    file = tmp_path / "words"
    file.write_text("correct horse battery\n")
    phrase = sealing.read_passphrase_file(file)
    data = sealed(b"x", phrase)
    assert opened(data, phrase) == b"x"
    with pytest.raises(BadInput, match="passphrase"):
        opened(data, KEY)
    file.write_text("short")
    with pytest.raises(BadInput):
        sealing.read_passphrase_file(file)


def test_the_recovery_key_can_be_copied_by_hand(tmp_path):
    path = tmp_path / "keys" / "backup.key"
    sealing.make_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    key = sealing.read_key_file(path)
    assert sealing.parsed_key(path.read_text().lower().replace("-", "  ")) == key
    with pytest.raises(BadInput):
        sealing.parsed_key(path.read_text()[:-6])
    with pytest.raises(Conflict):
        sealing.make_key_file(path)
    with pytest.raises(NotFound):
        sealing.read_key_file(tmp_path / "none")


def archive(*entries: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with packing(file, KEY) as packer:
        for name, data in entries:
            packer.add(name, io.BytesIO(data))
    return file.getvalue()


def test_members_come_back_in_order():
    big = random.Random(5).randbytes(1_000_000)
    data = archive(("about.json", b"{}"), ("home/a/b", big), ("home/empty", b""))
    assert [(m.name, b"".join(m.pieces)) for m in members(io.BytesIO(data), KEY)] == [
        ("about.json", b"{}"), ("home/a/b", big), ("home/empty", b""),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../b", ""])
def test_a_member_never_leaves_the_folder(name):
    with pytest.raises(BadInput):
        list(members(io.BytesIO(archive((name, b"x"))), KEY))


def test_a_backup_whose_making_failed_is_cut():
    file = io.BytesIO()
    with pytest.raises(ZeroDivisionError), packing(file, KEY) as packer:
        packer.add("home/a", io.BytesIO(b"x" * 600_000))
        _ = 1 / 0
    with pytest.raises(BadInput):
        for member in members(io.BytesIO(file.getvalue()), KEY):
            for _ in member.pieces:
                pass
