"""Names of the moments at which a power cut is tried out. In life nothing happens at them; tests put a kill there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

STEPS: Final = (
    "deliver.leased", "deliver.carried", "deliver.noted", "deliver.done",
    "receive.checked", "receive.stored", "receive.done",
)  # fmt: skip

at: dict[str, Callable[[], None]] = {}


def reached(step: str) -> None:
    """This step was reached."""
    if step in at:
        at[step]()
