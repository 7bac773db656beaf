"""The interface is complete in every language, and what is compiled is what is written."""

import gettext
import io
import json
import re

import pytest
from django.conf import settings

from tools import messages

LANGUAGES = sorted(messages.LANGUAGES)
RUSSIAN = [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (21, 0), (22, 1), (112, 2)]
ARABIC = [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (103, 3)]
FORMS = {"ar": ARABIC, "ru": RUSSIAN, "fr": [(0, 0), (1, 0), (2, 1)], "az": [(1, 0), (2, 1)], "ka": [(1, 0), (2, 1)]}


def _entries(language):
    return [message for message in messages.catalogue(language) if message.id]


def test_every_language_on_offer_but_english_has_a_catalogue():
    assert {code for code, _ in settings.LANGUAGES} - {"en"} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_dead(language):
    assert not messages.untranslated(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_agrees(language):
    with messages.mo(language).open("rb") as file:
        kept = gettext.GNUTranslations(file)._catalog
    fresh = gettext.GNUTranslations(io.BytesIO(messages.compiled(language)))._catalog
    assert kept == fresh


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_original(language):
    for message in _entries(language):
        original = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(messages.PLACE.findall(" ".join(original)))
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            found = set(messages.PLACE.findall(text))
            assert found == wanted or (isinstance(message.id, tuple) and found <= wanted), message.id


@pytest.mark.parametrize(("language", "number", "form"), [(one, *row) for one, rows in FORMS.items() for row in rows])
def test_the_plurals_of_each_language(language, number, form):
    with messages.mo(language).open("rb") as file:
        assert gettext.GNUTranslations(file).plural(number) == form


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_stay_european(language):
    for message in _entries(language):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not any(re.search("[٠-٩۰-۹]", text) for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_of_reference_data_has_words(language):
    path = messages.SOURCE / "registers" / "reference" / "first.json"
    for one in json.loads(path.read_text(encoding="utf-8"))["lists"]:
        attributes = (each["labels"] for each in one["attributes"])
        for labels in (one["labels"], one["what"], *attributes, *(term["labels"] for term in one["terms"])):
            assert labels.get(language), (one["name"], labels["en"])


def test_a_text_is_gathered_under_whatever_name_a_file_calls_gettext(tmp_path):
    source = tmp_path / "page.py"
    source.write_text(
        "from django.utils.translation import gettext as _now\nfrom x import y as _z\n_now('Kept.')\n_z('Not.')\n"
    )
    assert list(messages._python(source, errors=False)) == ["Kept."]
