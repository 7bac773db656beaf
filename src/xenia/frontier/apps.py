"""Django's record of this room."""

from django.apps import AppConfig


class FrontierConfig(AppConfig):
    """The room `frontier`."""

    name = "xenia.frontier"
    label = "frontier"

    def ready(self) -> None:
        """Make kinds, what they do when they arrive, work items, projections and the part in forgetting known."""
        from xenia.frontier import arriving, kinds, projections, referrals, unfinished
        from xenia.frontier.forgetting import FrontierPart
        from xenia.journal import forgetting

        kinds.register()
        arriving.register()
        referrals.register_kinds()
        forgetting.register(FrontierPart())
        projections.register()
        unfinished.register()
