"""Django's record of this room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The room `work`."""

    name = "xenia.work"
    label = "work"
