"""Django's record of the watch."""

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    """The watch over released tables."""

    name = "xenia.insight.watching"
    label = "watching"

    def ready(self) -> None:
        """Make its kinds of entries and of work items known."""
        from xenia.insight.watching import kinds, tasks

        kinds.register()
        tasks.register()
