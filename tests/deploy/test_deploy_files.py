"""The files under `deploy/` fit the settings, the commands and each other."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from tests.docs.pages import PROJECT, page
from xenia.registers.lists.uploads import MOST_BYTES
from xenia.site import options

SERVICE = (PROJECT / "deploy" / "xenia.service").read_text(encoding="utf-8")
NGINX = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
GUIDE = page("how-to/run-a-centre.md").text


def _environment(tmp_path):
    """What systemd would set, with its specifiers filled in."""
    credentials = tmp_path / "database"
    credentials.write_text("postgresql:///xenia\n", encoding="utf-8")
    pairs = dict(re.findall(r"^Environment=(\w+)=(.*)$", SERVICE, re.MULTILINE))
    return {name: value.replace("%d", str(tmp_path)) for name, value in pairs.items()} | {
        "XENIA_HOSTS": "border.example"
    }


def test_the_service_sets_only_settings_that_exist(tmp_path):
    values = options.read(_environment(tmp_path))
    assert values["DATABASE"] == "postgresql:///xenia"
    assert values["TLS"] is True
    assert values["HOSTS"] == ["border.example"]


def test_the_guide_names_only_settings_that_exist():
    known = {f"XENIA_{option.name}" for option in options.OPTIONS} | {
        f"XENIA_{o.name}_FILE" for o in options.OPTIONS if o.kind == "secret"
    }
    assert set(re.findall(r"XENIA_[A-Z0-9_]+", GUIDE + SERVICE + NGINX)) <= known


def test_no_secret_stands_in_the_unit(tmp_path):
    secret = {f"XENIA_{option.name}" for option in options.OPTIONS if option.kind == "secret"}
    assert not secret & set(_environment(tmp_path))


def test_nginx_passes_on_to_where_xenia_listens(tmp_path):
    bind = options.read(_environment(tmp_path))["BIND"]
    assert set(re.findall(r"proxy_pass (\S+);", NGINX)) == {f"http://{bind}"}


def test_nginx_lets_through_what_xenia_takes_and_no_more():
    general, lists = (int(size) * 2**20 for size in re.findall(r"client_max_body_size (\d+)m;", NGINX))
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= general < 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert MOST_BYTES <= lists < 2 * MOST_BYTES
    pattern = re.search(r"location ~ (\S+) ", NGINX)[1]
    assert re.match(pattern, reverse("lists:load", args=["un-consolidated"]))


def test_nginx_overwrites_the_headers_that_xenia_believes():
    for header in ("X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr", "Host $host"):
        assert f"proxy_set_header {header};" in NGINX


def test_what_is_for_this_machine_only_does_not_pass_the_proxy():
    assert re.search(r"location = /metrics \{\s*return 404;", NGINX)


def test_the_guide_copies_files_that_exist():
    named = set(re.findall(r"deploy/([\w.-]+)", GUIDE))
    assert named
    assert not [name for name in named if not (PROJECT / "deploy" / name).exists()]


def test_the_unit_is_understood_by_systemd(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing: the unit was not checked by systemd.")
    unit = tmp_path / "xenia.service"
    unit.write_text(SERVICE.replace("/opt/xenia/xenia", str(PROJECT / "xenia")), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "xenia.service" not in done.stderr, done.stderr


def test_djangos_own_check_of_a_deployment_finds_nothing(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
        "XENIA_HOME": str(tmp_path),
        "XENIA_TLS": "1",
        "XENIA_HOSTS": "border.example",
        "PYTHONPATH": str(PROJECT / "src"),
    }
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
