"""Django's record of this room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room `cases`."""

    name = "xenia.cases"
    label = "cases"

    def ready(self) -> None:
        """Make what this room registers known."""
