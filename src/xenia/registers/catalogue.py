"""The registers of this installation, in the fixed order in which pages name them."""

from __future__ import annotations

from functools import lru_cache

from xenia.errors import NotFound
from xenia.registers.port import Register

_others: list[Register] = []


def register_another(register: Register) -> None:
    """Make a register of a room above this one known (cases: persons expected); called when its app is ready."""
    if all(one.name != register.name for one in _others):
        _others.append(register)
        registers.cache_clear()


@lru_cache(maxsize=1)
def registers() -> tuple[Register, ...]:
    """All registers that can be asked."""
    from xenia.registers.alerts.register import ALERTS
    from xenia.registers.lost_documents.register import LOST_DOCUMENTS
    from xenia.registers.notices.register import NOTICES
    from xenia.registers.stays.register import STAYS
    from xenia.registers.vehicles.register import VEHICLES
    from xenia.registers.visas.register import VISAS

    return (ALERTS, LOST_DOCUMENTS, NOTICES, VISAS, STAYS, VEHICLES, *_others)


def register(name: str) -> Register:
    """The register of this name. Raises `NotFound`."""
    for one in registers():
        if one.name == name:
            return one
    raise NotFound(
        f"There is no register {name!r}.",
        f"Registers: {', '.join(r.name for r in registers())}.",
        code="unknown-register",
    )
