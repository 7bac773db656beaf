"""Exports: two persons, only the proposer opens the file, 24 hours, every download on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.registers.samples import BODIES
from tests.registers.test_entered import enter
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound, XeniaError
from xenia.journal.models import BlobReference, Entry, EntrySubject
from xenia.registers import exports
from xenia.work import proposals
from xenia.work.models import Proposal

Stand = Callable[..., Standing]
VEHICLES = "registers.vehicles"


def asked(at_lane: Stand, form: str = "csv", **filters: str) -> Proposal:
    return exports.ask(at_lane("editor", None), VEHICLES, filters, form, reason="For court", reference="external:7")


def test_a_list_leaves_by_two_persons_and_the_download_names_its_records(at_lane: Stand) -> None:
    record, editor = enter(at_lane, "vehicles"), at_lane("editor", None)
    made = asked(at_lane)
    with pytest.raises(Conflict):
        exports.download(editor, made.pk)
    proposals.approve(at_lane("approver", None), made.pk)
    assert not BlobReference.objects.exists(), "nothing is made before its proposer opens it"
    first = exports.download(editor, made.pk)
    assert first.rows == 1 and "UX 555" in first.data.decode() and first.media_type.startswith("text/csv")
    for entry in Entry.objects.filter(kind="register.exported"):
        assert entry.purpose == "alert-management" and entry.actor == editor.actor
        assert set(EntrySubject.objects.filter(entry_id=entry.id).values_list("subject", flat=True)) == {record}


def test_the_second_download_gives_the_very_file_that_left_first(at_lane: Stand) -> None:
    enter(at_lane, "vehicles")
    editor, made = at_lane("editor", None), asked(at_lane, "xlsx")
    proposals.approve(at_lane("approver", None), made.pk)
    first = exports.download(editor, made.pk)
    enter(at_lane, "vehicles", plate="UX 556", vin="")
    assert exports.download(editor, made.pk).data == first.data and first.data[:2] == b"PK"
    assert Entry.objects.filter(kind="register.exported").count() == 2
    assert BlobReference.objects.get().purpose == "export"


def test_nobody_else_opens_it_and_nobody_approves_the_own(at_lane: Stand) -> None:
    enter(at_lane, "vehicles")
    made, approver = asked(at_lane), at_lane("approver", None)
    with pytest.raises(XeniaError):
        proposals.approve(at_lane("editor", None), made.pk)
    proposals.approve(approver, made.pk)
    with pytest.raises(NotFound):
        exports.download(approver, made.pk)
    with pytest.raises(NotAllowed):
        exports.ask(at_lane("second"), VEHICLES, {}, "csv", reason="x", reference="external:1")


def test_after_24_hours_it_is_over_and_its_file_is_gone(at_lane: Stand) -> None:
    enter(at_lane, "vehicles")
    editor, made = at_lane("editor", None), asked(at_lane)
    proposals.approve(at_lane("approver", None), made.pk)
    exports.download(editor, made.pk)
    past = timezone.now() - exports.KEPT
    Proposal.objects.filter(pk=made.pk).update(closed_at=past)
    BlobReference.objects.update(made_at=past - timedelta(seconds=1))
    with pytest.raises(Conflict):
        exports.download(editor, made.pk)
    assert exports.forget_old() == 1 and exports.forget_old() == 0
    assert not BlobReference.objects.exists()
    assert [one.state for one in exports.mine(editor)] == ["over"]


def test_filters_narrow_it_and_unknown_ones_are_refused(at_lane: Stand) -> None:
    enter(at_lane, "vehicles")
    editor, made = at_lane("editor", None), asked(at_lane, category="evidence")
    proposals.approve(at_lane("approver", None), made.pk)
    assert exports.download(editor, made.pk).rows == 0
    for wrong in ({"colour": "red"}, {}):
        with pytest.raises(BadInput):
            exports.ask(editor, VEHICLES, wrong, "csv" if wrong else "exe", reason="x", reference="external:1")


def test_more_records_than_a_file_holds_do_not_leave(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(at_lane, "vehicles")
    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    editor, made = at_lane("editor", None), asked(at_lane)
    proposals.approve(at_lane("approver", None), made.pk)
    with pytest.raises(BadInput):
        exports.download(editor, made.pk)


def test_every_register_has_its_export_with_cells_for_its_columns(at_lane: Stand) -> None:
    editor = at_lane("editor", None)
    for register in BODIES:
        enter(at_lane, register)
        one = exports.export_named(f"registers.{register}")
        (row,) = one.rows(editor, {})
        assert len(row) == len(one.columns) and isinstance(row, exports.About) and isinstance(row.subject, UUID)


def test_the_pages_ask_wait_and_hand_over(at_lane: Stand) -> None:
    enter(at_lane, "vehicles")
    client = Client()
    client.post("/sign-in/", {"login": "editor", "password": "amber-birch-cedar-delta-7"})
    session = client.session
    session["second_factor"] = True
    session.save()
    assert client.get("/registers/exports/").status_code == 200
    address = f"/registers/exports/{VEHICLES}/"
    assert client.get(address).status_code == 200 and client.post(address, {}).status_code == 422
    form = {"format": "csv", "why": "For court", "file_reference": "7", "category": "stolen"}
    assert client.post(address, form).status_code == 302
    made = Proposal.objects.get(action=exports.ACTION)
    file = f"/registers/exports/{made.pk}/file/"
    assert client.post(file).status_code == 409
    proposals.approve(at_lane("approver", None), made.pk)
    assert "Open the file" in client.get("/registers/exports/").content.decode()
    answer = client.post(file)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store" and b"UX 555" in answer.content
