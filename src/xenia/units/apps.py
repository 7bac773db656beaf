"""Django's record of this room."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """The room `units`."""

    name = "xenia.units"
    label = "units"

    def ready(self) -> None:
        """Make what this room registers known."""
        from django.conf import settings

        from xenia.journal import node
        from xenia.units import door, kinds, officers, sending, tasks
        from xenia.units.down import lists, live, news, reference, servers

        node.ask_whether_unit(lambda: bool(settings.XENIA_UNIT))
        kinds.register()
        tasks.register()
        door.register()
        officers.register()
        news.when_back(sending.line_is_back)
        lists.register()
        live.register()
        reference.register()
        servers.register()
