"""The rows that benches write are found like any others."""

from __future__ import annotations

from datetime import date

from tests.registers.stays.conftest import traveller
from tests.registers.stays.test_register import look
from xenia.registers.stays import bench_rows
from xenia.registers.stays.models import StayFile, StayRecord


def test_written_travellers_are_found(post):
    def who(number):
        return traveller("BENCH", f"N{chr(65 + number)}", f"XB{number:07d}")

    made = bench_rows.write(who, 5, 4, owner="UTO-BG", post=post, today=date(2026, 6, 1), by_name=True)
    assert (made, StayFile.objects.count(), StayRecord.objects.count()) == (40, 5, 20)
    found = look(who(3))[0]
    assert len(found.fields["status"]["stays"]) == 4
    assert not found.fields["status"]["inside"]
    assert look(who(3), "border-second-line")
