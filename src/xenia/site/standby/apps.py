"""Django's record of the second server."""

from django.apps import AppConfig


class StandbyConfig(AppConfig):
    """Two servers of one centre, of which one serves."""

    name = "xenia.site.standby"
    label = "standby"

    def ready(self) -> None:
        """Make kinds known, and tell the doors below which server this is."""
        from xenia.exchange import listener
        from xenia.site.standby import door, kinds, standing
        from xenia.units import serving

        kinds.register_own()
        door.register()
        listener.ask_whether_closed(standing.closed)
        serving.ask(standing.for_units)
