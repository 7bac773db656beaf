"""Django's record of this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The room `access`."""

    name = "xenia.access"
    label = "access"
