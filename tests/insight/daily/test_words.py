"""The report leaves out the note on hidden cells by its first words: they have to be its first words in every language."""

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_note_on_hidden_cells_begins_as_the_report_knows_it(language: str) -> None:
    with translation.override(language):
        assert gettext("Hidden cells: %(hidden)d of %(cells)d.").startswith(gettext("Hidden cells:"))
