"""SQLite is told how its indexes are filled, so that it chooses the right one."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import people
from xenia.site.keeping import planner


@pytest.mark.django_db
def test_the_planner_knows_how_the_indexes_are_filled() -> None:
    people.build()
    done = planner.look()
    if connection.vendor != "sqlite":
        assert done == 0
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'journal_entry'")
        assert done == 1 and cursor.fetchone()[0] > 0
