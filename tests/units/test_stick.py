"""The centre's side of a stick: who lets it out, which machine is the unit at its first contact, and what comes late or second."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.units.test_enrolling import machine, signed_in
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.exchange import setting_up
from xenia.journal import clock
from xenia.units import actions, codes, door
from xenia.units.image import releasing, sealing, start
from xenia.units.models import Aside, Image, Unit

POST, RELEASE = "UTO-AP1", "ABCDE12345"


@pytest.fixture
def world(db: None) -> people.World:
    made = people.build()
    setting_up.introduce(made.operator, authority="UTO-BG", url="https://127.0.0.1:9")
    return made


@pytest.fixture
def image(world: people.World) -> Image:
    """As `making` keeps it, without the files."""
    invited = actions.invite(world.operator, "uto-ap1-r1", POST, "Booth")
    known = codes.read(invited.code)
    made: Image = Image.objects.create(
        unit=invited.unit, made_by=world.operator.account, made_at=clock.now(), until=clock.now() + timedelta(hours=48),
        start="ab" * 32, code_id=known.id, contact_key="cd" * 32, release=RELEASE,
    )  # fmt: skip
    return made


def released(world: people.World, image: Image) -> Image:
    releasing.release(world.standing("chief", "shift-supervisor"), image.unit_id)
    image.refresh_from_db()
    return image


def comes(image: Image, said: dict[str, Any], key: str = "", later: timedelta = timedelta(0)) -> dict[str, Any]:
    raw = json.dumps({**said, "format": releasing.ASK, "code": image.code_id}).encode()
    answer, proof = releasing.hear(raw, codes.proof(key or image.contact_key, "ask", raw), clock.now() + later)
    assert codes.proves(image.contact_key, "answer", said["nonce"].encode() + answer, proof)
    return dict(json.loads(answer))


def state() -> str:
    return str(Unit.objects.get().state)


def test_who_made_it_does_not_let_it_out_and_the_code_is_shown_once(world: people.World, image: Image) -> None:
    for who in (world.operator, world.standing("ada", "first-line-officer")):
        with pytest.raises(NotAllowed):
            releasing.release(who, image.unit_id)
    chief = world.standing("chief", "shift-supervisor")
    assert releasing.release(chief, image.unit_id).text == "ABCDE-12345"
    assert Image.objects.get().release == ""
    with pytest.raises(Conflict) as refused:
        releasing.release(chief, image.unit_id)
    assert refused.value.code == "image-released"


def test_an_image_that_ran_out_or_is_for_a_line_is_not_let_out(world: people.World, image: Image) -> None:
    chief = world.standing("chief", "shift-supervisor")
    Image.objects.update(until=clock.now() - timedelta(seconds=1))
    with pytest.raises(Conflict) as refused:
        releasing.release(chief, image.unit_id)
    assert refused.value.code == "image-old"
    Image.objects.update(contact_key="")
    with pytest.raises(NotFound):
        releasing.release(chief, image.unit_id)


def test_the_first_machine_with_both_codes_is_the_unit_at_once(world: people.World, image: Image) -> None:
    said = machine()
    with pytest.raises(NotAllowed):
        comes(image, said)  # nobody has let it out
    released(world, image)
    first = comes(image, said)
    assert (first["node"], state()) == ("uto-ap1-r1", "active")
    assert comes(image, said) == first and len(door.certificates()) == 1  # the answer was lost


def test_a_second_machine_is_turned_away_and_shown(world: people.World, image: Image) -> None:
    released(world, image)
    comes(image, machine())
    before = door.certificates()
    with pytest.raises(NotAllowed):
        comes(image, machine())
    assert door.certificates() == before and state() == "active"
    assert list(Aside.objects.values_list("code", flat=True)) == ["second-machine"]


def test_wrong_proofs_are_counted_and_end_it(world: people.World, image: Image) -> None:
    released(world, image)
    for _one in range(5):
        with pytest.raises(NotAllowed):
            comes(image, machine(), key="ef" * 32)
    with pytest.raises(NotAllowed):
        comes(image, machine())
    assert state() == "invited"


def test_who_comes_very_late_waits_for_a_person(world: people.World, image: Image) -> None:
    released(world, image)
    comes(image, machine(), later=timedelta(hours=48, days=30, seconds=5))
    assert state() == "waiting"


def test_a_machine_that_came_over_the_line_before_is_not_put_out(world: people.World, image: Image) -> None:
    released(world, image)
    Unit.objects.update(state="waiting", key_id="another", fingerprint="another")
    with pytest.raises(NotAllowed):
        comes(image, machine())
    assert Unit.objects.get().key_id == "another"


def test_a_revoked_unit_is_not_heard(world: people.World, image: Image) -> None:
    released(world, image)
    said = machine()
    comes(image, said)
    actions.revoke(world.operator, image.unit_id, "Stolen.")
    with pytest.raises(NotAllowed):
        comes(image, said)
    assert door.certificates() == {}


@pytest.mark.parametrize("size", [0, 1, sealing.PIECE - 1, sealing.PIECE, 2 * sealing.PIECE + 7])
def test_what_is_sealed_opens_whole_or_not_at_all(size: int, tmp_path: Any) -> None:
    key, plain, path = bytes(range(32)), bytes(range(256)) * (size // 256 + 1), tmp_path / "1"
    with path.open("wb") as file:
        sealing.seal(key, 1, io.BytesIO(plain[:size]), file)
    assert b"".join(sealing.opened(key, 1, path)) == plain[:size]
    raw, step = path.read_bytes(), sealing.PIECE + sealing.TAG
    odd = [raw[:-1], raw + b"x", raw[1:], raw[:-1] + bytes([raw[-1] ^ 1]), raw[:step] if len(raw) > step else b""]
    odd += [raw[step:] + raw[:step], raw[:step] + raw] if len(raw) > step else []
    for one in odd:
        path.write_bytes(one)
        with pytest.raises(BadInput):
            list(sealing.opened(key, 1, path))
    path.write_bytes(raw)
    with pytest.raises(BadInput):
        list(sealing.opened(key, 2, path))


def test_pages_say_what_to_type_and_let_it_out(world: people.World, image: Image) -> None:
    admin, chief = signed_in(world, "admin", "administrator"), signed_in(world, "chief", "shift-supervisor")
    at = f"/units/{image.unit_id}/image/"
    page = admin.get(at).content.decode()
    assert "--without-line" in page and "release/" not in page and RELEASE not in page
    assert "release/" in chief.get(at).content.decode() and at in chief.get(f"/units/{image.unit_id}/").content.decode()
    assert admin.post(f"{at}release/").status_code == 403
    shown = chief.post(f"{at}release/")
    assert "ABCDE-12345" in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert chief.post(f"{at}release/").status_code == 409
    guide = chief.get(f"{at}guide/")
    assert guide["Content-Type"] == "application/pdf" and guide.content.startswith(b"%PDF-")
    assert Client().post("/units/contact/", b"{}", content_type="application/json").status_code == 422


def test_nothing_beside_start_runs_before_it_was_compared(tmp_path: Path) -> None:
    shutil.copyfile(str(start.__file__), tmp_path / "start")
    for name in ("argparse", "hmac", "json", "pathlib", "hashlib"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "start"), "--check", "0" * 25],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and not (tmp_path / "ran").exists(), done.stderr
