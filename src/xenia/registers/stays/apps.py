"""Django's record of the register of stays."""

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """The register of stays."""

    name = "xenia.registers.stays"
    label = "stays"

    def ready(self) -> None:
        """Make kinds, proposals, the projection and the part in forgetting known."""
        from xenia.journal import forgetting
        from xenia.registers.stays import corrections, kinds, leaving, projection
        from xenia.registers.stays.forgetting import StaysPart

        kinds.register()
        corrections.register_actions()
        projection.register()
        leaving.register()
        forgetting.register(StaysPart())
