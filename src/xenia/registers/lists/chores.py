"""What is done for lists again and again, beside the work."""

from __future__ import annotations

from xenia.registers.lists import current, forgetting, incoming, sources, store, versions, waiting


def put_away() -> int:
    """Sources and versions whose proposal was not approved."""
    return sources.forget_rejected() + versions.reject_decided()


def open_lists() -> int:
    """Verifies lists that came into use since, so that no check has to."""
    current.warm()
    return 0


def sweep() -> int:
    """Uploads that were left by a process that died: a load takes hours at most. Files of folders, days after their load."""
    return store.sweep_uploads(6 * 3600) + incoming.sweep()


CHORES = (
    ("lists-open", 2.0, open_lists),
    ("lists-rebuild", 60.0, forgetting.rebuild_due),
    ("lists-put-away", 60.0, put_away),
    ("lists-folders", 5.0, incoming.watch),
    ("lists-stale", 60.0, waiting.tell_stale),
    ("lists-sweep", 600.0, sweep),
)
