"""The room as a Django application: its kinds of entries."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """`insight`: counted without persons."""

    name = "xenia.insight"
    label = "insight"

    def ready(self) -> None:
        """Make the room known to the journal, and the installed procedures to the room."""
        from pathlib import Path

        from xenia.insight import declarations, kinds, procedures, report_kinds
        from xenia.insight.official import codes
        from xenia.letters import press

        kinds.register()
        report_kinds.register()
        press.register("insight", Path(__file__).parent / "letters")
        declarations.add(procedures.with_answers)
        declarations.add(codes.with_breakdowns)
