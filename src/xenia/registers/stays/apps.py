"""Django's record of the register of stays."""

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """The register of stays."""

    name = "xenia.registers.stays"
    label = "stays"
