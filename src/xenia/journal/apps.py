"""Django's record of this room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The room `journal`."""

    name = "xenia.journal"
    label = "journal"

    def ready(self) -> None:
        """Registers the journal's own kinds and its part in forgetting."""
        from xenia.journal import forgetting, forgetting_part, kinds

        kinds.register(*kinds.OWN)
        forgetting.register(forgetting_part.PART)
