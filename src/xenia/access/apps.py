"""Django's record of this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The room `access`."""

    name = "xenia.access"
    label = "access"

    def ready(self) -> None:
        """Make kinds and receivers known."""
        from xenia.access import forgetting, kinds, note_forgetting, projections, signals, told_passkeys  # noqa: F401

        kinds.register()
        told_passkeys.register()
        forgetting.register()
        note_forgetting.register()
        projections.register()
