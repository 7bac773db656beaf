"""Odd but lawful zones, and what readers and keyboards do to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.formats.mrz.specimens import SPECIMENS, TD1, TD2, TD3, TODAY, with_character
from xenia.formats import mrz
from xenia.formats.dates import PartialDate

BELGIAN = ("IDBEL000590240<6013<<<<<<<<<<<", "8512017F1311048BEL851201002007", "REINARTZ<<ULRIKE<KATIA<E<<<<<<")
PORTUGUESE = ("I<PRT007777779<ZZ92<<<<<<<<<<<", "8303143M3405282PRT<<<<<<<<<<<2", "CACADOR<DE<ARAUJO<<ANDRE<ESTEV")
UTOPIAN = mrz.Fields(
    document_code="P",
    issuing_state="UTO",
    document_number="X12345678",
    surname="ORAN",
    given_names="MIRA",
    nationality="UTO",
    birth_date=PartialDate(1990, 5, 17),
    sex="F",
    expiry_date=PartialDate(2031, 5, 16),
)


def read(*lines: str, today: date = TODAY) -> mrz.Reading:
    return mrz.read("\n".join(lines), today=today)


def written(layout: str = "TD3", **changes: object) -> mrz.Reading:
    return read(*mrz.write(layout, replace(UTOPIAN, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize("digit", ["<", "0"])
def test_empty_optional_data_may_have_a_filler_or_zero_as_check_digit(digit: str) -> None:
    lines = mrz.write("TD3", UTOPIAN)
    lines = with_character(lines, 1, 42, digit)
    check = {one.field: one for one in read(*lines).checks}["optional_data"]
    assert (check.expected, check.found, check.ok) == ("0", digit, True)


def test_a_filler_is_no_check_digit_of_optional_data_that_is_there() -> None:
    lines = with_character(TD3, 1, 42, "<")
    check = {one.field: one for one in read(*lines).checks}["optional_data"]
    assert (check.expected, check.found, check.ok) == ("1", "<", False)
    assert not read(*lines).valid


def test_a_filler_is_no_check_digit_of_a_short_number() -> None:
    assert not read(*with_character(TD1, 0, 14, "<")).valid
    assert not read(*with_character(TD2, 1, 9, "<")).valid


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (
            ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"),
            "D23145890734",
        ),
        (PORTUGUESE, "007777779ZZ9"),
        (BELGIAN, "000590240601"),
    ],
)
def test_a_long_number_goes_on_in_the_optional_data(lines: tuple[str, ...], number: str) -> None:
    reading = read(*lines)
    assert reading.valid
    assert reading.fields.document_number == number
    assert reading.fields.optional_data == ""


@pytest.mark.parametrize(("layout", "longest"), [("TD1", 9 + 14 - 1), ("TD2", 9 + 5)])
def test_long_numbers_of_every_length_come_back(layout: str, longest: int) -> None:
    for length in range(1, longest + 1):
        number = "ABCDEFGHIJ0123456789KLMN"[:length]
        reading = written(layout, document_code="I", document_number=number)
        assert reading.valid, number
        assert reading.fields.document_number == number


def test_optional_data_behind_a_long_number_is_kept_apart() -> None:
    reading = written(
        "TD1", document_code="I", document_number="ABCDEFGHIJKL", optional_data="77A", optional_data_2="B8"
    )
    assert reading.valid
    assert (reading.fields.optional_data, reading.fields.optional_data_2) == ("77A", "B8")


def test_a_wrong_check_digit_of_a_long_number_is_found() -> None:
    reading = read(*with_character(PORTUGUESE, 0, 18, "5"))
    check = reading.checks[0]
    assert (check.field, check.expected, check.found, check.ok) == ("document_number", "2", "5", False)
    assert check.digit == mrz.Span(0, 18, 19)


def test_a_name_that_fills_its_field_may_be_cut() -> None:
    reading = read(*PORTUGUESE)
    assert reading.name_truncated
    assert (reading.fields.surname, reading.fields.given_names) == ("CACADOR DE ARAUJO", "ANDRE ESTEV")


def test_one_name_only_is_a_surname() -> None:
    fields = written(surname="ARKFREITH", given_names="").fields
    assert (fields.surname, fields.given_names) == ("ARKFREITH", "")


@pytest.mark.parametrize(
    ("raw", "iso", "code"),
    [
        ("740812", "1974-08-12", None),
        ("7408<<", "1974-08", "birth-date-partial"),
        ("74<<<<", "1974", "birth-date-partial"),
        ("<<<<<<", None, "birth-date-unknown"),
        ("<<0812", "", "birth-date-partial"),
        ("740800", "1974-08", "birth-date-zeros"),
        ("740000", "1974", "birth-date-zeros"),
        ("000000", None, "birth-date-zeros"),
        ("740230", None, "birth-date-impossible"),
        ("741301", None, "birth-date-impossible"),
        ("7408<2", None, "birth-date-impossible"),
        ("240229", "2024-02-29", None),
        ("230229", None, "birth-date-impossible"),
        ("261121", "2026-11-21", None),
        ("261122", "1926-11-22", None),
        ("2612<<", "1926-12", "birth-date-partial"),
        ("26<<<<", "2026", "birth-date-partial"),
        ("270101", "1927-01-01", None),
    ],
)
def test_birth_dates(raw: str, iso: str | None, code: str | None) -> None:
    line = TD3[1]
    line = line[:13] + raw + str(mrz.check_digit(raw)) + line[20:43]
    composite = mrz.check_digit(line[:10] + line[13:20] + line[21:43])
    reading = read(TD3[0], f"{line}{composite}")
    birth = reading.fields.birth_date
    assert (birth.iso() if birth else None) == iso
    assert [c for c in reading.warning_codes if c.startswith("birth")] == ([code] if code else [])
    assert reading.valid == (code != "birth-date-impossible")


@pytest.mark.parametrize(
    ("raw", "iso", "unusual"),
    [
        ("120415", "2012-04-15", True),
        ("160101", "2016-01-01", False),
        ("310516", "2031-05-16", False),
        ("760101", "2076-01-01", False),
        ("770101", "1977-01-01", True),
        ("961210", "1996-12-10", True),
    ],
)
def test_expiry_dates_fall_around_today(raw: str, iso: str, unusual: bool) -> None:
    lines = mrz.write("MRV-A", replace(UTOPIAN, document_code="V"))
    line = lines[1][:21] + raw + str(mrz.check_digit(raw)) + lines[1][28:]
    reading = read(lines[0], line)
    assert str(reading.fields.expiry_date) == iso
    assert ("expiry-date-unusual" in reading.warning_codes) == unusual


def test_today_is_passed_in() -> None:
    assert str(read(*TD3, today=date(1970, 1, 1)).fields.birth_date) == "1874-08-12"
    assert str(read(*TD3, today=date(2080, 1, 1)).fields.birth_date) == "2074-08-12"


@pytest.mark.parametrize(
    ("letter", "sex", "code"),
    [("M", "M", None), ("F", "F", None), ("<", "X", None), ("X", "X", "sex-as-x"), ("Q", None, "sex-unreadable")],
)
def test_sex(letter: str, sex: str | None, code: str | None) -> None:
    reading = read(*with_character(TD3, 1, 20, letter))
    assert reading.fields.sex == sex
    assert [c for c in reading.warning_codes if c.startswith("sex")] == ([code] if code else [])
    assert reading.valid == (sex is not None)


@pytest.mark.parametrize(
    ("code", "standing"),
    [
        ("D", None),
        ("GBD", None),
        ("XXA", None),
        ("XXB", None),
        ("RKS", None),
        ("UNO", None),
        ("ZAR", "deprecated"),
        ("SUN", "deprecated"),
        ("QQQ", "unknown"),
        ("", "missing"),
    ],
)
def test_issuing_codes_beyond_iso(code: str, standing: str | None) -> None:
    reading = written(issuing_state=code, nationality=code)
    assert reading.valid
    assert reading.fields.issuing_state == reading.fields.nationality == code
    found = [c for c in reading.warning_codes if "state" in c or "nationality" in c]
    assert found == ([f"issuing-state-{standing}", f"nationality-{standing}"] if standing else [])


def test_german_documents_pad_their_one_letter() -> None:
    lines = ("P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<", "C01X0006H1D<<6408125F1710319<<<<<<<<<<<<<<<0")
    reading = read(*lines)
    assert reading.valid
    assert (reading.fields.issuing_state, reading.fields.nationality) == ("D", "D")


NOISE = {
    "lower case": lambda lines: "\n".join(lines).lower(),
    "carriage returns": lambda lines: "\r".join(lines) + "\r",
    "both line ends": lambda lines: "\r\n".join(lines) + "\r\n",
    "line feed first": lambda lines: "\n\r".join(lines) + "\n\r",
    "tabs": lambda lines: "\t".join(lines) + "\t",
    "glued": "".join,
    "spaces": lambda lines: "\n".join(" ".join(line) for line in lines),
    "byte order mark": lambda lines: "\ufeff" + "\n".join(lines),
    "utf-8 bytes": lambda lines: "\n".join(lines).encode("utf-8-sig"),
    "utf-16 bytes": lambda lines: "\n".join(lines).encode("utf-16"),
    "start and end of text": lambda lines: "\x02" + "\r".join(lines) + "\x03",
    "single angles": lambda lines: "\n".join(lines).replace("<", "\u2039"),
    "guillemets, one for two": lambda lines: "\n".join(lines).replace("<<", "\u00ab"),
    "guillemets, one for one": lambda lines: "\n".join(lines).replace("<", "\u00ab"),
    "full width": lambda lines: "".join(
        chr(ord(c) + 0xFEE0) if c.isascii() and not c.isspace() else c for c in "\n".join(lines)
    ),
    "prefix glued": lambda lines: "L1" + "".join(lines),
    "suffix glued": lambda lines: "".join(lines) + "00",
    "prefix with marks": lambda lines: "]L0#" + "".join(lines) + "$",
    "a prefix on every line": lambda lines: "\n".join("M" + line for line in lines),
    "a prefix before all": lambda lines: "MRZ2" + "\r".join(lines) + "\r",
    "a suffix behind all": lambda lines: "\r\n".join(lines) + "77\r\n",
    "prefix and suffix": lambda lines: "A1" + "\t".join(lines) + "Z9\t",
    "a line before": lambda lines: "SCAN 1\n" + "\n".join(lines),
    "a line behind": lambda lines: "\n".join(lines) + "\nEND",
    "empty lines between": lambda lines: "\n\n".join(lines),
}


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("layout", SPECIMENS)
def test_what_readers_do_does_no_harm(layout: str, noise: str) -> None:
    lines = SPECIMENS[layout]
    reading = mrz.read(NOISE[noise](lines), today=TODAY)
    assert reading.layout == layout
    assert reading.lines == lines
    assert reading.valid


def test_guillemets_are_reported() -> None:
    assert "filler-replaced" in mrz.read("\n".join(TD3).replace("<", "\u2039"), today=TODAY).warning_codes


def test_text_around_is_reported() -> None:
    assert "text-around" in read("SCAN", *TD3).warning_codes


def test_of_several_lines_of_a_width_those_that_fit_best_are_read() -> None:
    reading = read("PAGE<OF<A<BOOK".ljust(44, "<"), *TD3)
    assert reading.lines == TD3
    assert reading.valid


def test_a_letter_read_for_fillers_is_reported_and_left() -> None:
    reading = read(TD3[0][:-3] + "KKK", TD3[1])
    assert "filler-perhaps-k" in reading.warning_codes
    assert reading.lines[0].endswith("KKK")
    assert "filler-perhaps-k" in read(with_character(TD3, 0, 30, "K")[0], TD3[1]).warning_codes


def test_an_initial_k_is_no_filler() -> None:
    assert written(given_names="ANNA K").warning_codes == ()


def test_a_character_too_many_in_a_visa_does_not_push_its_last_filler_out() -> None:
    upper, lower = SPECIMENS["MRV-B"]
    reading = read(upper, lower[:26] + "1" + lower[26:])  # 961211 and its check digit 0, where 961210 and 9 stood
    assert (reading.layout, reading.valid) == (None, False)


def test_names_that_lost_their_fillers_are_read_but_not_valid() -> None:
    reading = read(TD3[0].rstrip("<"), TD3[1])
    assert reading.lines == TD3
    assert "line-padded" in reading.warning_codes
    assert not reading.valid


def test_a_lost_filler_is_put_back_if_the_check_digits_agree() -> None:
    reading = read(TD3[0], TD3[1].replace("<<<<<", "<<<<"))
    assert reading.lines == TD3
    assert reading.valid
    assert [(one.field, one.found, one.repaired, one.applied) for one in reading.repairs] == [("filler", "", "<", True)]
    assert reading.lines_found[1] != reading.lines[1]


@pytest.mark.parametrize("text", ["", "   \n\t", "HELLO", "P<UTO", "<" * 88, "\x00" * 50, "P" * 44])
def test_what_is_no_zone_is_said_to_be_none(text: str) -> None:
    reading = mrz.read(text, today=TODAY)
    assert not reading.valid
    assert reading.warnings
    if reading.layout is None:
        assert reading.fields == mrz.Fields()
        assert reading.checks == ()


def test_a_character_that_no_zone_has_spoils_it_without_moving_the_rest() -> None:
    reading = read(*with_character(TD3, 1, 3, "*"))
    assert reading.layout == "TD3"
    assert not reading.valid
    assert "character-not-allowed" in reading.warning_codes
    number = reading.checks[0]
    assert (number.expected, number.found, number.ok) == (None, "6", False)
    assert str(reading.fields.birth_date) == "1974-08-12"


def test_an_unusual_document_code_is_only_reported() -> None:
    reading = read("X" + TD3[0][1:], TD3[1])
    assert reading.valid
    assert "document-code-unusual" in reading.warning_codes


def test_a_document_may_not_expire_before_its_holder_is_born() -> None:
    reading = written(birth_date=PartialDate(2025, 1, 1), expiry_date=PartialDate(2020, 1, 1))
    assert "expiry-before-birth" in reading.warning_codes
