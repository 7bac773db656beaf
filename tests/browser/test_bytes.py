"""What a page and a check weigh on the wire."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import expect

from tests.browser.conftest import CHOOSING, CLEAR, STOLEN
from xenia.site.templatetags.xenia import register as _tags  # noqa: F401 - the tag library is part of what is shown

FIRST_VIEW = 100_000
ONE_CHECK = 5_000
SHEET = 15_000


def weight(client: Client, path: str) -> int:
    """Bytes of body and headers of an answer, compressed as a browser asks for it."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(body) + sum(len(name) + len(value) + 4 for name, value in answer.items())


def test_the_sheet_is_small(project):
    sheet = (project / "src" / "xenia" / "site" / "static" / "xenia" / "look.css").read_bytes()
    assert len(gzip.compress(sheet, 9)) < SHEET


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_first_view_is_light(officer, language):
    asked: set[str] = set()
    officer.page.on("request", lambda request: asked.add(request.url))
    officer.page.context.add_cookies(
        [{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": officer.url}]
    )
    officer.sign_in("ada")
    expect(officer.page.locator(CHOOSING)).to_have_count(1)
    asked.clear()
    officer.press("1")
    officer.page.wait_for_url("**/console/")
    officer.page.wait_for_load_state("networkidle")
    cookies = {one["name"]: one["value"] for one in officer.page.context.cookies()}
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    paths = {urlsplit(url).path for url in asked} - {"/console/lanes/"}
    # What is asked before is not asked again: count all that a cold browser needs for this page.
    paths |= {"/static/xenia/look.css", "/static/xenia/token.svg", "/static/xenia/fonts/firago-latin-400.woff2"}
    paths |= {"/static/xenia/fonts/firago-latin-600.woff2"}
    if language == "ar":
        paths |= {f"/static/xenia/fonts/firago-arabic-{weight}.woff2" for weight in (400, 600)}
    weights = {path: weight(client, path) for path in paths}
    assert sum(weights.values()) < FIRST_VIEW, weights


@pytest.mark.browser
@pytest.mark.parametrize("who", [CLEAR, STOLEN])
def test_a_check_is_small_each_way(officer, who):
    officer.at_lane("ada")
    with officer.page.expect_request_finished(lambda request: request.url.endswith("/console/read/")) as finished:
        officer.scan(who)
    sizes = finished.value.sizes()
    assert sizes["requestBodySize"] + sizes["requestHeadersSize"] < ONE_CHECK, sizes
    assert sizes["responseBodySize"] + sizes["responseHeadersSize"] < ONE_CHECK, sizes
