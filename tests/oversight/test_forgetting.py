"""Nobody who was erased is left in any byte. The full count: `xenia soak forgetting --persons 1000`."""

import pytest

from xenia.site.soak import forgetting, planting


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_those_who_were_erased(tmp_path):
    people = planting.persons(96, seed=20261121)
    proof = forgetting.prove(planting.crew(), people, tmp_path)
    assert proof.unfound == 0 and proof.subjects >= len(people)
    assert proof.seen_before >= len(people), "the scanner must see what is there before the erasure"
    assert proof.residues == []
    assert proof.journal_whole
