"""A change of policy, by data only, takes a field from a role in every place where that role reads it."""

from __future__ import annotations

import argparse
import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client

from tests.frontier.conftest import alert, at_lane, passport, person, post
from xenia.access import actions as access
from xenia.access import epochs
from xenia.access.models import PolicyVersion
from xenia.access.standing import Standing
from xenia.commands import Call
from xenia.frontier import actions as frontier
from xenia.frontier.models import Check
from xenia.frontier.second.models import HitCase
from xenia.registers.live.models import LiveRecord
from xenia.site import cli
from xenia.work.models import WorkItem

__all__ = ["alert", "at_lane", "post"]

SPELLED = "Zelwickhem"  # as the alert has it; the document says Zelwickham
PASSWORD = "amber-birch-cedar-delta-7"
QUESTION = {"id": "1", "surname": "Zelwickham", "given_names": "Oda", "birth_date": "1991-06-08", "sex": "F"}
PURPOSE = "border-second-line"


def _change(register: str, purpose: str, **fields: Any) -> None:
    """A new version of the policy: the same rows, some with other values."""
    last = PolicyVersion.objects.order_by("-number")[0]
    content, hit = copy.deepcopy(last.content), 0
    for row in content["rows"]:
        if (row["register"], row["purpose"]) == (register, purpose):
            row.update(fields)
            hit += 1
    assert hit
    values = {field.attname: getattr(last, field.attname) for field in PolicyVersion._meta.concrete_fields}
    PolicyVersion.objects.create(
        **{**values, "number": last.number + 1, "content": content, "hash": f"{last.number:064x}"}
    )
    epochs.bump("policy")


def _browser(name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": name, "password": PASSWORD})
    session = client.session
    session["second_factor"], session["post"] = True, "UTO-T1"
    session.save()
    return client


def _command(*words: str, typed: str = "") -> str:
    out, err = io.StringIO(), io.StringIO()
    code = cli.run([*words], Call(argparse.Namespace(), io.BytesIO(typed.encode()), out, err), Path.cwd())
    assert code == 0, err.getvalue()
    return out.getvalue()


@pytest.fixture
def places(at_lane: Callable[..., Standing], alert: Callable[..., str]) -> dict[str, Callable[[], str]]:
    """Where a second-line officer reads an alert: each gives its text as it is now."""
    alert(person("UX7777777", SPELLED, "Oda"), "REF-B")
    first = at_lane("first")
    check = frontier.check_text(first, "L1", passport(person("UX1111111", "Zelwickham", "Oda")), "entry")
    frontier.refer(first, check.id, "")
    referral = f"/second-line/{WorkItem.objects.get().id}/"
    second, asked = _browser("second"), {"purpose": PURPOSE, "reference": "T-1", "questions": [QUESTION]}

    def page() -> str:
        answer = second.get(referral)
        assert answer.status_code == 200
        return answer.content.decode()

    def api() -> str:
        answer = second.post("/api/v1/ask", json.dumps(asked), content_type="application/json")
        assert answer.status_code == 200
        return answer.content.decode()

    def command() -> str:
        line = json.dumps(QUESTION) + "\n"
        return _command("ask", "--purpose", PURPOSE, "--reference", "T-1", "--as", "second", typed=line)

    return {"page": page, "api": api, "command": command}


def test_a_role_loses_a_field_on_page_api_and_command_line_at_once(places: dict[str, Callable[[], str]]) -> None:
    assert {name for name, read in places.items() if SPELLED in read()} == set(places)
    _change("alerts", PURPOSE, groups=["flag", "instruction"])
    seen = {name: read() for name, read in places.items()}
    assert [name for name, text in seen.items() if SPELLED.lower() in text.lower()] == []
    assert len(json.loads(seen["command"])["hits"]) == len(json.loads(seen["api"])["answers"][0]["hits"]) == 1


def test_a_role_loses_a_register_in_find_and_export_at_once(alert: Callable[..., str]) -> None:
    alert(person("UX7777777", SPELLED, "Oda"), "REF-B")
    subject = str(LiveRecord.objects.get().id)
    officer = access.make_account(
        access.operator_standing("operator"), "keeper", "Keeper", authority="UTO-BG", password=PASSWORD
    )
    access.give_role(access.operator_standing("operator"), officer.account.pk, "data-protection-officer", post=None)
    find = ("subject", "find", "--surname", SPELLED, "--given-names", "Oda", "--reference", "T-1", "--as", "keeper")
    export = ("subject", "export", subject, "--reference", "T-1", "--as", "keeper")
    assert SPELLED in _command(*find) and SPELLED in _command(*export)
    _change("alerts", "data-subject-request", outcome="deny", groups=[], handling=[], categories=[])
    out, err = io.StringIO(), io.StringIO()
    for words in (find, export):
        cli.run([*words], Call(argparse.Namespace(), io.BytesIO(), out, err), Path.cwd())
    assert SPELLED not in out.getvalue()


def test_what_is_printed_of_a_refusal_holds_no_field_of_a_register(places: dict[str, Callable[[], str]]) -> None:
    """The form that the traveller is handed says what was decided, never what an alert says."""
    second, item = _browser("second"), WorkItem.objects.get()
    assert second.post(f"/second-line/{item.id}/claim/").status_code == 302
    compared = {"task": "compare", "choice": "same"}
    assert second.post(f"/second-line/hits/{HitCase.objects.get().id}/", compared).status_code == 302
    posted = second.post(
        f"/second-line/{item.id}/refuse/", {"reasons": ["E"], "detail_E": "ticket", "comments": "Invented"}, follow=True
    )
    form = posted.content.decode()
    assert posted.status_code == 200 and "ZELWICKHAM" in form.upper()
    assert SPELLED.lower() not in form.lower()
    letter = second.get(f"/console/checks/{Check.objects.get().id}/refusal/letter.pdf?language=en")
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter.content)).pages)
    assert "ZELWICKHAM" in printed.upper() and SPELLED.lower() not in printed.lower()
