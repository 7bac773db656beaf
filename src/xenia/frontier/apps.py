"""Django's record of this room."""

from django.apps import AppConfig


class FrontierConfig(AppConfig):
    """The room `frontier`."""

    name = "xenia.frontier"
    label = "frontier"
