"""The specimens that the standard prints, and what must be read from them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.formats.mrz.specimens import ID_FRA_LATER, SPECIMENS, TD3, TODAY
from xenia.formats import mrz

SAMPLES = Path(__file__).parents[4] / "shared/samples/biodocs/mrz_text/mrz_dev.json"
FIELDS_OF_NPM = {
    "documentCode": "document_code",
    "issuingState": "issuing_state",
    "documentNumber": "document_number",
    "lastName": "surname",
    "firstName": "given_names",
    "nationality": "nationality",
}


@pytest.mark.parametrize("layout", SPECIMENS)
def test_a_specimen_is_read(layout: str) -> None:
    reading = mrz.read("\n".join(SPECIMENS[layout]), today=TODAY)
    assert reading.layout == layout
    assert reading.valid
    assert reading.lines == SPECIMENS[layout]
    assert all(check.ok and check.expected == check.found for check in reading.checks)
    assert reading.repairs == ()


@pytest.mark.parametrize("layout", ["TD3", "TD1", "TD2"])
def test_the_traveller_of_the_specimens_is_known(layout: str) -> None:
    fields = mrz.read("\n".join(SPECIMENS[layout]), today=TODAY).fields
    assert (fields.surname, fields.given_names, fields.sex) == ("ERIKSSON", "ANNA MARIA", "F")
    assert (fields.issuing_state, fields.nationality) == ("UTO", "UTO")
    assert str(fields.birth_date) == "1974-08-12"
    assert str(fields.expiry_date) == "2012-04-15"


def test_the_checks_are_named_and_placed() -> None:
    reading = mrz.read("\n".join(TD3), today=TODAY)
    names = [check.field for check in reading.checks]
    assert names == ["document_number", "birth_date", "expiry_date", "optional_data", "composite"]
    for check in reading.checks:
        assert check.digit.of(reading.lines) == check.found
        covered = "".join(span.of(reading.lines) for span in check.covers)
        assert str(mrz.check_digit(covered)) == check.expected
    assert reading.span("surname") == mrz.Span(0, 5, 44)
    assert reading.span("issue_month") is None


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("TD1", ["document_number", "birth_date", "expiry_date", "composite"]),
        ("TD2", ["document_number", "birth_date", "expiry_date", "composite"]),
        ("MRV-A", ["document_number", "birth_date", "expiry_date"]),
        ("MRV-B", ["document_number", "birth_date", "expiry_date"]),
        ("ID-FRA", ["document_number", "birth_date", "composite"]),
    ],
)
def test_every_layout_has_its_checks(layout: str, names: list[str]) -> None:
    reading = mrz.read("\n".join(SPECIMENS[layout]), today=TODAY)
    assert [check.field for check in reading.checks] == names


def test_the_french_card_has_its_month_of_issue_and_no_expiry() -> None:
    reading = mrz.read("\n".join(ID_FRA_LATER), today=TODAY)
    assert reading.valid
    assert (reading.fields.document_number, str(reading.fields.issue_month)) == ("940992310285", "1994-09")
    assert reading.fields.expiry_date is None
    assert reading.is_expired(TODAY) is None
    assert reading.warning_codes == ("no-expiry-date",)


def test_expiry_is_judged_on_a_given_day() -> None:
    reading = mrz.read("\n".join(TD3), today=TODAY)
    assert reading.is_expired(date(2012, 4, 15)) is False
    assert reading.is_expired(date(2012, 4, 16)) is True


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_the_sample_vectors_are_read_as_npm_mrz_reads_them() -> None:
    layouts = {"FRENCH_NATIONAL_ID": "ID-FRA"}
    for vector in json.loads(SAMPLES.read_text()):
        reading = mrz.read("\n".join(vector["lines"]), today=TODAY)
        theirs = vector["npm_mrz"]
        assert reading.layout == layouts.get(theirs["format"], theirs["format"])
        # npm `mrz` does not know the specimen state; we do.
        assert reading.valid == (theirs["valid"] or theirs["invalid"] == ["issuingState", "nationality"])
        if reading.valid:
            for their_name, our_name in FIELDS_OF_NPM.items():
                if theirs["fields"].get(their_name) is not None:
                    # npm `mrz` cuts the number of the French card in three; the last is called so.
                    assert getattr(reading.fields, our_name).endswith(theirs["fields"][their_name])
