"""The list pages that need something to show: columns of an example, a report, watched folders, a change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page

from tests import people
from tests.browser.test_every_page import MODES, checked, open_as
from xenia.journal.actions import writing
from xenia.registers.lists import actions, incoming, sources
from xenia.registers.lists.models import LoadRun
from xenia.registers.lists.sources import Source

pytestmark = pytest.mark.browser
HEADING = "record_id,surname,given_names,birth_date,category"
EXAMPLE = (
    "Number;Family name;First name;Date of birth;Hair\n7;ZORBEK;Tamriko;12.08.1974;red\n8;PRUEBA;Ana;31.02.1980;\n"
)


@pytest.fixture
def folder(world: people.World, tmp_path: Path) -> Iterator[Path]:
    """Two versions of a source that loads by itself, one of them tried, and a file that is still being copied."""
    file = tmp_path / "today.csv"
    with writing():
        source = Source("police-alerts", "alerts", "csv", "Alerts of the police", "UTO-BG", by_itself=True)
        sources.install(source, world.operator.act(sources.PURPOSE, "test"))
    for rows, dry in (
        (["A-1,Zorbek,Tamriko,1974,", "A-2,Prueba,Ana,1980,"], False),
        (["A-1,Zorbekov,Tamriko,1974-08,", "A-3,Neu,X,", "A-4,Novo,Y,1990,"], True),
    ):
        file.write_text("\n".join([HEADING, *rows, f"#end,{len(rows)}", ""]))
        actions.load(world.operator, "police-alerts", file, dry_run=dry, origin="folder")
    (incoming.folder("police-alerts") / "next.csv").write_text("half")
    yield file
    shutil.rmtree(Path(django_settings.XENIA_HOME) / "incoming")


def described(page: Page, url: str) -> str:
    """Describes a source with columns of its own, without script, up to the trial. Gives the page's address."""
    page.goto(url + "/lists/new/")
    for name, text in (
        ("code", "police-csv"),
        ("name", "Wanted persons of the police"),
        ("reason", "They send it daily."),
    ):
        page.fill(f"[name={name}]", text)
    page.select_option("[name=register]", "alerts")
    page.select_option("[name=format]", "csv-mapped")
    page.get_by_role("button", name="Propose").click()
    page.select_option("[name=separator]", ";")
    page.select_option("[name=dates]", "dmy")
    page.set_input_files("[name=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": EXAMPLE.encode()})
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Try it").click()
    assert "1 records are taken" in page.inner_text("main")
    return page.url


def test_list_pages_read_well_in_four_modes(
    browser: Browser, world: people.World, live_server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenia.access.middleware._unsettled", lambda request, gate: None)
    world.person("edita", "alert-editor")
    run = LoadRun.objects.filter(state="tried").latest("started_at")
    url, faults = live_server.url, []
    paths = [
        f"/lists/loads/{run.pk}/report/?what={what}" for what in ("added", "changed", "removed", "refused", "noted")
    ]
    paths += [f"/lists/loads/{run.pk}/", "/lists/schedule/", "/lists/police-alerts/", "/lists/police-alerts/change/"]
    plain = open_as(browser, url, "edita", "light", "en", java_script_enabled=False)
    columns = described(plain.new_page(), url)
    plain.close()
    for scheme, language in MODES:
        context = open_as(browser, url, "edita", scheme, language)
        page = context.new_page()
        for path in (*paths, columns.removeprefix(url)):
            faults += checked(page, url + path, f"{scheme} {language}")
        context.close()
    assert faults == []
