"""Django's record of this room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room `cases`."""

    name = "xenia.cases"
    label = "cases"

    def ready(self) -> None:
        """Make kinds, work items, messages, projections, the expected persons and the part in forgetting known."""
        from xenia.cases import exports, imports, incoming, kinds, projections, tasks, versions
        from xenia.cases.expected.register import EXPECTED
        from xenia.cases.forgetting import CasesPart
        from xenia.journal import forgetting
        from xenia.registers import catalogue as registers

        kinds.register()
        tasks.register()
        exports.register()
        imports.register()
        versions.register()
        incoming.register()
        forgetting.register(CasesPart())
        projections.register()
        registers.register_another(EXPECTED)
