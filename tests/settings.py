"""Xenia's settings as the tests use them: a home of their own, a database file of its own, quick passwords.

Whatever `XENIA_` settings the caller's environment holds are put aside, all but `XENIA_DATABASE`:
the same tests run on the PostgreSQL server that it names.
"""

from __future__ import annotations

import os
import tempfile

for _name in [name for name in os.environ if name.startswith("XENIA_") and name != "XENIA_DATABASE"]:
    del os.environ[_name]
_folder = tempfile.TemporaryDirectory(prefix="xenia-test-")  # removed when the test process ends
os.environ["XENIA_HOME"] = _folder.name

from xenia.site.settings import *  # noqa: E402, F403
from xenia.site.settings import DATABASES, XENIA_HOME  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in life: a database in memory knows neither WAL nor a second connection.
    DATABASES["default"]["TEST"] = {"NAME": str(XENIA_HOME / "test.sqlite3")}
