"""What can be chosen from: asked of the warehouse once, however many load the page at the same time."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from tests.insight import facts
from xenia.insight import declarations, members


def test_who_loads_the_page_at_the_same_time_waits_for_one_answer(tmp_path: Path, monkeypatch) -> None:
    where, fact = facts.warehouse(tmp_path), declarations.facts()["crossing"]
    together = Barrier(3)

    def load() -> dict[str, list[str]]:
        together.wait()
        return members.known(where, fact)

    def asked() -> int:
        return sum(json.loads(line)["who"] == members.WHO for line in where.log.read_text().splitlines())

    with ThreadPoolExecutor(3) as pool:
        answers = [one.result() for one in [pool.submit(load) for _ in range(3)]]
    assert answers[0]["sex"] == ["F", "M"] and answers[0] == answers[1] == answers[2]
    for_one = sum(not one.grain for one in fact.dimensions.values()) * members.MEASURES
    assert asked() == for_one
    monkeypatch.setattr(members, "KEPT_S", -1.0)  # old: one renews, who comes meanwhile is shown what was known
    with members._turns[(str(where.folder), fact.name)]:
        assert members.known(where, fact) == answers[0] and asked() == for_one
    assert members.known(where, fact) == answers[0] and asked() == 2 * for_one
