"""Reference data: what comes with Xenia, how it is read, how two people change it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from tests import people
from xenia.access import epochs
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal import rebuild
from xenia.journal.models import Entry
from xenia.registers.reference import actions, read, terms
from xenia.registers.reference.models import ReferenceRow
from xenia.work import proposals

NAMED = (
    "purpose-of-travel means-of-transport carrier incident-kind visa-type notice-colour vehicle-category"
    " traveller-category hand-over-authority interview-outcome officer-duty refusal-remedy contact-point"
).split()


@pytest.fixture
def world(db: None) -> people.World:
    made = people.build()
    actions.install()
    return made


@pytest.fixture
def proposer(world: people.World) -> Any:
    return world.standing("ann", "administrator")


@pytest.fixture
def approver(world: people.World) -> Any:
    return world.standing("bea", "administrator")


def ferry(**more: Any) -> dict[str, Any]:
    content = {
        "list": "means-of-transport",
        "code": "ferry",
        "labels": {"en": "River ferry", "fr": "Bac"},
        "order": 35,
        "source": "Invented Act 7",
        "confidence": "decided",
    }
    return {**content, **more}


def test_every_named_list_comes_with_xenia_and_every_term_is_sound():
    assert set(NAMED) <= set(terms.listings())
    for one in terms.shipped():
        assert terms.from_content(one.content()) == one, f"{one.list}/{one.code}"


def test_set_up_twice_changes_nothing(world: people.World):
    before = ReferenceRow.objects.count()
    assert before == len(terms.shipped())
    assert actions.install() == 0
    assert ReferenceRow.objects.count() == before
    assert Entry.objects.filter(kind="reference.installed").count() == 1


def test_before_set_up_the_shipped_terms_answer(db: None):
    assert read.terms("visa-type")[0].code == "A"


def test_labels_fall_back_to_english_and_codes_to_themselves(world: people.World):
    with translation.override("ka"):
        found = read.term("visa-type", "D")
        assert found is not None
        assert found.label() == found.labels.get("ka", "Long stay")
    assert found.label("xx") == "Long stay"
    assert read.label("visa-type", "nothing-known") == "nothing-known"
    with pytest.raises(NotFound):
        read.terms("no-such-list")


def test_unchanged_terms_cost_no_query(world: people.World, django_assert_num_queries: Any):
    with epochs.one_request():
        read.terms("visa-type")
        with django_assert_num_queries(0):
            assert read.choices("purpose-of-travel")
            assert read.term("visa-type", "C")


def test_a_change_counts_only_after_the_second_person(world: people.World, proposer: Any, approver: Any):
    made = actions.propose(proposer, [ferry()], "A new line over the river.")
    assert read.term("means-of-transport", "ferry") is None
    with pytest.raises(NotAllowed):
        proposals.approve(proposer, made.pk)
    assert any("River ferry" in line.after for line in proposals.show(approver, made.pk).lines)
    proposals.approve(approver, made.pk)
    found = read.term("means-of-transport", "ferry")
    assert found is not None
    assert found.label("fr") == "Bac"
    assert ("ferry", "River ferry") in read.choices("means-of-transport")
    row = ReferenceRow.objects.get(list="means-of-transport", code="ferry")
    assert (row.made_by, row.proposed_by) == (approver.actor, proposer.actor)


def test_a_term_that_is_over_is_named_but_not_offered(world: people.World, proposer: Any, approver: Any):
    yesterday = date.today() - timedelta(days=1)
    made = actions.propose(proposer, [ferry(valid_to=yesterday.isoformat())], "The line has closed.")
    proposals.approve(approver, made.pk)
    assert read.label("means-of-transport", "ferry", "en") == "River ferry"
    assert "ferry" not in dict(read.choices("means-of-transport"))
    assert "ferry" in dict(read.choices("means-of-transport", yesterday))


def test_what_changed_in_between_is_not_overwritten(world: people.World, proposer: Any, approver: Any):
    first = actions.propose(proposer, [ferry()], "One.")
    second = actions.propose(proposer, [ferry(order=40)], "Two.")
    proposals.approve(approver, first.pk)
    with pytest.raises(Conflict) as refused:
        proposals.approve(approver, second.pk)
    assert refused.value.code == "term-moved"


def test_a_new_version_of_xenia_renews_its_own_words_and_leaves_those_of_people(
    world: people.World, proposer: Any, approver: Any, monkeypatch: pytest.MonkeyPatch
):
    own = {**terms.shipped()[0].content(), "labels": {"en": "Sightseeing"}}
    proposals.approve(approver, actions.propose(proposer, [own], "Our word.").pk)
    newer = [
        terms.from_content({**one.content(), "labels": {**one.labels, "fr": "Mot"}}) for one in terms.shipped()[:2]
    ]
    monkeypatch.setattr(actions, "shipped", lambda: tuple(newer))
    assert actions.install() == 1
    first, second = read.terms("purpose-of-travel")[:2]
    assert first.label("en") == "Sightseeing"
    assert second.label("fr") == "Mot"
    assert [d for p in rebuild.projections() if p.name == "reference" for d in rebuild.check(p)[2]] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": {"fr": "Bac"}},
        {"labels": {"en": "Ferry", "xx": "?"}},
        {"labels": {"en": "two\nlines"}},
        {"code": "no spaces"},
        {"source": ""},
        {"confidence": "sure"},
        {"order": "first"},
        {"valid_from": "2027-01-02", "valid_to": "2027-01-01"},
        {"valid_from": "tomorrow"},
        {"attributes": {"wheels": "4"}},
    ],
)
def test_a_term_that_is_not_sound_is_refused(world: people.World, proposer: Any, wrong: dict[str, Any]):
    with pytest.raises(BadInput) as refused:
        actions.propose(proposer, [ferry(**wrong)], "Wrong.")
    assert refused.value.code == "bad-term"


def test_the_nearest_authority_says_what_the_refusal_form_tells(world: people.World, proposer: Any, approver: Any):
    assert [one.code for one in read.applying_to("refusal-remedy", "UTO-BG")] == ["default"]
    remedy = {
        "list": "refusal-remedy",
        "code": "bg",
        "labels": {"en": "Appeal within 8 days."},
        "attributes": {"authority": "UTO-BG", "days": "8"},
        "source": "Invented Act 9",
        "confidence": "decided",
    }
    proposals.approve(approver, actions.propose(proposer, [remedy], "The law says so.").pk)
    assert [one.code for one in read.applying_to("refusal-remedy", "UTO-BG")] == ["bg"]
    assert [one.code for one in read.applying_to("refusal-remedy", "UTO-PO")] == ["default"]


def test_states_have_names_in_every_language() -> None:
    from xenia.formats import states

    for language in ("fr", "ar", "az", "ru", "ka"):
        assert read.state_name("GEO", language) not in ("", "Georgia")
        assert read.state_name("D", language) not in ("", "Germany")
        known = [code for code, one in states._rows().items() if one.kind == "state" and not one.deprecated]
        missing = [code for code in known if code not in read._state_names()[language]]
        assert not missing, (language, missing)
    assert read.state_name("GEO", "en") == "Georgia"
    assert read.state_name("QQQ", "fr") == ""
