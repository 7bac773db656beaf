"""Django's record of the shift of a post."""

from pathlib import Path

from django.apps import AppConfig


class ShiftConfig(AppConfig):
    """The shift of a post."""

    name = "xenia.frontier.shift"
    label = "shift"

    def ready(self) -> None:
        """Make kinds, projections, letters and the part in forgetting known."""
        from xenia import letters
        from xenia.frontier.shift import kinds, projections
        from xenia.frontier.shift.forgetting import ShiftPart
        from xenia.journal import forgetting

        kinds.register()
        projections.register()
        forgetting.register(ShiftPart())
        letters.register("shift", Path(__file__).parent / "letters")
