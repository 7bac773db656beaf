"""Questions to a small world counted by hand, and what leaves of the answers in each grade."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.insight import facts
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.insight import declarations, dialects, loading, out, question
from xenia.insight.release import Released, release
from xenia.insight.warehouse import Warehouse

ROWS = facts.many()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return facts.warehouse(tmp_path_factory.mktemp("facts"), ROWS)


def cells(made: Released) -> dict[tuple[str | None, ...], int | float | None]:
    return {one.members: one.shown for one in made.cells}


def by_hand(*columns: int, outcome: str = "admitted") -> Counter[tuple[str | None, ...]]:
    """Counts of each combination and of every total, by another way than the engine's."""
    counted: Counter[tuple[str | None, ...]] = Counter()
    for row in ROWS:
        if row[3] != outcome:
            continue
        names = [str(row[one])[:7] if one == 0 else str(row[one]) for one in columns]
        for mask in range(2 ** len(names)):
            counted[tuple(None if mask >> i & 1 else name for i, name in enumerate(names))] += 1
    return counted


@pytest.mark.parametrize(
    ("by", "columns"),
    [((), ()), (("nationality",), (4,)), (("month", "nationality"), (0, 4)), (("post", "sex", "age"), (1, 6, 7))],
)
def test_exact_counts_and_all_their_totals_are_those_counted_by_hand(
    made: Warehouse, by: tuple[str, ...], columns: tuple[int, ...]
) -> None:
    found = cells(release(made, question.asked("crossings", by), "exact", "ada"))
    assert {names: shown for names, shown in found.items() if shown} == dict(by_hand(*columns))


def test_a_period_and_filters_choose_the_facts(made: Warehouse) -> None:
    asked = question.asked("crossings", (), ["post=UTO-BG", "nationality!=UTO,ARC"], date(2026, 2, 1), date(2026, 3, 1))
    wanted = [r for r in ROWS if r[1] == "UTO-BG" and r[4] not in ("UTO", "ARC") and r[3] == "admitted"]
    assert cells(release(made, asked, "exact", "ada")) == {(): sum(str(r[0]).startswith("2026-02") for r in wanted)}


def test_a_median_is_counted_in_the_engine_for_totals_too(made: Warehouse) -> None:
    found = cells(release(made, question.asked("control_median", ["post"]), "exact", "ada"))
    times = sorted(int(str(r[9])) for r in ROWS)
    middle = (times[len(times) // 2 - 1] + times[len(times) // 2]) / 2
    assert found[(None,)] == round(middle)


def test_interactive_counts_are_multiples_of_five_near_the_truth_and_never_change(made: Warehouse) -> None:
    asked = question.asked("crossings", ["month", "nationality"])
    first, again = (release(made, asked, "interactive", who) for who in ("ada", "ben"))
    truth = by_hand(0, 4)
    assert cells(first) == cells(again)
    for names, shown in cells(first).items():
        assert shown is not None and shown % 5 == 0 and abs(shown - truth[names]) <= 6
    whole = cells(release(made, question.asked("crossings", ["nationality", "month"]), "interactive", "ada"))
    assert {(month, nation): shown for (nation, month), shown in whole.items()} == cells(first)


def test_a_publication_is_exact_where_it_shows_and_hides_what_is_small(made: Warehouse) -> None:
    asked = question.asked("refusals", ["nationality", "post"])
    published = release(made, asked, "publication", "ada")
    truth = by_hand(4, 1, outcome="refused")
    hidden = [one.members for one in published.cells if one.flag == "c"]
    assert published.hidden == len(hidden) > 2
    for one in published.cells:
        assert one.shown == (None if one.members in hidden else truth[one.members])
        assert not (one.shown is not None and 0 < one.shown < 5)


def test_taking_one_publication_from_another_is_refused(tmp_path: Path) -> None:
    rows = [
        [f"2026-01-{1 + i % 28:02}T10:00", "UTO-AP1", "entry", "admitted", "UTO", 1, "F", "18-34", "air", 9, 0]
        for i in range(60)
    ]
    rows += [["2026-02-01T10:00", "UTO-AP1", "entry", "admitted", "ARC", 1, "F", "18-34", "air", 9, 0]] * 3
    made = facts.warehouse(tmp_path, rows)
    release(made, question.asked("crossings"), "publication", "ada")
    without = question.asked("crossings", (), ["nationality!=ARC"])
    with pytest.raises(NotAllowed) as told:
        release(made, without, "publication", "ben")
    assert told.value.code == "too-close-to-released"
    shorter = question.asked("crossings", (), (), None, date(2026, 2, 1))
    with pytest.raises(NotAllowed):
        release(made, shorter, "publication", "ben")
    assert release(
        made, question.asked("crossings", (), ["nationality=UTO"], None, date(2026, 1, 15)), "publication", "ben"
    )
    assert release(made, question.asked("crossings"), "publication", "ben")  # the same again says nothing new


def test_of_two_publications_at_once_that_betray_somebody_only_one_leaves(tmp_path: Path) -> None:
    rows = [["2026-01-05T10:00", "UTO-AP1", "entry", "admitted", "UTO", 1, "F", "18-34", "air", 9, 0]] * 60
    rows += [["2026-02-01T10:00", "UTO-AP1", "entry", "admitted", "ARC", 1, "F", "18-34", "air", 9, 0]] * 3
    made = facts.warehouse(tmp_path, rows)

    def ask(where: list[str]) -> bool:
        try:
            return bool(release(made, question.asked("crossings", (), where), "publication", "ada"))
        except NotAllowed:
            return False

    for _ in range(5):
        made.log.unlink(missing_ok=True)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(ask, ([], ["nationality!=ARC"]))) == [False, True]


def test_the_same_person_gets_no_two_noisy_totals_that_differ_by_few(made: Warehouse) -> None:
    where = ["nationality=ZEM", "post=UTO-BG"]
    release(made, question.asked("crossings", (), where), "interactive", "eve")
    first = min(str(r[0])[:10] for r in ROWS if r[4] == "ZEM" and r[1] == "UTO-BG" and r[3] == "admitted")
    later = question.asked("crossings", (), where, date.fromisoformat(first) + timedelta(days=1))
    with pytest.raises(NotAllowed):
        release(made, later, "interactive", "eve")
    assert release(made, later, "interactive", "another")


def test_different_persons_are_no_matter_of_two_years_nor_of_a_publication(made: Warehouse) -> None:
    with pytest.raises(BadInput) as told:
        question.asked("persons", (), (), date(2025, 6, 1), date(2026, 6, 1))
    assert told.value.code == "period-over-years"
    within = question.asked("persons", (), (), date(2026, 1, 1), date(2027, 1, 1))
    with pytest.raises(BadInput) as told:
        release(made, within, "publication", "ada")
    assert told.value.code == "not-publishable"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("crossing", ()), "unknown-measure"),
        (("crossings", ("shoe_size",)), "unknown-dimension"),
        (("crossings", ("sex", "sex")), "too-many-breakdowns"),
        (("crossings", ("sex", "age", "post", "mode", "day")), "too-many-breakdowns"),
        (("crossings", (), ("post",)), "bad-condition"),
        (("crossings", (), ("name=Smith",)), "unknown-dimension"),
        (("crossings", (), (), date(2026, 2, 1), date(2026, 2, 1)), "empty-period"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_says_why(arguments: tuple[object, ...], code: str) -> None:
    with pytest.raises(BadInput) as told:
        question.asked(*arguments)  # type: ignore[arg-type]
    assert told.value.code == code and told.value.what_to_do


def test_values_never_become_sql(made: Warehouse) -> None:
    asked = question.asked("crossings", ["sex"], ["post=x') OR 1=1 --"])
    assert cells(release(made, asked, "exact", "ada")) == {(None,): 0}
    statement = dialects.render(asked, dialects.PostgreSQL(), "crossing")
    assert "OR 1=1" not in statement.sql and statement.sql.count("%s") == len(statement.parameters)


def test_everything_that_left_is_written_down(tmp_path: Path) -> None:
    made = facts.warehouse(tmp_path)
    left = release(made, question.asked("refusals", ["post"], ["sex=F"]), "publication", "ada")
    (line,) = [json.loads(one) for one in made.log.read_text().splitlines()]
    assert question.from_told(line["question"]) == left.question
    assert (line["grade"], line["who"], line["hidden"], line["digest"]) == (
        "publication",
        "ada",
        left.hidden,
        left.digest,
    )


@pytest.mark.django_db
def test_exports_show_what_was_released_and_no_more(made: Warehouse) -> None:
    left = release(made, question.asked("refusals", ["nationality", "post"]), "publication", "ada")
    told = json.loads(out.as_json(left))
    assert [(tuple(one["members"]), one["value"]) for one in told["cells"]] == [
        (one.members, one.shown) for one in left.cells
    ]
    lines = out.csv(left, "fr").decode("utf-8-sig").splitlines()
    assert lines[0] == "Nationalité,Poste,Refus d’entrée,Note" and len(lines) == len(left.cells) + 1
    assert sum(line.endswith(",hidden") for line in out.csv(left).decode("utf-8-sig").splitlines()) == left.hidden
    assert sum(line.endswith(",C") for line in out.sdmx(left).decode("utf-8-sig").splitlines()) == left.hidden
    assert (
        out.xlsx(left)[:2] == b"PK"
        and json.loads(out.csvw(left, "t.csv"))["tableSchema"]["columns"][2]["name"] == "refusals"
    )


def test_a_file_is_taken_whole_once_or_not_at_all(tmp_path: Path) -> None:
    made = Warehouse(tmp_path / "w")
    with pytest.raises(NotFound):
        made.files()
    bad = [list(ROWS[0]), list(ROWS[1]), list(ROWS[2])]
    bad[1][4], bad[1][5], bad[2][0] = "Utopia", 0, "yesterday"
    file = facts.write(tmp_path / "bad.csv", bad)
    seen = loading.look(file)
    assert [(line, column) for line, column, _what in seen.faults] == [(3, "nationality"), (3, "n"), (4, "hour")]
    with pytest.raises(BadInput) as told:
        loading.load(made, file, facts.SECRET)
    assert told.value.code == "facts-faults" and not list((tmp_path / "w").rglob("*.parquet"))
    good = facts.write(tmp_path / "good.csv", ROWS[:50])
    assert loading.load(made, good, facts.SECRET)[0].rows == 50
    with pytest.raises(Conflict):
        loading.load(made, good, facts.SECRET)
    assert cells(release(made, question.asked("crossings"), "exact", "a"))[()] == sum(
        r[3] == "admitted" for r in ROWS[:50]
    )


def test_the_same_file_makes_the_same_facts(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        digests.add(facts.warehouse(tmp_path / name, ROWS[:500]).files()[0].digest)
    assert len(digests) == 1


@pytest.mark.parametrize("columns", [["hour", "post"], [*facts.COLUMNS, "surname"], ["x"]])
def test_a_file_with_other_columns_is_refused(tmp_path: Path, columns: list[str]) -> None:
    file = facts.write(tmp_path / "f.csv", [["a"] * len(columns)], columns)
    with pytest.raises(BadInput) as told:
        loading.look(file)
    assert told.value.code == "facts-columns"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00\x01", b'hour,post\n"a', b"\x00" * 100])
def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes(data)
    with pytest.raises(BadInput):
        loading.look(file)


def test_every_declaration_is_complete() -> None:
    for fact in declarations.facts().values():
        assert fact.measures and fact.dimensions and fact.columns["record"] == "key"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("columns: {hour: time}", "time is none of"),
        ("columns: {hour: timestamp}\ndimensions: {a: {time: century, labels: {}}}", "needs either"),
        ("columns: {n: whole}\ndimensions: {}\nmeasures: {m: {count: true, where: {x: y}}}", "no column x"),
    ],
)
def test_a_declaration_with_a_fault_names_it(tmp_path: Path, text: str, wanted: str) -> None:
    labels = ", ".join(f"{one}: A" for one in declarations.LANGUAGES)
    file = tmp_path / "x.yaml"
    file.write_text(f"fact: x\ntitle: {{{labels}}}\n{text}\n", encoding="utf-8")
    with pytest.raises(declarations.Fault, match=wanted):
        declarations.read(file)
