"""Django's record of this room."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The room `registers`."""

    name = "xenia.registers"
    label = "registers"

    def ready(self) -> None:
        """Make kinds, proposals and the part in forgetting known."""
        from xenia.journal import forgetting
        from xenia.registers import entered, exports, kinds, projections
        from xenia.registers.alerts.actions import register_actions
        from xenia.registers.alerts.rules import ENTERING as ALERTS
        from xenia.registers.forgetting import RegistersPart
        from xenia.registers.lists import kinds as list_kinds
        from xenia.registers.lists.actions import register_actions as register_list_actions
        from xenia.registers.lost_documents.rules import ENTERING as LOST_DOCUMENTS
        from xenia.registers.notices.rules import ENTERING as NOTICES
        from xenia.registers.pages import register_exports
        from xenia.registers.search import kinds as search_kinds
        from xenia.registers.vehicles.rules import ENTERING as VEHICLES
        from xenia.registers.visas.rules import ENTERING as VISAS

        kinds.register()
        search_kinds.register()
        list_kinds.register()
        register_actions()
        entered.register_actions()
        exports.register_action()
        register_exports.register()
        for entering in (ALERTS, LOST_DOCUMENTS, NOTICES, VISAS, VEHICLES):
            entered.register(entering)
        register_list_actions()
        projections.register()
        forgetting.register(RegistersPart())
