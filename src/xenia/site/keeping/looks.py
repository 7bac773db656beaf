"""The subjects that `xenia doctor` looks at, in their order; those that need other rooms stand here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from xenia.site.keeping import certificate_chore, doctor
from xenia.site.keeping.doctor import LOOK, OK, STOP, Finding, Look, Patient


def lists(patient: Patient) -> Iterator[Finding]:
    """No list is older than its source allows; a booth that works with an old list sends everybody to the second line."""
    from xenia.registers import catalogue

    for register in catalogue.registers():
        for age in register.ages(patient.now):
            figures = {
                "register": register.name,
                "source": age.source,
                "age_s": age.age_s,
                "limit_s": age.limit_s,
                "state": age.state,
            }
            if age.state in ("fresh", "never"):
                what = "has not been loaded" if age.state == "never" else f"is {age.age_s / 3600:,.0f} hours old"
                yield Finding("list", OK, f"{register.name}: {age.source} {what}.", figures=figures)
                continue
            status = STOP if age.state == "old" else LOOK
            text = f"{register.name}: {age.source} is {age.age_s / 3600:,.0f} hours old, allowed are {age.limit_s / 3600:,.0f}."
            yield Finding("list", status, text, "Load a newer version: xenia lists load.", figures)


def retention(patient: Patient) -> Iterator[Finding]:
    """Nothing is kept past its day."""
    from xenia.journal import forgetting

    overdue = sum(1 for room in forgetting.retained() for _ in room.due(patient.now.date()))
    if overdue:
        yield Finding(
            "retention",
            LOOK,
            f"{overdue:,} subjects are past their day.",
            "Run xenia retention run every night.",
            {"overdue": overdue},
        )
    else:
        yield Finding("retention", OK, "Nothing is past its day.", figures={"overdue": 0})


ALL: Final[tuple[tuple[str, Look], ...]] = (
    ("database", doctor.database),
    ("clock", doctor.clock),
    ("disk", doctor.disk),
    ("rights", doctor.rights),
    ("signing-key", doctor.signing_key),
    ("seals", doctor.seals),
    ("list", lists),
    ("retention", retention),
    ("certificates", certificate_chore.look),
    ("backup", doctor.backups),
    ("leftovers", doctor.leftovers),
)
