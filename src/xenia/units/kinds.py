"""What this room writes into the journal: units and their states, what was received of them; never what entries say."""

from __future__ import annotations

from typing import Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

INVITED: Final = "unit.invited"
CAME: Final = "unit.came"
CHANGED: Final = "unit.changed"
RECEIVED: Final = "unit.received"
TURNED_AWAY: Final = "unit.turned-away"
ASIDE: Final = "unit.entry-aside"
SETTLED: Final = "unit.entry-settled"
ACCESS_TAKEN: Final = "unit.access-taken"
CODE_GIVEN: Final = "unit.code-given"
PIN_SET: Final = "unit.pin-set"
STORE_OPENED: Final = "unit.store-opened"
STORE_RELEASED: Final = "unit.store-released"
STORE_SHARED: Final = "unit.store-shared"
CARRIED_OUT: Final = "unit.backlog-exported"
CARRIED_IN: Final = "unit.backlog-imported"
CARRIED_BACK: Final = "unit.answer-taken"
DOCUMENT_LOST: Final = "unit.document-lost"
IMAGE_MADE: Final = "unit.image-made"
IMAGE_RELEASED: Final = "unit.image-released"
IMAGE_OPENED: Final = "unit.image-opened"
CLOCK_LEAPT: Final = "unit.clock-leapt"
LETTER: Final = "unit.letter-written"


def register() -> None:
    """Make this room's kinds known to the journal."""
    kinds.register(
        Kind(INVITED, personal=False, label="Unit invited"),
        Kind(CAME, personal=False, label="Machine came with an enrolment code"),
        Kind(CHANGED, personal=False, label="Unit admitted, quarantined, released or revoked"),
        Kind(RECEIVED, personal=False, label="Entries of a unit received"),
        Kind(TURNED_AWAY, personal=False, label="Entries of a unit turned away"),
        Kind(ASIDE, personal=False, label="Entry of a unit put aside"),
        Kind(SETTLED, personal=False, label="Entry of a unit that was put aside looked at"),
        Kind(ACCESS_TAKEN, personal=False, label="Officers, roles and policy taken from the centre"),
        Kind(CODE_GIVEN, personal=False, label="Sign-in code for an officer at a unit given out"),
        Kind(PIN_SET, personal=False, label="PIN of an officer set at a unit"),
        Kind(STORE_OPENED, personal=False, label="Locked unit opened"),
        Kind(STORE_RELEASED, personal=False, label="Locked unit opened through its centre"),
        Kind(STORE_SHARED, personal=False, label="Share of a unit's key taken into keeping"),
        Kind(CARRIED_OUT, personal=False, label="What waits at a unit written into a file for its centre"),
        Kind(CARRIED_IN, personal=False, label="File of a unit taken in"),
        Kind(IMAGE_MADE, personal=False, label="Image for a unit to come made"),
        Kind(IMAGE_RELEASED, personal=False, label="Image for a unit to come let out by a second person"),
        Kind(IMAGE_OPENED, personal=False, label="Unit set up from an image"),
        Kind(CARRIED_BACK, personal=False, label="Centre's answer to a file taken at the unit"),
        Kind(DOCUMENT_LOST, personal=False, label="Document of a unit that will not come"),
        Kind(LETTER, personal=False, label="Letter to a unit written"),
        Kind(CLOCK_LEAPT, personal=False, label="Clock of this unit leapt"),
    )
