"""Charts: made of what was released only, drawn by a process that can be lost, fetching nothing."""

from __future__ import annotations

import json
import os
import re
import signal
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from xenia.errors import BadInput, Unavailable
from xenia.insight.charts import drawing, flows, maps, world
from xenia.insight.charts.child import names_an_address
from xenia.insight.charts.data import MOST_TIMES, after, times
from xenia.insight.charts.look import DASHES, SERIES, SHAPES, Look
from xenia.insight.charts.worker import Worker
from xenia.insight.question import Question
from xenia.insight.release import Cell, Released

LOCALE = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}
BAR = {
    "data": {"values": [{"a": "A", "b": 28}]},
    "mark": "bar",
    "encoding": {"y": {"field": "b", "type": "quantitative"}},
}


def table(by: tuple[str, ...], figures: dict[tuple[str | None, ...], int | None]) -> Released:
    cells = [Cell(members, shown, "c" if shown is None else "") for members, shown in figures.items()]
    return Released(
        Question("crossings", by), "publication", cells, 0, {}, (), datetime(2026, 7, 1, tzinfo=UTC), "0" * 64
    )


BY_STATE = table(
    ("nationality", "month"),
    {
        ("GEO", "2026-01"): 40, ("GEO", "2026-03"): 60, ("GEO", None): 100, ("FRA", "2026-01"): None, ("FRA", "2026-03"): None, ("FRA", None): 9,
        (None, "2026-01"): 42, (None, "2026-03"): 67, (None, None): 109,
    },
)  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in drawing.KINDS if kind != "flows"])
@pytest.mark.parametrize("look", [Look(), Look("dark", small=True, from_right=True)])
def test_no_hidden_figure_and_no_address_is_in_a_specification(kind: str, look: Look) -> None:
    spec = drawing.picture(BY_STATE, kind, look).spec
    assert not names_an_address(spec)
    figures = {row["v"] for layer in (spec, *spec.get("layer", ())) for row in layer.get("data", {}).get("values", ()) if "v" in row}  # fmt: skip
    assert figures <= {None, 0, 0.0, 9.0, 40.0, 60.0, 100.0, 42.0, 67.0, 109.0}


def test_a_chart_with_fewer_breakdowns_shows_the_totals_that_were_released() -> None:
    rows = {row["a"]: row["v"] for row in drawing.picture(BY_STATE, "bars", Look()).spec["data"]["values"]}
    assert rows == {"Georgia": 100, "France": 9}  # 9 as released, though both its parts are hidden
    spec = drawing.picture(BY_STATE, "lines", Look()).spec
    february = [row["v"] for row in spec["data"]["values"] if row["a"].startswith("Feb")]
    assert february == [0, 0]  # a month of which nothing was counted is no gap
    assert [row["v"] for row in spec["data"]["values"] if row["b"] == "France"] == [None, 0, None]


def test_what_does_not_fit_says_why() -> None:
    single = table((), {(): 5})
    assert drawing.fitting(single) == "" and drawing.fitting(BY_STATE) == "small-multiples"
    for made, kind in ((single, "bars"), (BY_STATE, "flows"), (table(("post",), {("A",): 5, (None,): 5}), "areas")):  # fmt: skip
        with pytest.raises(BadInput) as raised:
            drawing.picture(made, kind, Look())
        assert raised.value.code == "chart-not-fitting" and raised.value.what_to_do


def test_series_differ_by_more_than_colour() -> None:
    assert len(DASHES) == len(SHAPES) == len(SERIES["light"]) == len(SERIES["dark"])
    assert len({tuple(one) for one in DASHES}) == len(DASHES) and len(set(SHAPES)) == len(SHAPES)


@pytest.mark.parametrize(
    ("grain", "code", "following"),
    [
        ("hour", "2026-12-31T23", "2027-01-01T00"), ("day", "2028-02-28", "2028-02-29"), ("week", "2026-W53", "2027-W01"),
        ("month", "2026-12", "2027-01"), ("quarter", "2026-Q4", "2027-Q1"), ("year", "2026", "2027"), ("day", "soon", None),
    ],
)  # fmt: skip
def test_what_follows_a_time(grain, code, following) -> None:
    assert after(grain, code) == following


def test_gaps_in_time_are_filled_and_nothing_else() -> None:
    month = Question("crossings").fact.dimensions["month"]
    assert times(month, ["2026-03", "2026-01"]) == ["2026-01", "2026-02", "2026-03"]
    assert times(month, ["2026-01", "odd"]) == ["2026-01", "odd"]


def test_bands_of_a_flow_fill_their_bars() -> None:
    bands, left, right = flows.layout([("A", "X", 30.0), ("A", "Y", 10.0), ("B", "X", 20.0)], 400.0)
    for place, side in enumerate((left, right)):
        for code, (_top, high) in side.bars.items():
            assert sum(one.broad for one in bands if (one.source, one.target)[place] == code) == pytest.approx(high)
    assert left.bars["A"][0] < left.bars["B"][0]  # the largest on top


def test_the_map_knows_states_by_their_documents() -> None:
    assert world.number("D") == "276" and world.number("GEO") == "268" and world.number("XXA") == world.number("") == ""
    longitude, latitude = world.middles()["268"]
    assert 40 < longitude < 47 and 41 < latitude < 44
    assert len(world.middles()) == 174
    for code in ("643", "242"):  # Russia and Fiji lie on both sides of 180 degrees, and no middle of theirs in America
        assert world.boxes()[code][0] < world.middles()[code][0] < world.boxes()[code][2]
        assert 90 < world.middles()[code][0] <= 180


STATES = table(("nationality",), {("GEO",): 400, ("MDA",): 20, ("USA",): 90, ("RUS",): 60, (None,): 570})


def test_circles_stand_where_the_map_has_their_states_and_keep_their_size_in_every_part() -> None:
    worker, sizes = Worker(), set()
    try:
        for part, states in (("world", 4), ("europe", 2), ("black-sea", 2), ("americas", 3)):
            look = Look(part=part)
            shown = drawing.picture(STATES, "symbols", look)
            drawn = worker.draw({"engine": "vega-lite", "format": "svg", "spec": shown.spec, "locale": LOCALE}).decode()
            marks = re.search(r"mark-symbol role-mark.*?</g>", drawn, re.DOTALL)[0]
            found = re.findall(r"translate\(([-\d.]+),([-\d.]+)\)\" d=\"M([\d.]+)", marks)
            rows = maps._inside(maps._rows(STATES), maps._flat(maps._rows(STATES), look))
            assert len(found) == len(rows) == states
            for (x, y, radius), row in zip(found, rows, strict=True):
                assert (float(x), float(y)) == pytest.approx((row["px"], row["py"]), abs=0.01)
                sizes.add((row["name"], round(float(radius), 2)))
            beyond = len(STATES.cells) - 1 - states
            assert (f"{beyond} states with figures lie outside" in shown.says) == (beyond > 1)
    finally:
        worker.close()
    assert len(sizes) == 4


def test_a_map_fits_the_states_that_have_figures() -> None:
    near = table(("nationality",), {("GEO",): 4, ("AZE",): 5, ("MDA",): 6, (None,): 15})
    flat = maps._flat(maps._rows(near), Look())
    assert not flat.whole and 20 < flat.box[0] < 30 and 48 < flat.box[2] < 56
    assert all(flat.holds(*point) for code in ("268", "031", "498") for point in world.rings()[code])
    assert maps._flat(maps._rows(STATES), Look()).whole and maps._flat([], Look()).whole
    assert "outside" not in drawing.picture(near, "areas", Look()).says


def test_classes_part_values_and_name_every_one() -> None:
    limits = maps.classes([1, 5, 9, 40, 90, 300, 2000, 8000])
    assert limits == sorted(set(limits)) and 2 <= len(limits) <= 4
    assert len(maps.class_names(limits)) == len(limits) + 1
    assert maps.classes([]) == maps.classes([7]) == []


def test_the_process_draws_comes_back_and_fetches_nothing(tmp_path) -> None:
    worker = Worker()
    job = {"engine": "vega-lite", "format": "svg", "spec": BAR, "locale": LOCALE}
    try:
        assert worker.draw(job).startswith(b"<svg")
        first = worker.pid
        secret = tmp_path / "secret.csv"
        secret.write_text("a,b\nhidden,1\n")
        for address in (secret.as_uri(), "http://127.0.0.1:9/x.json"):
            with pytest.raises(Unavailable):
                worker.draw({**job, "spec": {**BAR, "data": {"url": address}}})
        assert worker.pid == first  # refused, not lost
        os.kill(first, signal.SIGKILL)
        with pytest.raises(Unavailable):  # it may be noticed at the first picture only
            worker.draw(job)
            raise Unavailable("drawn at once")
        assert worker.draw(job).startswith(b"<svg") and worker.pid != first
        worker.memory_bytes = 1
        with pytest.raises(Unavailable, match="could not be drawn"):
            worker.draw(job)
        assert worker.pid is None
    finally:
        worker.close()
    assert worker.pid is None


def days(count: int) -> Released:
    first = date(2020, 1, 1)
    return table(
        ("day",), {((first + timedelta(days=one)).isoformat(),): 5 for one in range(count)} | {(None,): 5 * count}
    )


@pytest.mark.parametrize("kind", ["lines", "small-multiples"])
def test_as_many_times_as_a_chart_may_have_are_drawn_in_their_order(kind: str) -> None:
    made, worker = days(MOST_TIMES), Worker(longest_s=120)
    if kind == "small-multiples":
        made = table(("day", "direction"), {(*one.members, way): 5 for one in made.cells for way in ("entry", None)})
    spec = drawing.picture(made, kind, Look()).spec
    try:
        drawn = worker.draw({"engine": "vega-lite", "format": "svg", "spec": spec, "locale": LOCALE}).decode()
    finally:
        worker.close()
    assert 0 < drawn.index(">1 Jan 2020<") < drawn.index(">8 Feb 2024<")


def test_more_times_than_can_be_drawn_are_said_and_not_tried() -> None:
    with pytest.raises(BadInput) as raised:
        drawing.picture(days(MOST_TIMES + 1), "auto", Look())
    assert (raised.value.code, raised.value.what_to_do) == (
        "chart-not-fitting", "Ask for fewer breakdowns or a shorter period."
    )  # fmt: skip


def test_an_address_is_found_wherever_it_stands() -> None:
    assert names_an_address({"layer": [{"data": {"url": "x"}}]}) and names_an_address([{"encoding": {"href": {}}}])
    assert not names_an_address(json.loads(json.dumps(BAR)))


@pytest.mark.django_db
def test_a_rate_that_nobody_could_tell_is_no_rate_of_nothing() -> None:
    """A month without stays had no overstay rate of 0 %; a post without a median has no control of 0 seconds."""
    gap = replace(table((), {}), question=Question("overstay_rate", ("month",)), cells=[
        Cell(("2026-01",), 4.0, "r"), Cell(("2026-03",), 6.0, "r"), Cell((None,), 5.0, "r"),
    ])  # fmt: skip
    rows = drawing.picture(gap, "lines", Look()).spec["data"]["values"]
    assert [row["v"] for row in rows] == [4.0, None, 6.0]
    cells = [Cell(("A",), 40, "r"), Cell(("B",), None, "r"), Cell(("C",), None, "c"), Cell((None,), 40, "r")]
    medians = replace(table((), {}), question=Question("control_median", ("post",)), cells=cells)
    written = {row["a"]: row["t"] for row in drawing.picture(medians, "bars", Look()).spec["data"]["values"]}
    assert written == {"A": "40", "B": "–", "C": "c"}


@pytest.mark.django_db
def test_a_chart_of_the_last_days_does_not_call_them_the_largest() -> None:
    days = {(f"2026-01-{day:02}",): 1000 - day for day in range(1, 32)}
    bars = drawing.picture(table(("day",), {**days, (None,): 30_504}), "bars", Look()).spec
    assert bars["encoding"]["y"]["title"] == "Day, the last 25 of 31"
    both = {(post, *day): number for post in ("A", "B") for day, number in days.items()}
    sums = {("A", None): 15_252, ("B", None): 15_252, **{(None, *day): 2 * n for day, n in days.items()}}
    heat = drawing.picture(table(("post", "day"), {**both, **sums, (None, None): 30_504}), "heat", Look()).spec
    assert heat["encoding"]["x"]["title"] == "Day, the last 14 of 31"
