"""What a post decides by: the program's files, a country pack's in their place, and at a unit what its centre said last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests import coming
from tests.frontier.second.conftest import lost, refer
from xenia.errors import BadInput
from xenia.frontier import actions, inforce, taking, terms, territory
from xenia.frontier.models import RuleText
from xenia.frontier.second import cases, interview, procedures
from xenia.frontier.second.models import HitCase
from xenia.journal.models import Entry

__all__ = ["lost", "refer"]
GENERAL = "second/procedures/general.json"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    inforce.forget()


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a file of a country pack into a home of its own."""
    monkeypatch.setattr(settings, "XENIA_HOME", tmp_path)

    def put(name: str, text: str) -> None:
        place = tmp_path / "packs" / "uto" / "frontier" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        inforce.forget()

    return put


def changed(name: str, **more: Any) -> str:
    return json.dumps(json.loads(inforce.program()[name]) | more)


def test_the_programs_own_are_in_force_and_all_of_them_can_be_taken() -> None:
    assert inforce.own() == inforce.program()
    assert len(inforce.program()) > 15 and GENERAL in inforce.program()
    assert taking.read(json.loads(json.dumps(taking.told()))) == inforce.program()


def test_a_packs_file_takes_the_place_of_the_programs_and_adds(pack: Callable[[str, str], None]) -> None:
    edition = procedures.load()["general"].edition
    pack(GENERAL, changed(GENERAL, label="As this state does it"))
    pack("second/procedures/customs.json", changed(GENERAL, registers=["customs"], categories=["*"]))
    pack("second/questions.json", json.dumps({"questions": {"*": [{"code": "cash", "label": "How much cash?"}]}}))
    pack("second/letters/refusal.typ", "#data")
    pack("elsewhere.json", "{}")
    known = procedures.load()
    assert known["general"].label == "As this state does it" and known["general"].edition != edition
    assert procedures.of("customs", "X").name == "customs" and "arrest" in known
    assert [one.code for one in interview.every_question()] == ["cash"]
    assert inforce.letter("refusal") == "#data" and inforce.letter("carrier") != "#data"
    assert "elsewhere.json" not in inforce.texts()


@pytest.mark.django_db
def test_a_unit_decides_by_what_its_centre_said_and_says_so_once() -> None:
    data = json.loads(inforce.program()["terms.json"])
    data["refusal_reasons"] = data["refusal_reasons"][:3]
    said = inforce.program() | {"terms.json": json.dumps(data), GENERAL: changed(GENERAL, label="Of the centre")}
    assert len(terms.refusal_reasons()) > 3
    with coming.being("unit-1"):
        inforce.forget()
        assert taking.take("a", said) == sorted(said)  # the first time: all of it
        assert list(terms.refusal_reasons()) == [one["code"] for one in data["refusal_reasons"]]
        assert procedures.load()["general"].label == "Of the centre"
        assert taking.take("a", said) == []
        back = inforce.program() | {GENERAL: said[GENERAL]}
        assert taking.take("b", back) == ["terms.json"]
        assert len(terms.refusal_reasons()) > 3
        again = {name: one for name, one in said.items() if name != "second/letters/carrier.typ"}
        assert taking.take("c", again) == ["second/letters/carrier.typ", "terms.json"]
        assert RuleText.objects.filter(current=True).count() == len(again)
        taking.withdraw()
        assert inforce.texts() == inforce.program()
    assert [json.loads(bytes(one.body or b""))["version"] for one in _entries()] == ["a", "b", "c"]


def _entries() -> list[Entry]:
    return list(Entry.objects.filter(kind="procedures.taken").order_by("id"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said.clear(),
        lambda said: said.update(format="xenia/procedures/9"),
        lambda said: said["texts"].pop(GENERAL),
        lambda said: said["texts"].update({GENERAL: "{}"}),
        lambda said: said["texts"].update({"terms.json": '{"terms": [], "refusal_reasons": []}'}),
        lambda said: said["texts"].update({"territory.json": '{"profiles": []}'}),
        lambda said: said["texts"].update({"shift/terms.json": '{"terms": []}'}),
        lambda said: said["texts"].update({"second/questions.json": '{"questions": {"*": [{"code": "x"}]}}'}),
        lambda said: said["texts"].update({"second/languages.json": "[]"}),
        lambda said: said["texts"].update({"second/letters/refusal.typ": None}),
        lambda said: said["texts"].update({"second/letters/refusal.typ": "x" * (inforce.LONGEST + 1)}),
        lambda said: said.update(texts=["terms.json"]),
    ],
)
def test_what_cannot_be_used_is_not_taken(spoil: Callable[[dict[str, Any]], Any]) -> None:
    said = {"format": taking.FORMAT, "texts": dict(inforce.program())}
    spoil(said)
    with pytest.raises(BadInput) as refused:
        taking.read(said)
    assert refused.value.code == "bad-procedures"


def test_a_path_that_this_version_does_not_know_is_left_out() -> None:
    odd = {
        "second/music.json": "{}",
        "../settings.py": "x",
        "second/procedures/../x.json": "{}",
        "second/letters/.typ": "x",
    }
    found = taking.read({"format": taking.FORMAT, "texts": inforce.program() | odd})
    assert found == inforce.program()


def test_what_began_under_the_old_edition_goes_on_under_it(refer: Any, lost: Any, at_lane: Any) -> None:
    """Also where the new one knows neither its state nor its next task."""
    from tests.frontier.conftest import person

    def begun(number: str) -> HitCase:
        one = person(number, "Testson")
        lost(one)
        sent = refer(one)
        actions.claim_referral(at_lane("second", None), sent.item.id)
        return HitCase.objects.get(check_made=sent.check.id)

    name = "second/procedures/lost-document.json"
    with coming.being("unit-1"):
        inforce.forget()
        taking.take("a", inforce.program())
        old = begun("UX1111111")
        wanted = cases.next_task(old, [])
        renamed = inforce.program()[name].replace(f'"{wanted.code}"', '"another-way"')
        assert taking.take("b", inforce.program() | {name: renamed}) == [name]
        fresh = begun("UX2222222")
        assert old.edition != fresh.edition
        assert cases.next_task(fresh, []).code == "another-way"
        assert cases.next_task(old, []).code == wanted.code
        inforce.forget()  # another process
        assert cases.next_task(old, []).code == wanted.code
        moved = cases.do(
            at_lane("second", None),
            old.id,
            wanted.code,
            choice=wanted.choices[0].code if wanted.choices else "",
            text="x",
        )
        assert moved.steps.count() == 1 and territory.territory_of("UTO").own == "UTO"


class _ReadSlowly:
    """The table, between whose reading and whose use something happens."""

    def __init__(self, then: Callable[[], Any]) -> None:
        self.objects, self.then, self.rows = self, then, list[Any]()

    def filter(self, **words: Any) -> _ReadSlowly:
        self.rows = list(RuleText.objects.filter(**words).values_list("path", "text"))
        return self

    def values_list(self, *names: str) -> list[Any]:
        then, self.then = self.then, lambda: None
        then()
        return self.rows


@pytest.mark.django_db
def test_what_comes_into_force_while_the_old_is_read_is_not_kept_back_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (inforce.program() | {GENERAL: changed(GENERAL, label=word)} for word in ("Old", "New"))
    with coming.being("unit-1"):
        inforce.forget()
        taking.take("a", old)
        monkeypatch.setattr("xenia.frontier.models.RuleText", _ReadSlowly(lambda: taking.take("b", new)))
        for _twice in range(2):
            assert json.loads(inforce.text(GENERAL))["label"] == "New"
