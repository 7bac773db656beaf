"""Django's record of this room."""

from pathlib import Path

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """The room `units`."""

    name = "xenia.units"
    label = "units"

    def ready(self) -> None:
        """Make what this room registers known."""
        from django.conf import settings

        from xenia import letters
        from xenia.journal import node
        from xenia.units import door, door_keys, holding, kinds, officers, sending, tasks
        from xenia.units.blobs import going
        from xenia.units.down import door as door_item
        from xenia.units.down import lists, live, news, passkeys, procedures, receipts, reference, release, servers

        node.ask_whether_unit(lambda: bool(settings.XENIA_UNIT))
        kinds.register()
        letters.register("unit", Path(__file__).parent / "image" / "letters")
        tasks.register()
        door.register()
        officers.register()
        news.when_back(sending.line_is_back)
        news.when_back(going.line_is_back)
        lists.register()
        live.register()
        reference.register()
        receipts.register()
        passkeys.register()
        procedures.register()
        release.register()
        servers.register()
        door_item.register()
        door_keys.register()
        holding.register()
