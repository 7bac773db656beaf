"""What all tests share: Hypothesis profiles, the home folder, the browser, the choice of database tests.

`tests/settings.py` has put XENIA_HOME into a temporary folder before Django read its settings.
Settings read the environment when they are imported: to try another value, run `python -m xenia`
in a process of its own (see the fixture `run_xenia`), or use pytest-django's `settings` fixture.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    import pytest_django
    from playwright.sync_api import Browser, BrowserContext, Page

PROJECT = Path(__file__).resolve().parents[1]
SAMPLES = PROJECT.parent / "shared" / "samples"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
LONGEST_TEST_S = 600  # then it fails, with the line where it stood, instead of holding up everything
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "django_db_reset_sequences", "live_server"}
COUNTING = {"django_assert_num_queries", "django_assert_max_num_queries"}

hypothesis_settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-tests",
        action="store_true",
        help="Only tests that use the database and no browser (second run, on PostgreSQL).",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Programs that tests start see the real settings, not the tests'; Django itself is loaded by now.
    os.environ["DJANGO_SETTINGS_MODULE"] = "xenia.site.settings"


def _uses_database(item: pytest.Item) -> bool:
    return bool(
        item.get_closest_marker("django_db")
        or DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or any(
            base.__module__ == "django.test.testcases" for base in getattr(getattr(item, "cls", None), "__mro__", ())
        )
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-tests"):
        return
    kept = [item for item in items if _uses_database(item) and not item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """The test database, without the walls that would keep tests from emptying the journal's tables between them."""
    from django.db import connection

    from xenia.journal import walls

    with django_db_blocker.unblock():
        walls.take_down(connection, ("DELETE", "TRUNCATE"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    def too_long(*_: object) -> None:
        raise TimeoutError(f"{item.nodeid} took longer than {LONGEST_TEST_S} s.")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LONGEST_TEST_S)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def pytest_runtest_setup(item: pytest.Item) -> None:
    from django.utils import translation

    translation.deactivate()  # a page that another test asked for leaves its language behind in this thread


@pytest.fixture(autouse=True)
def _no_question_by_the_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The foot of each page asks for late seals every two seconds: not while a test counts queries."""
    if COUNTING.intersection(request.fixturenames) or hasattr(request.module, "CaptureQueriesContext"):
        from xenia.site import context

        monkeypatch.setattr(context._Kept, "pending", (float("inf"), 0))


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project: README.md, docs, src, tests."""
    return PROJECT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample files beside the project; tests that need it are skipped where it is missing."""
    if not SAMPLES.is_dir():
        pytest.skip("The folder of samples beside the project is missing.")
    return SAMPLES


@pytest.fixture(scope="session")
def home() -> Path:
    """XENIA_HOME of this test run."""
    return Path(django_settings.XENIA_HOME)


@pytest.fixture
def run_xenia(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `xenia ...` in a process and a home of its own: `run_xenia("mrz", "-", stdin="P<UTO...")`.

    Keyword arguments in capitals are settings: `run_xenia("doctor", XENIA_LOG="DEBUG")`. The home is
    `tmp_path / "home"`. The database is SQLite whatever the test run itself uses, unless XENIA_DATABASE is given.
    """

    def run(*arguments: str, stdin: str = "", timeout_s: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
        environment = {
            **kept,
            "XENIA_HOME": str(tmp_path / "home"),
            "PYTHONPATH": str(PROJECT / "src"),
            "PYTHONUTF8": "1",
            **more,
        }
        return subprocess.run(
            [sys.executable, "-m", "xenia", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout_s,
            env=environment,
            cwd=tmp_path,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless, driven by Playwright; one for the whole run."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"Chromium is missing ({CHROMIUM}): browser tests are skipped.")
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        pytest.skip("libatomic1 is missing, which Playwright's driver needs: browser tests are skipped.")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a machine that does other things too
    # Playwright's synchronous interface keeps an event loop in the main thread, where Django would refuse to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile: no cookies, 1280 x 800, light."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page. Use it with pytest-django's `live_server`: `page.goto(live_server.url)`."""
    return context.new_page()
