"""The words of a name that identify."""

import pytest

from xenia.matching.tokens import LONGEST_TOKEN, MOST_TOKENS, token_spellings, tokens


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ALIYEV MURAD HASAN OGLU", ("ALIYEV", "MURAD", "HASAN")),
        ("Leyla Hüseyn qızı", ("LEYLA", "HUSEYN")),
        ("de la Cruz, María", ("CRUZ", "MARIA")),
        ("van den Berg", ("BERG",)),
        ("Salman bin Muhammad al-Rawi", ("SALMAN", "MUHAMMAD", "RAWI")),
        ("Mohd Rahman", ("MOHAMMAD", "RAHMAN")),
        ("Dr. Sheikh Said", ("SAID",)),
        ("bin al", ("BIN", "AL")),
        ("", ()),
    ],
)
def test_particles_are_left_out_unless_nothing_else_is_there(name: str, expected: tuple[str, ...]) -> None:
    assert tokens(name) == expected


@pytest.mark.parametrize(
    "names",
    [
        ("Abd al-Rahman", "ABDULRAHMAN", "Abdel Rahman", "Abdurrahman", "ABDERRAHMAN", "'Abd-ar-Rahman"),
        ("Abdullah", "ABD ALLAH", "Abdallah", "عبد الله", "عبدالله", "ABDOULLAH"),
        ("Saif al-Din", "SAIFUDDIN", "Saifeddine", "SAIF-UD-DIN", "Saif ed Din"),
        ("Abu Bakr", "ABUBAKR", "Abou Bakr"),
        ("Rahmatullah", "RAHMAT ALLAH", "Rahmat Ullah"),
    ],
)
def test_arabic_compounds_are_one_token_however_they_are_parted(names: tuple[str, ...]) -> None:
    assert len({tokens(name + " Hakimi") for name in names}) == 1


def test_a_letter_with_a_mark_gives_two_spellings() -> None:
    assert token_spellings("Jürgen Weiß") == (("JUERGEN", "WEISS"),) or len(token_spellings("Jürgen Weiß")) == 2
    assert token_spellings("Weiss") == (("WEISS",),)


def test_length_and_number_are_bounded() -> None:
    assert len(tokens("ABCDEF " * 500)) == MOST_TOKENS
    assert max(map(len, tokens("Q" * 10_000))) <= LONGEST_TOKEN
