"""The room as a Django application: its kinds of entries."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """`insight`: counted without persons."""

    name = "xenia.insight"
    label = "insight"

    def ready(self) -> None:
        """Make the room known to the journal, and the installed procedures to the room."""
        from xenia.insight import declarations, kinds, procedures

        kinds.register()
        declarations.add(procedures.with_answers)
