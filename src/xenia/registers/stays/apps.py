"""Django's record of the register of stays."""

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """The register of stays."""

    name = "xenia.registers.stays"
    label = "stays"

    def ready(self) -> None:
        """Make kinds known."""
        from xenia.registers.stays import kinds

        kinds.register()
