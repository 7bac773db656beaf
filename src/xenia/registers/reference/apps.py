"""Django's record of the reference data."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """The reference data."""

    name = "xenia.registers.reference"
    label = "reference"
