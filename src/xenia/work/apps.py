"""Django's record of this room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The room `work`."""

    name = "xenia.work"
    label = "work"

    def ready(self) -> None:
        """Make kinds, the policy action and the part in forgetting known."""
        from xenia.work import account_change, forgetting, kinds, policy_change, projections

        kinds.register()
        policy_change.register()
        account_change.register()
        forgetting.register()
        projections.register()
