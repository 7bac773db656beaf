"""Settings say no: an odd value is refused at start, with the name of its setting."""

import os
import stat
import subprocess
import sys

import pytest

from tests.conftest import PROJECT
from xenia.errors import BadInput
from xenia.site import options


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XENIA_LOG", "loud"),
        ("XENIA_THREADS", "many"),
        ("XENIA_DEMO", "perhaps"),
        ("XENIA_DATABASE_FILE", "/no/such/file"),
        ("XENIA_NO_SUCH_SETTING", "1"),
    ],
)
def test_an_odd_value_is_refused_by_name(name, value):
    with pytest.raises(BadInput, match=name) as refused:
        options.read({name: value})
    assert refused.value.code == "bad-setting"


def test_a_level_may_be_written_small():
    assert options.read({"XENIA_LOG": "warning"})["LOG"] == "WARNING"


def test_nobody_else_may_look_into_a_fresh_home(tmp_path):
    home = tmp_path / "deep" / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
    environment |= {"XENIA_HOME": str(home), "PYTHONPATH": str(PROJECT / "src")}
    subprocess.run([sys.executable, "-c", "import xenia.site.settings"], env=environment, check=True, timeout=60)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home, home / "keys")} == {0o700}
