"""Django's record of this room."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The room `registers`."""

    name = "xenia.registers"
    label = "registers"

    def ready(self) -> None:
        """Make kinds, proposals and the part in forgetting known."""
        from xenia.journal import forgetting
        from xenia.registers import kinds, projections
        from xenia.registers.alerts.actions import register_actions
        from xenia.registers.forgetting import RegistersPart
        from xenia.registers.lists import kinds as list_kinds
        from xenia.registers.lists.actions import register_actions as register_list_actions
        from xenia.registers.search import kinds as search_kinds

        kinds.register()
        search_kinds.register()
        list_kinds.register()
        register_actions()
        register_list_actions()
        projections.register()
        forgetting.register(RegistersPart())
