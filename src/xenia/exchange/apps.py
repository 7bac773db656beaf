"""Django's record of this room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room `exchange`."""

    name = "xenia.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Make what this room registers known."""
        from xenia.exchange import changes, forgetting, kinds

        kinds.register()
        changes.register()
        forgetting.register()
