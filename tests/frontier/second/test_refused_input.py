"""What second line refuses comes back on the same page: why at the top and at the field, and all that was typed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.frontier.conftest import POST, person
from tests.frontier.second.conftest import PASSWORD, browser
from xenia.access import actions as access
from xenia.access import place_actions
from xenia.errors import BadInput
from xenia.frontier import actions, referrals
from xenia.frontier.models import Crossing
from xenia.frontier.second.models import HitCase, HitStep, InterviewNote, Photograph


@pytest.fixture
def taken(refer, alert, at_lane):
    foreigner = person(nationality="IND")
    alert(foreigner, "REF-B")
    made = refer(foreigner)
    actions.claim_referral(at_lane("second", None), made.item.id)
    return made


def again(answer) -> str:
    """The page of the referral once more, with the summary that takes the focus."""
    page = answer.content.decode()
    assert answer.status_code == 422, page
    assert 'class="errors" role="alert" tabindex="-1" autofocus' in page and "<title>Error:" in page
    assert "HALVORSEN" in page and "To the first page" not in page
    return page


def test_a_step_without_words_keeps_the_page(taken):
    case, client = HitCase.objects.get(), browser("second", POST)
    step = f"/second-line/hits/{case.id}/"
    page = again(client.post(step, {"task": "compare", "choice": "not-same", "text": "  "}))
    assert f'<a href="#text-{case.id}">This step needs words.' in page
    assert f'aria-describedby="text-{case.id}-error"' in page
    page = again(client.post(step, {"task": "compare", "choice": "no-such", "text": "A scar <b>."}))
    assert f'<a href="#choice-{case.id}">Choose one of the answers.' in page and "A scar &lt;b&gt;.</textarea>" in page
    page = again(client.post(step, {"task": "compare", "choice": "not-same", "text": "y" * 4001}))
    assert "y" * 4001 in page and not HitStep.objects.exists()


def test_a_note_without_words_or_too_long_keeps_the_page(taken):
    client, address = browser("second", POST), f"/second-line/{taken.item.id}/note/"
    page = again(client.post(address, {"text": " ", "question": ""}))
    assert '<a href="#interview_text">Write what was said or seen' in page and 'id="interview_text_error"' in page
    assert "z" * 4001 in again(client.post(address, {"text": "z" * 4001}))
    assert not InterviewNote.objects.exists()


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"", None])
def test_what_is_no_photograph_keeps_the_page(taken, data):
    client, address = browser("second", POST), f"/second-line/{taken.item.id}/photograph/"
    sent = {"page": "visa"} | ({"file": SimpleUploadedFile("bad.jpg", data)} if data is not None else {})
    page = again(client.post(address, sent))
    assert '<a href="#photograph_file">' in page and 'id="photograph_file_error"' in page
    assert '<option value="visa" selected>' in page and not Photograph.objects.exists()


def test_a_hand_over_that_is_refused_keeps_the_page(taken, monkeypatch):
    client, address = browser("second", POST), f"/second-line/{taken.item.id}/hand-over/"
    page = again(client.post(address, {"note": "She is ill."}))
    assert "Choose to whom" in page and "She is ill.</textarea>" in page
    choice = page.split('name="to" value="')[1].split('"')[0]

    def refuse(*given, **more):
        raise BadInput("This is not answered by handing over.", code="referral-outcome")

    monkeypatch.setattr(referrals, "hand_over", refuse)
    monkeypatch.setattr(referrals, "answer_referral", refuse)
    page = again(client.post(address, {"to": choice, "note": "She is ill."}))
    assert "This is not answered by handing over." in page and "She is ill.</textarea>" in page


def test_a_reason_that_is_not_open_keeps_the_form(taken):
    client, address = browser("second", POST), f"/second-line/{taken.item.id}/refuse/"
    page = again(client.post(address, {"reasons": ["H"], "detail_H": ["national"], "comments": "Ban runs."}))
    assert "Ban runs.</textarea>" in page and not Crossing.objects.exists()


@pytest.mark.parametrize("field", ["document_issued_on", "visa_valid_from", "visa_valid_until"])
@pytest.mark.parametrize("typed", ["32.13.2026", "2026", "tomorrow", "29 2 2027"])
def test_a_date_that_is_none_keeps_the_form_of_a_refusal(taken, field, typed):
    client, address = browser("second", POST), f"/second-line/{taken.item.id}/refuse/"
    page = again(client.post(address, {"reasons": ["E"], "detail_E": "return ticket", field: typed}))
    assert f'<a href="#id_{field}">' in page and f'id="id_{field}_error"' in page and f'value="{typed}"' in page
    assert '<details class="aside" open>' in page and "return ticket" in page


def test_an_officer_of_several_posts_is_led_to_choose_one(client, post):
    operator = access.operator_standing("operator")
    place_actions.make_post(operator, "UTO-T2", "Second", authority="UTO-BG", zone="Asia/Tbilisi", border="land")
    made = access.make_account(operator, "both", "Both", authority="UTO-BG", password=PASSWORD)
    for one in (post, "UTO-T2"):
        access.give_role(operator, made.account.pk, "second-line-officer", post=one)
    client.post("/sign-in/", {"login": "both", "password": PASSWORD})
    session = client.session
    session["second_factor"] = True
    session.save()
    for path in ("/second-line/", "/registers/alerts/"):
        page = client.get(path).content.decode()
        assert "Choose your post first." in page and "Your roles do not include" not in page, path
        assert f"/own/place/?next={path.replace('/', '%2F')}" in page
