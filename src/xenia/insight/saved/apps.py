"""Django's record of saved questions."""

from django.apps import AppConfig


class SavedConfig(AppConfig):
    """Saved questions and the reports made of them."""

    name = "xenia.insight.saved"
    label = "saved"

    def ready(self) -> None:
        """Make the work item of a report that failed known."""
        from xenia.insight.saved import tasks

        tasks.register()
