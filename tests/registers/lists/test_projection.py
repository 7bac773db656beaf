"""What the journal says of list versions is what the table and the files say."""

from __future__ import annotations

from collections.abc import Callable

from tests.registers.lists.worlds import csv_numbers
from xenia.access.standing import Standing
from xenia.journal import rebuild
from xenia.registers.lists import store, versions
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.forgetting import rebuild_without
from xenia.registers.lists.models import ListVersion
from xenia.registers.lists.projection import PROJECTION
from xenia.work import proposals

Load = Callable[..., LoadReport]


def differences() -> list[tuple[str, str]]:
    return [(one.key, one.kind) for one in rebuild.check(PROJECTION)[2]]


def test_loads_waits_rejections_approvals_and_erasures_fold(load: Load, editor: Standing, approver: Standing) -> None:
    act = editor.act("list-management", "case:1")
    load(csv_numbers(range(100)))
    load(csv_numbers(range(10)))
    proposals.reject(approver, ListVersion.objects.get(state="waiting").proposal, "cut")
    versions.reject_decided()
    load(csv_numbers(range(20)))
    rebuild_without("alerts-csv", ["A-7"], act)
    assert differences() == []
    proposals.approve(approver, ListVersion.objects.get(state="waiting").proposal)
    load(csv_numbers(range(15)))
    load(csv_numbers(range(16)))
    rebuild_without("alerts-csv", ["A-8"], act)
    load(csv_numbers(range(3)), "notices-csv")
    assert differences() == []
    assert ListVersion.objects.count() == 8


def test_a_changed_row_and_a_changed_file_show(load: Load) -> None:
    load(csv_numbers(range(5)))
    row = ListVersion.objects.get()
    ListVersion.objects.update(state="superseded")
    assert differences() == [(str(row.id), "different")]
    ListVersion.objects.update(state="current")
    store.file_path(row.file).write_bytes(b"another")
    assert differences() == [(str(row.id), "different")]
    ListVersion.objects.all().delete()
    assert differences() == [(str(row.id), "missing")]
