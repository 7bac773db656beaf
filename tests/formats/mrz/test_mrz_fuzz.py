"""A small fixed sample of the fuzzing that `fuzz.py` does at length by hand."""

from __future__ import annotations

from tests.formats.mrz.fuzz import run


def test_a_fixed_sample_of_damaged_zones() -> None:
    figures = run(5_600, seed=2026)
    share = {kind: figures.valid[kind] / figures.kinds[kind] for kind in figures.kinds}
    assert share["whole"] == 1
    assert figures.repaired["whole"] == 0
    assert share["rubbish"] == 0
    assert set(figures.silently_wrong) <= {"one misread", "one wrong", "noise"}
    for kind in figures.silently_wrong:
        # What a check digit can tell, it told; the rest has the same check value (6 and G, A and K, U, 0, <).
        assert figures.silently_wrong[kind] <= figures.kinds[kind] * 0.05, kind
    misread = figures.repaired["one misread"]
    assert misread > figures.kinds["one misread"] * 0.6
    assert figures.repaired_wrongly["one misread"] <= misread * 0.01
    for kind in ("one missing", "one more"):
        assert figures.repaired_wrongly[kind] <= figures.kinds[kind] * 0.002, kind
