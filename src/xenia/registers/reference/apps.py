"""Django's record of the reference data."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """The reference data."""

    name = "xenia.registers.reference"
    label = "reference"

    def ready(self) -> None:
        """Make kinds, the proposal and the projection known."""
        from xenia.registers.reference import actions, kinds, projection

        kinds.register()
        actions.register_actions()
        projection.register()
