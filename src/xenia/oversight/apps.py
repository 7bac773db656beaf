"""Django's record of this room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The room `oversight`."""

    name = "xenia.oversight"
    label = "oversight"
