"""A request answered by keyboard: found, exported, proposed for erasure; accessible in light and dark."""

import json

import pytest

from tests.browser.test_every_page import faults, open_as, too_wide
from xenia.work.models import Proposal

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar")])
def test_a_request_is_answered(lasting_world, live_server, browser, scheme, language, settings):
    settings.XENIA_DEMO = True  # signs in without a second factor
    world = lasting_world
    world.check("Quillfeather", "Orsolya", "X0000017")
    with open_as(browser, live_server.url, "dpo", scheme, language) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/subjects/")
        page.locator("#id_surname").fill("Quillfeather")
        page.locator("#id_given_names").fill("Orsolya")
        page.locator("#id_reference").fill("DSR-17")
        page.locator("#id_reference").press("Enter")
        page.locator("#found").wait_for()
        assert page.locator("tbody tr").count() == 1
        assert not faults(page, "found") and not too_wide(page, "found")
        with page.expect_download() as download:
            page.locator("tbody button").press("Enter")
        copy = json.loads(download.value.path().read_text(encoding="utf-8"))
        assert "identity" in copy["rooms"]
        page.locator("input[type=checkbox]").press("Space")
        page.locator("#id_why").fill("asked in writing")
        page.locator("#erase button").press("Enter")
        page.locator("h1").wait_for()
        assert Proposal.objects.get(action="subject.erase").state == "waiting"
        assert not faults(page, "proposed")
