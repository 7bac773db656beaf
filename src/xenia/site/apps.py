"""Django's record of the roof."""

import logging

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The roof: it connects the rooms."""

    name = "xenia.site"
    label = "xenia_site"

    def ready(self) -> None:
        """Make the kinds of the roof known."""
        from xenia.site.keeping import kinds
        from xenia.units.store import opening

        kinds.register_own()
        opening.prepare_with(_prepare)


def _prepare() -> None:
    from xenia.site import setup

    setup.ensure(logging.getLogger("xenia.serving").info)
