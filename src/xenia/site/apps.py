"""Django's record of the roof."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The roof: it connects the rooms."""

    name = "xenia.site"
    label = "xenia_site"

    def ready(self) -> None:
        """Make the kinds of the roof known."""
        from xenia.site.keeping import kinds

        kinds.register_own()
