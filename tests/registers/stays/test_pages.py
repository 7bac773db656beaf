"""The pages of stays: found, read and written down, corrected by proposal, cut to what the purpose opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tests.registers.stays.conftest import POST, traveller
from xenia.access import actions as access
from xenia.journal.models import Entry, EntrySubject
from xenia.registers import exports
from xenia.registers.stays import kinds, overstays
from xenia.registers.stays.models import StayFile, StayRecord
from xenia.work import proposals
from xenia.work.models import Proposal

PASSWORD = "amber-birch-cedar-delta-7"


def signed_in(role: str, name: str, post: str | None = POST) -> Client:
    operator = access.operator_standing("operator")
    made = access.make_account(operator, name, name.title(), authority="UTO-BG", password=PASSWORD)
    access.give_role(operator, made.account.pk, role, post=POST)
    client = Client()
    client.post("/sign-in/", {"login": name, "password": PASSWORD})
    session = client.session
    session["second_factor"], session["post"] = True, post
    session.save()
    return client


@pytest.fixture
def second(post):
    return signed_in("second-line-officer", "ines")


@pytest.fixture
def boss(post):
    return signed_in("shift-supervisor", "boss")


def named() -> set[str]:
    """Files that the latest read entry names."""
    entry = Entry.objects.filter(kind=kinds.SHOWN).order_by("-id").first()
    return (
        {str(one) for one in EntrySubject.objects.filter(entry=entry).values_list("subject", flat=True)}
        if entry
        else set()
    )


def test_who_is_inside_is_listed_and_the_read_written_down(enter, leave, second):
    enter(traveller(), "2026-10-01")
    enter(traveller("BERG", "OLE", "XA0000001"), "2026-10-01")
    leave(traveller("BERG", "OLE", "XA0000001"), "2026-10-05")
    text = second.get("/stays/").content.decode()
    assert "LIND, ASTA" in text
    assert "BERG" not in text
    assert named() == {str(StayRecord.objects.get(state="open").file_id)}
    assert "BERG, OLE" in second.get("/stays/?view=recent").content.decode()


def test_empty_lists_say_so(second):
    assert "No stay is recorded here." in second.get("/stays/").content.decode()
    assert "Nobody has stayed too long." in second.get("/stays/overstayers/").content.decode()


def test_pages_follow_each_other_without_a_gap(enter, second):
    for number in range(27):
        enter(traveller(f"NAME{chr(65 + number)}", "X", f"XA00000{number:02d}"), "2026-10-01")
    first = second.get("/stays/")
    rows = list(first.context["page"].rows)
    after = first.context["page"].next
    more = list(second.get(f"/stays/?after={after}").context["page"].rows)
    assert (len(rows), len(more)) == (25, 2)
    assert len({one.stay for one in rows + more}) == 27


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "Lind Asta", "birth_date": "17 5 1990"},
        {"document_number": "XA1234567", "document_state": "XXB"},
        {"document_number": "XA1234567"},
    ],
)
def test_a_search_finds_by_name_and_by_document(enter, second, asked):
    enter(traveller(), "2026-10-01")
    answer = second.post("/stays/", asked)
    assert "LIND, ASTA" in answer.content.decode()
    assert named() == {str(StayFile.objects.get().id)}


def test_a_search_that_finds_nothing_is_written_down_too(second):
    assert "Nobody was found." in second.post("/stays/", {"name": "Nobody"}).content.decode()
    assert Entry.objects.filter(kind=kinds.SHOWN).count() == 1


def test_a_search_for_nothing_is_an_error(second):
    answer = second.post("/stays/", {})
    assert answer.status_code == 422
    assert "Enter a name or a document number" in answer.content.decode()


def test_one_person_with_ruler_history_and_print(enter, leave, second):
    enter(traveller(), "2026-10-01", basis="visa", visa_sticker="VS1234567")
    file = StayFile.objects.get().id
    text = second.get(f"/stays/{file}/").content.decode()
    for words in ("LIND, ASTA", "XA1234567", "VS1234567", 'class="ruler"', "Entry recorded"):
        assert words in text
    sheet = second.get(f"/stays/{file}/print/").content.decode()
    assert "XA1234567" in sheet and '<body class="a4">' in sheet
    assert named() == {str(file)}


def test_a_supervisor_sees_no_more_than_the_purposes_open(enter, boss):
    enter(traveller(), "2026-10-01")
    assert boss.get(f"/stays/{StayFile.objects.get().id}/").status_code == 200


@pytest.mark.parametrize("role", ["first-line-officer", "alert-editor", "auditor", "administrator"])
def test_other_roles_stay_outside(enter, role):
    enter(traveller(), "2026-10-01")
    client = signed_in(role, "walker")
    assert client.get("/stays/").status_code in (302, 403)
    assert client.get(f"/stays/{StayFile.objects.get().id}/").status_code in (302, 403)


def test_a_file_of_an_asylum_owner_does_not_exist_for_the_border(enter, second):
    from xenia.access import place_actions

    place_actions.make_authority(access.operator_standing("operator"), "UTO-AS", "Asylum", kind="asylum")
    enter(traveller(), "2026-10-01")
    StayFile.objects.update(owner="UTO-AS")
    file = StayFile.objects.get().id
    assert second.get(f"/stays/{file}/").status_code == 404
    assert "LIND" not in second.get("/stays/").content.decode()
    assert "Nobody was found." in second.post("/stays/", {"name": "Lind Asta"}).content.decode()


def test_overstayers_and_their_filters(enter, leave, boss):
    today = datetime.now(UTC).date()
    enter(traveller(), (today - timedelta(days=120)).isoformat())
    enter(traveller("BERG", "OLE", "XA0000001", nationality="UTO"), (today - timedelta(days=95)).isoformat())
    enter(traveller("MOE", "IDA", "XA0000002"), today.isoformat())
    overstays.mark()
    names = [one.person.name for one in boss.get("/stays/overstayers/").context["page"].rows]
    assert names == ["LIND, ASTA", "BERG, OLE"]
    for asked, wanted in (
        ("nationality=uto", ["BERG, OLE"]),
        ("days=20", ["LIND, ASTA"]),
        (f"post={POST}", names),
        ("state=left", []),
        ("days=nonsense&post=nowhere&state=odd", names),
        ("after=nonsense", names),
    ):
        rows = boss.get(f"/stays/overstayers/?{asked}").context["page"].rows
        assert [one.person.name for one in rows] == wanted, asked
    leave(traveller(), today.isoformat())
    assert [one.person.name for one in boss.get("/stays/overstayers/?state=left").context["page"].rows] == [
        "LIND, ASTA"
    ]


def test_the_list_of_overstayers_leaves_by_two_persons(enter, at_lane, boss):
    from xenia.access import standing

    today = datetime.now(UTC).date()
    enter(traveller(), (today - timedelta(days=120)).isoformat())
    overstays.mark()
    assert "stays.overstayers" in boss.get("/stays/overstayers/").content.decode()
    asking = standing.by_name("boss", POST)
    made = exports.ask(
        asking, "stays.overstayers", {"state": "inside"}, "csv", reason="For the ministry", reference="external:1"
    )
    proposals.approve(at_lane("approver", None), made.pk)
    shown = Entry.objects.filter(kind=kinds.SHOWN).count()
    assert b"LIND, ASTA" in exports.download(asking, made.pk).data
    read = Entry.objects.get(kind="register.exported")
    assert [one.subject for one in read.about.all()] == [StayFile.objects.get().id]
    assert Entry.objects.filter(kind=kinds.SHOWN).count() == shown


def test_a_correction_is_proposed_from_the_page(enter, second, boss):
    enter(traveller(), "2026-01-01")
    enter(traveller(), "2026-06-01")
    stay = StayRecord.objects.get(state="missing-exit")
    address = f"/stays/{stay.file_id}/stays/{stay.id}/correct/"
    assert "No exit recorded" in second.get(address).content.decode()
    data = {"entry_on": "1 1 2026", "exit_on": "20 1 2026", "authorised_until": "", "basis": "short-stay"}
    assert second.post(address, data).status_code == 422
    data |= {"reason": "Stamp of the neighbouring post", "reference": "12/2026"}
    assert second.post(address, data | {"exit_on": "20 1 2025"}).status_code == 422
    assert second.post(address, data).status_code == 302
    made = Proposal.objects.get(action="stays.correct")
    from xenia.access import standing

    proposals.approve(standing.by_name("boss", POST), made.pk)
    stay.refresh_from_db()
    assert (stay.state, stay.exit_on) == ("corrected", date(2026, 1, 20))


def test_linking_and_parting_from_the_page(enter, second):
    enter(traveller(), "2026-01-01")
    enter(traveller(number="XB7654321"), "2026-06-01")
    one, two = StayFile.objects.order_by("recorded_at")
    data = {"document_state": "xxb", "document_number": "XB7654321", "reason": "Renewed", "reference": "1"}
    assert second.post(f"/stays/{one.id}/link/", data | {"document_number": "nothing"}).status_code == 422
    assert second.post(f"/stays/{one.id}/link/", data).status_code == 302
    assert second.post(f"/stays/{one.id}/part/", {"reason": "x", "reference": "1"}).status_code == 422
    from xenia.access import standing

    operator = access.operator_standing("operator")
    made = access.make_account(operator, "boss", "Boss", authority="UTO-BG", password=PASSWORD)
    access.give_role(operator, made.account.pk, "shift-supervisor", post=POST)
    proposals.approve(standing.by_name("boss", POST), Proposal.objects.get(action="stays.link").pk)
    assert "XB7654321" in second.get(f"/stays/{one.id}/").content.decode()
    assert second.post(f"/stays/{one.id}/part/", {"reason": "x", "reference": "1"}).status_code == 302


def test_unknown_files_are_not_found(second):
    assert second.get("/stays/01900000-0000-7000-8000-000000000009/").status_code == 404


def test_statements_of_a_page_do_not_grow_with_its_rows(enter, second, django_assert_max_num_queries):
    for number in range(12):
        enter(traveller(f"NAME{chr(65 + number)}", "X", f"XA00000{number:02d}"), "2026-10-01")
    second.get("/stays/")
    with django_assert_max_num_queries(14):
        second.get("/stays/")
