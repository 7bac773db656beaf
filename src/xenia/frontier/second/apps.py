"""Django's record of the second line."""

from pathlib import Path

from django.apps import AppConfig


class SecondConfig(AppConfig):
    """The second line."""

    name = "xenia.frontier.second"
    label = "second"

    def ready(self) -> None:
        """Make kinds, letters, work items, projections and the part in forgetting known; check the procedures."""
        from xenia import letters
        from xenia.frontier import inforce
        from xenia.frontier.second import arriving, handover, kinds, procedures, projections
        from xenia.frontier.second.forgetting import HandOverPart, SecondPart
        from xenia.journal import forgetting

        kinds.register()
        arriving.register()
        procedures.check()
        letters.register("second", Path(__file__).parent / "letters", inforce.letter)
        handover.register_kinds()
        projections.register()
        forgetting.register(SecondPart())
        forgetting.register(HandOverPart())
