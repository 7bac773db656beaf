"""Django's sessions in the database, written in the queue of short write transactions like everything else."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from xenia.journal.actions import writing


class SessionStore(DatabaseSessions):
    """A session row; saved and deleted inside `writing()`."""

    def save(self, must_create: bool = False) -> None:
        """Write the session. Raises as Django's own does."""
        with writing():
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        """Remove the session, if there is one."""
        with writing():
            super().delete(session_key)
