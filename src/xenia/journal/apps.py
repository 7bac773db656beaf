"""Django's record of this room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The room `journal`."""

    name = "xenia.journal"
    label = "journal"
