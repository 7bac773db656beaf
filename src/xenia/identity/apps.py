"""Django's record of this room."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The room `identity`."""

    name = "xenia.identity"
    label = "identity"
