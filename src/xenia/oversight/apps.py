"""Django's record of this room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The room `oversight`."""

    name = "xenia.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Make kinds and the erasure that takes two persons known."""
        from xenia.oversight import kinds, proposals

        kinds.register_own()
        proposals.register()
