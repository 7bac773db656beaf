"""The family of Xenia's errors. Each message says what to do next.

    XeniaError
    ├── BadInput      what was given cannot be read            HTTP 422, exit 1
    ├── NotAllowed    policy, role or purpose says no          HTTP 403, exit 1
    ├── NotFound      there is nothing of that name            HTTP 404, exit 1
    ├── Conflict      somebody else was first, or a rule of state forbids it   HTTP 409, exit 1
    └── Unavailable   a disk, database, key, list or line is not to be had now  HTTP 503, exit 1

Wrong use of a command (unknown option, missing argument) is not an error of this family: exit 2.
"""

from __future__ import annotations


class XeniaError(Exception):
    """Root of the family.

    `message` says what happened; `what_to_do` is one sentence for the person who reads it.
    `code` is stable and documented in `docs/reference/errors.md`. Never holds personal data.
    """

    code = "error"
    http_status = 500

    def __init__(self, message: str, what_to_do: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.what_to_do = what_to_do
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.what_to_do}".strip()


class BadInput(XeniaError):
    """What was given cannot be read or is not complete."""

    code = "bad-input"
    http_status = 422


class NotAllowed(XeniaError):
    """Policy, role or purpose says no."""

    code = "not-allowed"
    http_status = 403


class NotFound(XeniaError):
    """There is nothing of that name, or nothing that this officer may know of."""

    code = "not-found"
    http_status = 404


class Conflict(XeniaError):
    """Somebody else was first, or the present state forbids it."""

    code = "conflict"
    http_status = 409


class Unavailable(XeniaError):
    """A disk, database, key, list or line is not to be had now; nothing was lost."""

    code = "unavailable"
    http_status = 503
