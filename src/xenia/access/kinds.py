"""What this room writes into the journal. No body holds a password, a code, a typed name or an address."""

from __future__ import annotations

from xenia.journal import kinds
from xenia.journal.kinds import Kind

OWN = (
    Kind("access.signed_in", personal=False, label="Signed in"),
    Kind("access.sign_in_failed", personal=False, label="Sign-in failed"),
    Kind("access.locked_out", personal=False, label="Locked out after failures"),
    Kind("access.unlocked", personal=False, label="Lock-out lifted"),
    Kind("access.signed_out", personal=False, label="Signed out"),
    Kind("access.password_changed", personal=False, label="Password changed"),
    Kind("access.password_given", personal=False, label="Initial password given"),
    Kind("access.second_factor_added", personal=False, label="Second factor enrolled"),
    Kind("access.second_factor_removed", personal=False, label="Second factor removed"),
    Kind("access.passkey-used", personal=False, label="Passkey of the centre used at a unit"),
    Kind("access.screen_locked", personal=False, label="Workplace locked"),
    Kind("access.screen_unlocked", personal=False, label="Workplace unlocked"),
    Kind("access.note_left", personal=False, label="Note left for the next officer"),
    Kind("access.note_read", personal=False, label="Note of the officer before read"),
    Kind("access.note_put_away", personal=False, label="Note of the officer before put away"),
    Kind("access.refused", personal=False, label="Refused for lack of permission"),
    Kind("access.place_chosen", personal=False, label="Post and lane chosen"),
    Kind("authority.made", personal=False, label="Authority made"),
    Kind("post.made", personal=False, label="Post made"),
    Kind("lane.made", personal=False, label="Lane made"),
    Kind("authority.changed", personal=False, label="Authority named otherwise"),
    Kind("post.changed", personal=False, label="Post changed"),
    Kind("post.closed", personal=False, label="Post closed"),
    Kind("post.opened", personal=False, label="Post opened again"),
    Kind("lane.changed", personal=False, label="Lane changed"),
    Kind("lane.closed", personal=False, label="Lane closed"),
    Kind("lane.opened", personal=False, label="Lane opened again"),
    Kind("post.devices_required", personal=False, label="Bound devices asked for at a post, or no longer"),
    Kind("device.made", personal=False, label="Device made, with its code"),
    Kind("device.code_given", personal=False, label="Another code for a device"),
    Kind("device.bound", personal=False, label="Device bound"),
    Kind("device.renamed", personal=False, label="Device renamed"),
    Kind("device.taken_back", personal=False, label="Device taken back"),
    Kind("account.made", personal=False, label="Account made"),
    Kind("account.closed", personal=False, label="Account closed"),
    Kind("account.opened", personal=False, label="Account opened again"),
    Kind("assignment.given", personal=False, label="Role given"),
    Kind("assignment.ended", personal=False, label="Role ended"),
    Kind("policy.changed", personal=False, label="Policy changed"),
)


def register() -> None:
    """Make this room's kinds known to the journal."""
    kinds.register(*OWN)
