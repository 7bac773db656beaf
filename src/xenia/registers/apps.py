"""Django's record of this room."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The room `registers`."""

    name = "xenia.registers"
    label = "registers"
