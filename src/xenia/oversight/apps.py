"""Django's record of this room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The room `oversight`."""

    name = "xenia.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Make kinds, the part in forgetting, and the erasure that takes two persons known."""
        from xenia.journal import forgetting
        from xenia.oversight import history, kinds, proposals

        kinds.register_own()
        proposals.register()
        forgetting.register(history.HistoryPart())
