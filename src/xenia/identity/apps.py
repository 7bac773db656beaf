"""Django's record of this room."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The room `identity`."""

    name = "xenia.identity"
    label = "identity"

    def ready(self) -> None:
        """Make kinds, what they do when they arrive, and the part in forgetting known."""
        from xenia.identity import arriving, kinds
        from xenia.identity.forgetting import IdentityPart
        from xenia.journal import forgetting

        kinds.register()
        arriving.register()
        forgetting.register(IdentityPart())
