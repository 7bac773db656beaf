"""Kinds of journal entries that the keeping of the installation writes."""

from xenia.journal.kinds import Kind, register

BACKED_UP = "keeping.backed-up"
CA_MADE = "keeping.ca-made"
CERTIFICATE_ISSUED = "keeping.certificate-issued"
CERTIFICATE_REVOKED = "keeping.certificate-revoked"


def register_own() -> None:
    """Make the kinds known; called when Django starts."""
    register(Kind(BACKED_UP, personal=False, label="Backup made"))
    register(Kind(CA_MADE, personal=False, label="Certificate authority made"))
    register(Kind(CERTIFICATE_ISSUED, personal=False, label="Certificate issued"))
    register(Kind(CERTIFICATE_REVOKED, personal=False, label="Certificate revoked"))
