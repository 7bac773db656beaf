"""Notes and photographs: sealed, for second line only, gone with the check; and images that mean harm."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.frontier.conftest import POST
from tests.frontier.second.conftest import browser
from xenia import pictures
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import actions, referrals
from xenia.frontier.models import Check
from xenia.frontier.second import interview
from xenia.frontier.second.models import InterviewNote, Photograph
from xenia.journal import blobs
from xenia.journal.models import Entry


def jpeg(size=(800, 600), **more) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(made, "JPEG", **more)
    return made.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif[0x8825] = {1: "N", 2: (41.0, 42.0, 43.0)}
    exif[0x0112] = 6
    return jpeg(exif=exif, comment=b"SECRETCOMMENT")


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge and weighs little."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture
def taken(refer, at_lane):
    one = refer()
    actions.claim_referral(at_lane("second", None), one.item.id)
    return one


def test_a_photograph_is_written_anew_without_hidden_data():
    made = pictures.remake(with_place())
    assert b"SECRET" not in made.large + made.small
    with Image.open(io.BytesIO(made.large)) as opened:
        assert opened.size == (made.width, made.height) == (600, 800), "turned upright"
        assert not opened.getexif() and "comment" not in opened.info
    with Image.open(io.BytesIO(made.small)) as opened:
        assert max(opened.size) == 320


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + b"x" * 50, b"<svg onload=alert(1)>", b"%PDF-1.7", jpeg()[:400], b"\xff\xd8\xff" + b"\x00" * 500,
     bomb(9000, 9000), bomb(60000, 60000), b"RIFF" + b"\x00" * 100, b"\xff\xd8\xff" + b"x" * pictures.MOST_BYTES],
)  # fmt: skip
def test_what_is_no_photograph_is_refused(data):
    with pytest.raises(BadInput) as refused:
        pictures.remake(data)
    assert refused.value.code == "not-a-photograph"


def test_png_and_webp_are_taken():
    for kind in ("PNG", "WEBP"):
        made = io.BytesIO()
        Image.new("RGBA", (50, 40), (1, 2, 3, 100)).save(made, kind)
        assert pictures.remake(made.getvalue()).width == 50


def test_notes_are_sealed_and_shown_with_their_question(taken, at_lane):
    second = at_lane("second", None)
    item, check = referrals.find(second, taken.item.id)
    interview.note(second, item, check, "Visits Wubblesworth.", "purpose")
    interview.note(second, item, check, "Second thing.", "no-such-question")
    assert b"Wubblesworth" not in bytes(InterviewNote.objects.earliest("made_at").sealed)
    page = browser("second", POST).get(f"/second-line/{taken.item.id}/").content.decode()
    assert "Visits Wubblesworth." in page and "What is the purpose of your journey" in page
    shown = Entry.objects.filter(kind="interview.shown").latest("recorded_at")
    assert shown.purpose == "border-second-line"
    with pytest.raises(BadInput):
        interview.note(second, item, check, "  ")
    with pytest.raises(Conflict):
        interview.note(at_lane("third", None), item, check, "x")


def test_questions_follow_the_finding():
    codes = [one.code for one in interview.questions(["lost_documents"])]
    assert codes[0] == "doc-got" and "purpose" in codes
    assert len(codes) == len(set(codes))


def test_a_photograph_is_kept_sealed_and_each_look_is_written_down(taken):
    client = browser("second", POST)
    file = SimpleUploadedFile("page.jpg", with_place(), "image/jpeg")
    answer = client.post(f"/second-line/{taken.item.id}/photograph/", {"page": "data-page", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    row = Photograph.objects.get()
    sealed = blobs.path(row.address).read_bytes()
    assert not sealed.startswith(b"\xff\xd8") and b"SECRET" not in sealed
    before = Entry.objects.filter(kind="page.shown").count()
    picture = client.get(f"/second-line/photographs/{row.id}/?size=small")
    assert picture["Content-Type"] == "image/jpeg" and picture["Cache-Control"] == "no-store"
    assert Entry.objects.filter(kind="page.shown").count() == before + 1
    assert browser("first", POST, "L1").get(f"/second-line/photographs/{row.id}/").status_code == 403
    bad = SimpleUploadedFile("page.jpg", b"<svg>", "image/jpeg")
    assert client.post(f"/second-line/{taken.item.id}/photograph/", {"page": "visa", "file": bad}).status_code == 422
    assert client.post(f"/second-line/{taken.item.id}/photograph/", {"page": "visa"}).status_code == 422


def test_it_goes_with_the_check(taken, at_lane, django_capture_on_commit_callbacks):
    from xenia.journal import forgetting
    from xenia.journal.actions import writing

    second = at_lane("second", None)
    item, check = referrals.find(second, taken.item.id)
    interview.photograph(second, item, check, jpeg(), "visa")
    row = Photograph.objects.get()
    place = blobs.path(row.address)
    assert place.exists()
    part = next(one for one in forgetting.parts() if one.room == "second-line")
    with django_capture_on_commit_callbacks(execute=True), writing():
        part.erase([Check.objects.get().identity], second.act("oversight", "external:test"))
    assert not Photograph.objects.exists() and not place.exists()


def test_who_may_not_see_it(taken, at_lane):
    second = at_lane("second", None)
    item, check = referrals.find(second, taken.item.id)
    made = interview.photograph(second, item, check, jpeg(), "visa")
    with pytest.raises(NotAllowed):
        interview.picture(at_lane("first"), made, small=True)
    Check.objects.update(state="handed-over")
    with pytest.raises(NotFound):
        interview.picture(second, made, small=True)
    with pytest.raises(BadInput):
        interview.photograph(second, item, check, jpeg(), "selfie")
