"""Bad input over HTTP: no stack trace, no fault of ours, a sentence that says what to do, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.frontier.conftest import alert, at_lane, passport, person, post
from tests.site.cli.server import Server
from xenia.frontier.models import Check
from xenia.journal import sealer, verify
from xenia.journal.models import Entry
from xenia.registers.lists import safe_csv
from xenia.registers.lists.models import LoadRun

__all__ = ["alert", "at_lane", "post"]

PASSWORD = "amber-birch-cedar-delta-7"
HTMX = {"HX-Request": "true"}
OURS = ("Traceback", "sqlite3", "psycopg", "django.", "Exception", "Something in Xenia failed", '.py"')


def _signed_in(name: str, place: str = "") -> Client:
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"login": name, "password": PASSWORD})
    session = client.session
    session["second_factor"] = True
    session.save()
    if place:
        client.post("/console/lanes/", {"place": place})
    return client


@pytest.fixture
def booth(post: str) -> Client:
    """A first-line officer at lane L1."""
    return _signed_in("first", f"{post}/L1/entry")


@pytest.fixture
def second(post: str) -> Client:
    """A second-line officer, who may ask over the API."""
    return _signed_in("second", f"{post}//")


@pytest.fixture
def editor(post: str) -> Client:
    """Who loads lists."""
    return _signed_in("editor")


def _fine(answer: Any, *statuses: int) -> str:
    """The answer is one of the statuses and shows nothing of the inside."""
    text = answer.content.decode("utf-8", "replace")
    assert answer.status_code in statuses, (answer.status_code, text[:300])
    assert not [word for word in OURS if word in text], text[:300]
    return text


def _still_works(booth: Client) -> None:
    before = Check.objects.count()
    _fine(booth.post("/console/read/", {"document": passport(person())}, headers=HTMX), 200)
    assert Check.objects.count() == before + 1
    sealer.seal_now()
    assert verify.verify().is_whole


DOCUMENTS = (
    "", "\x00", "\x00" * 4000, "P<UTO", "<" * 4096, "x" * 4096, "P<" + "9" * 87, "\ud7ff\uffff" * 500, "🛂" * 1000,
    "\u202e" + "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "\r\n" * 2000, "'; DROP TABLE frontier_check; --",
    "<script>alert(1)</script>", "{{ 7*7 }}{% debug %}", "P<UTO" + "A" * 4090, "٠١٢٣٤٥٦٧٨٩" * 9,
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_text_that_is_no_document(booth: Client, number: int) -> None:
    for headers in ({}, HTMX):
        text = _fine(booth.post("/console/read/", {"document": DOCUMENTS[number]}, headers=headers), 422)
        assert "<script>alert(1)" not in text
    assert not Check.objects.exists()


def test_a_megabyte_is_refused_and_the_lane_goes_on(booth: Client) -> None:
    for size in (5_000, 1_000_000, 3_000_000):
        _fine(booth.post("/console/read/", {"document": "P" * size}, headers=HTMX), 400, 413, 422)
    many = "&".join(f"f{n}=1" for n in range(5_000))
    _fine(booth.post("/console/read/", many, content_type="application/x-www-form-urlencoded"), 400)
    _still_works(booth)


RAW = (
    ("application/x-www-form-urlencoded", b"document=%ff%fe%00%zz&direction=%C3%28"),
    ("application/x-www-form-urlencoded; charset=utf-16", "document=P<UTO".encode("utf-16")),
    ("application/x-www-form-urlencoded; charset=nonsense", b"document=P"),
    ("application/json", b'{"document": "P<UTO"}'),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\nP<UTO"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
    ("text/plain", b"\x00\xff"),
    ("", b"document=P"),
    ("nonsense", b"\xff" * 100),
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(RAW)))
def test_wrong_encodings_and_content_types(booth: Client, number: int) -> None:
    kind, body = RAW[number]
    for path in ("/console/read/", "/console/typed/", "/console/lanes/", "/sign-in/"):
        _fine(booth.generic("POST", path, body, content_type=kind), 200, 302, 400, 403, 415, 422)
    assert not Check.objects.exists()


FIELDS = ("surname", "given_names", "birth_date", "sex", "nationality", "document_type", "type", "issuing_state",
          "number", "document_number", "expiry_date", "expires", "place", "note", "reason", "next")  # fmt: skip
VALUES = ("\x00", "a" * 200_000, "1" * 5_000, "\ud7ff", "0000-00-00", "99999999999 13 45", "²³ 6 1991", "٨ ٦ ١٩٩١",
          "-1", "1e999", "x\r\nSet-Cookie: a=b", "//evil.example/", "=cmd|' /C calc'!A0", "a/b/c/d")  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_odd_values_in_every_field(booth: Client, editor: Client, value: str) -> None:
    data = dict.fromkeys(FIELDS, value)
    for path in ("/console/typed/", "/console/lanes/", "/own/place/", "/language/", "/theme/"):
        answer = booth.post(path, data)
        _fine(answer, 200, 302, 400, 403, 404, 409, 422)
        assert "evil.example" not in answer.get("Location", "")
        assert not any("\n" in text or "\r" in text for pair in answer.items() for text in pair)
    for path in ("/alerts/new/", "/lists/new/"):
        _fine(editor.post(path, {**data, "category": value, "code": value, "name": value}), 200, 400, 403, 422)


def test_odd_addresses_ids_and_methods(booth: Client, editor: Client) -> None:
    for path in ("/console/checks/no-id/", f"/console/checks/{uuid4()}/", f"/console/checks/{uuid4()}x/",
                 "/console/checks/%00/", "/%ff", "/..%2f..%2fetc/passwd", "/lists/../../etc/", "/lists/%0d%0aX/",
                 f"/lists/loads/{uuid4()}/", f"/lists/loads/{uuid4()}/refused.csv", f"/work/proposals/{uuid4()}/",
                 f"/second-line/{uuid4()}/", f"/console/checks/{uuid4()}/hits/99999999999999999999/dismiss/",
                 f"/accounts/{uuid4()}/", "/policy/versions/99999999999999999999/", "/?next=//evil.example"):  # fmt: skip
        for client in (booth, editor):
            _fine(client.get(path), 200, 302, 400, 403, 404, 405)
            _fine(client.post(path, {"reason": "x"}), 200, 302, 400, 403, 404, 405, 422)
    for method in ("put", "patch", "delete", "options", "head", "trace"):
        for path in ("/console/", "/console/read/", "/api/v1/ask", "/lists/"):
            assert getattr(booth, method)(path).status_code in (200, 400, 403, 405, 401), (method, path)
    _still_works(booth)


JSONS = (
    b"", b"{", b"[]", b"null", b"1e999", b"\xff\xfe", b'"' + b"a" * 10_000 + b'"', b"[" * 50_000, b'{"a":' * 20_000,
    b'{"purpose": "border-second-line", "reference": "x", "questions": [' + b'{"document":' * 5_000,
    json.dumps({"purpose": "\x00", "reference": "\x00", "questions": [{"name": "\x00"}]}).encode(),
    json.dumps({"purpose": "border-second-line", "reference": " ", "questions": [{"name": "A B"}]}).encode(),
    json.dumps({"purpose": 1, "reference": [], "questions": {}}).encode(),
    json.dumps({"purpose": "border-second-line", "reference": "x", "questions": [{"name": "a"}] * 1001}).encode(),
    json.dumps({"purpose": "border-second-line", "reference": "x", "questions": [{"birth_date": "9" * 30}]}).encode(),
    b'{"purpose": "border-second-line", "reference": "x", "questions": [{"name": "\\ud800 \\udfff"}]}',
    b'{"purpose": "border-second-line", "reference": "x\\r\\nX: y", "questions": [{"name": "Al Be", "sex": "Q"}]}',
    b'{"purpose": "border-second-line", "reference": "x", "questions": [{"name": "A B", "id": NaN}]}',
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(JSONS)))
def test_bad_json_to_the_api(second: Client, number: int) -> None:
    answer = second.post("/api/v1/ask", JSONS[number], content_type="application/json")
    text = _fine(answer, 400, 403, 413, 422)
    assert answer["Content-Type"].startswith("application/json"), text[:200]
    assert not Entry.objects.filter(kind__startswith="register").exists()


def test_too_much_json_and_other_types(second: Client) -> None:
    _fine(second.post("/api/v1/ask", b'"' + b"a" * 3_000_000 + b'"', content_type="application/json"), 400, 413, 422)
    for kind in ("text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        _fine(second.post("/api/v1/ask", b"<a/>", content_type=kind), 400, 403, 415, 422)
    _fine(second.post("/api/v1/mrz", json.dumps({"text": "\x00" * 4096}), content_type="application/json"), 200, 422)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY c%d "%s">' % (n, (b"&c%d;" % (n - 1) if n else b"&b;") * 10) for n in range(9))
    + b"]><CONSOLIDATED_LIST>&c8;</CONSOLIDATED_LIST>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>'
DEEP = b"<a>" * 200_000
NO_XML = b"\x00\xff\xfe\x00" * 1_000


def _ended(run: LoadRun) -> LoadRun:
    end = time.monotonic() + 60
    while run.state == "running" and time.monotonic() < end:
        time.sleep(0.1)
        run.refresh_from_db()
    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "content", [BOMB, OUTSIDE, DEEP, NO_XML, b""], ids=("bomb", "outside", "deep", "bytes", "empty")
)
def test_a_hostile_list_is_refused_and_the_old_one_stays(editor: Client, content: bytes) -> None:
    for source, name in (("notices-un-xml", "x.xml"), ("alerts-csv", "../../x\r\n.csv")):
        answer = editor.post(f"/lists/{source}/load/", {"file": SimpleUploadedFile(name, content)})
        _fine(answer, 302, 422)
        if answer.status_code == 422:
            continue
        run = _ended(LoadRun.objects.order_by("-started_at").first())
        assert run.state in ("failed", "refused"), (source, run.state)
        text = _fine(editor.get(answer["Location"]), 200)
        assert "root:" not in text


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "x\n=1"]
)
def test_cells_that_a_spreadsheet_would_run_are_text(cell: str) -> None:
    (_, line) = list(safe_csv.lines(["value"], [[cell]]))
    text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
    assert text.strip().strip('"').lstrip("\ufeff")[:1] not in ("=", "+", "-", "@", "\t", "\r", "＝")


# ---------- a full disk ----------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 48 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("A small disk can only be mounted by root.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_the_journal_stays_whole(small_disk: Path) -> None:
    import sys

    from xenia.site.bench import check as lane

    server = Server(small_disk / "home", XENIA_DEMO="1")
    server.log = small_disk.parent / "log"
    subprocess.run([sys.executable, "-m", "xenia.site.bench.prepare"], env=server.environment, check=True)
    try:
        server.start()
        password = json.loads((server.home / "demo-sign-ins.json").read_text())["amadi"]
        booth = lane.Lane(server.port, "amadi", password, "UTO-PM1/L1/entry")
        assert booth.check(passport(person()))
        filler = small_disk / "filler"
        _fill(filler)
        answers = [_read(booth) for _ in range(4)]
        assert {status for status, _ in answers} <= {200, 503} and answers[-1][0] == 503, answers
        said = answers[-1][1].decode()
        assert "was not recorded" in said and "work on paper" in said
        assert not [word for word in OURS if word in said]
        command = server.run("accounts", "add", "ann", "--name", "Ann")
        assert command.returncode == 1 and "was not recorded" in command.stderr, command.stderr
        filler.unlink()
        assert any(booth.check(passport(person())) or time.sleep(0.5) for _ in range(20))
        verified = server.run("journal", "verify")
        assert verified.returncode == 0, verified.stdout
        assert server.run("rebuild", "--check").returncode == 0
        assert b"Traceback" not in server.log.read_bytes()
    finally:
        server.stop()


def _read(booth: Any) -> tuple[int, bytes]:
    data = {"document": passport(person()), "csrfmiddlewaretoken": booth.token}
    answer: tuple[int, bytes] = booth._ask("POST", "/console/read/", data, htmx=True)
    return answer


def _fill(path: Path) -> None:
    """Until the disk takes not one byte more."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError:
                continue
