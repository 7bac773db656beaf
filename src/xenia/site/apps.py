"""Django's record of the roof."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The roof: it connects the rooms."""

    name = "xenia.site"
    label = "xenia_site"
