"""The Arabic of the interface is complete, and what is compiled is what is written."""

import gettext
import io
import re

import pytest

from tools import messages

PLACE = re.compile(r"%\(\w+\)\d*[sd]")


def _entries():
    return [message for message in messages.catalogue() if message.id]


def test_every_text_has_arabic_and_none_is_dead():
    assert not messages.untranslated()


def test_the_compiled_file_agrees():
    with messages.MO.open("rb") as file:
        kept = gettext.GNUTranslations(file)._catalog
    fresh = gettext.GNUTranslations(io.BytesIO(messages.compiled()))._catalog
    assert kept == fresh


def test_placeholders_are_those_of_the_original():
    for message in _entries():
        original = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(PLACE.findall(" ".join(original)))
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            found = set(PLACE.findall(text))
            assert found == wanted or (isinstance(message.id, tuple) and found <= wanted), message.id


@pytest.mark.parametrize(
    ("number", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (103, 3)]
)
def test_the_six_plurals_of_arabic(number, form):
    with messages.MO.open("rb") as file:
        assert gettext.GNUTranslations(file).plural(number) == form


def test_digits_stay_european():
    for message in _entries():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not any(re.search("[٠-٩]", text) for text in texts)
