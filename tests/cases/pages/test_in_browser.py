"""The pages of cases in a real browser: nothing for axe to find, a phone's width, light and dark, and no script needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.test_every_page import checked, faults
from tests.cases.engine import FORM
from tests.cases.pages.conftest import APPLICATION, photographed
from tests.cases.pages.conftest import browser as signed_in
from tests.cases.pages.test_following import newer
from tests.people import World, build
from xenia.cases import actions
from xenia.cases.models import Case
from xenia.exchange.models import Partner

__all__ = ["newer"]
pytestmark = pytest.mark.browser
NEW = "/cases/new/readmission/create/"


@pytest.fixture
def people(transactional_db: None, settings: Any) -> World:
    """A state that is a party to agreements, and the authority of another."""
    settings.XENIA_STATE = "CHE"
    made = build()
    Partner.objects.create(address="AZE/SMS", name="Migration Service", state="AZE", opened_at=timezone.now())
    return made


def _opened(browser: Browser, world: World, url: str, scheme: str, language: str, **more: Any) -> BrowserContext:
    client = signed_in(world, "lead", "case-lead", "UTO-MG")
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **more)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [
            {"name": name, "value": client.cookies[name].value, "url": url},
            {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url},
        ]
    )
    return context


@pytest.fixture
def plain(browser: Browser, people: World, live_server: Any) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    context = _opened(browser, people, live_server.url, "light", "en", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("scheme", "language"), [("light", "ar"), ("dark", "en")])
def test_the_pages_of_a_family_and_of_another_version(
    browser: Browser, people: World, live_server: Any, newer: Callable[..., None], scheme: str, language: str
) -> None:
    context = _opened(browser, people, live_server.url, scheme, language, viewport={"width": 1280, "height": 800})
    standing = people.standing("lead", "case-lead", authority="UTO-MG")
    family = {**APPLICATION, "family": [{"relation": "child", "surname": "Qvistgaard", "given_names": "Ottilie"}]}
    said: dict[str, Any] = {"side": "requesting", "profile": "CH-AZ", "counterpart": "AZE/SMS"}
    main = actions.start(standing, "readmission", form=family, **said)
    child = actions.start(standing, "readmission", form=APPLICATION, parent=main.pk, **said)
    old = actions.start(standing, "permit", form=FORM)
    newer(("draft", "sketch"))
    page, found, where = context.new_page(), [], f"{scheme} {language}"
    member, version = f"{live_server.url}/cases/{main.pk}/member/create/", f"{live_server.url}/cases/{old.pk}/version/"
    for at in (f"/cases/{main.pk}/", f"/cases/{child.pk}/", f"/cases/{old.pk}/", "/cases/procedures/permit/"):
        found += checked(page, live_server.url + at, where)
    for at, button in ((member, "form.stack-l button.first"), (version, "form.stack-l button.first")):
        found += checked(page, at, where)
        page.click(button)
        page.wait_for_selector(".errors")
        found += faults(page, f"{where}: {at} with errors")
        assert page.evaluate("document.activeElement.className") == "errors"
    page.goto(member)
    page.check("[value='family.0']")
    page.click("form.stack-l button.first")
    page.wait_for_url("**/member/create/0/")
    found += faults(page, f"{where}: the form of a member")
    found += checked(page, f"{member}check/", where)
    context.close()
    assert found == []


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar")])
def test_every_page_of_cases(browser: Browser, people: World, live_server: Any, scheme: str, language: str) -> None:
    context = _opened(browser, people, live_server.url, scheme, language, viewport={"width": 1280, "height": 800})
    standing = people.standing("lead", "case-lead", authority="UTO-MG")
    case = actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=APPLICATION
    )
    actions.note(standing, case.pk, "Invented note.")
    page, found = context.new_page(), []
    page.goto(live_server.url + NEW)
    page.select_option("[name=profile]", "CH-AZ")
    page.select_option("[name=counterpart]", "AZE/SMS")
    page.click("form.stack-l button.first")
    here = f"/cases/{case.pk}/"
    found += checked(page, live_server.url + here, f"{scheme} {language}, without a photograph")
    photographed(standing, case)
    for at in (
        "/cases/", "/cases/new/", "/cases/import/", "/cases/export/", "/cases/procedures/",
        "/cases/procedures/readmission/", here, f"{here}print/", f"{here}assign/", f"{here}do/submit/check/",
        NEW, *(f"{NEW}{number}/" for number in range(6)), f"{NEW}check/",
    ):  # fmt: skip
        found += checked(page, live_server.url + at, f"{scheme} {language}")
    page.goto(live_server.url + NEW + "1/")
    page.click("form.stack-l button.btn.first")
    page.wait_for_selector(".errors")
    found += faults(page, "a form with errors")
    context.close()
    assert found == []


def test_a_case_is_opened_without_script(plain: Page, live_server: Any) -> None:
    plain.goto(live_server.url + "/cases/new/")
    plain.get_by_role("link", name="Readmission: New application", exact=True).click()
    plain.select_option("[name=profile]", "CH-AZ")
    plain.select_option("[name=counterpart]", "AZE/SMS")
    plain.get_by_role("button", name="Continue").click()
    plain.get_by_label("National of the requested state").check()
    plain.get_by_role("button", name="Save and continue").last.click()
    plain.get_by_label("Given names").fill("Idris")
    plain.get_by_label("Nationality", exact=True).fill("aze")
    plain.get_by_label("Given names").press("Enter")
    assert plain.title().startswith("Error:")
    plain.get_by_role("link", name="Surname: the answer is missing").click()
    plain.locator("[name='person.surname']").fill("Quillsworthy")
    plain.locator("[name='person.surname']").press("Enter")
    plain.get_by_role("link", name="Family").click()
    plain.get_by_role("button", name="Add one").click()
    plain.get_by_role("button", name="Add another").click()
    plain.get_by_role("button", name="Remove").first.click()
    plain.get_by_role("button", name="Remove").click()
    plain.get_by_role("link", name="Check the answers").click()
    assert "Quillsworthy" in plain.content()
    plain.get_by_role("button", name="New application").click()
    plain.wait_for_url("**/cases/*-*/")
    assert Case.objects.get().state == "draft"
    assert "Send the application" in plain.content()
