"""The follower as a Django application: its tables, and its part in forgetting."""

from django.apps import AppConfig


class TailingConfig(AppConfig):
    """`tailing`: entries become facts."""

    name = "xenia.insight.tailing"
    label = "tailing"

    def ready(self) -> None:
        """Make its kinds known to the journal, and let the forgetting reach it."""
        from xenia.insight.tailing import forgetting as part
        from xenia.insight.tailing import kinds
        from xenia.journal import forgetting

        kinds.register()
        forgetting.register(part.InsightPart())
