"""Which module holds which command, so that one command loads only its own room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`modules` export `COMMANDS`; `local`: always runs in its own process, never in the serving one."""

    modules: tuple[str, ...]
    local: bool = False


INDEX: dict[str, Place] = {
    "procedures": Place(("xenia.cases.commands",), local=True),
    "mrz": Place(("xenia.site.cli.mrz",), local=True),
    "stay": Place(("xenia.site.cli.stay",), local=True),
    "serve": Place(("xenia.site.cli.serve",), local=True),
    "worker": Place(("xenia.site.cli.serve",), local=True),
    "setup": Place(("xenia.site.cli.setup",)),
    "demo": Place(("xenia.site.demo.commands",), local=True),
    "story": Place(("xenia.site.story.commands",), local=True),
    "screenshots": Place(("xenia.site.screenshots.commands",), local=True),
    "ask": Place(("xenia.registers.commands",)),
    "lists": Place(("xenia.registers.lists.commands",)),
    "journal": Place(("xenia.journal.commands",)),
    "rebuild": Place(("xenia.journal.commands",)),
    "subject": Place(("xenia.oversight.commands",)),
    "retention": Place(("xenia.oversight.commands",)),
    "insight": Place(
        ("xenia.insight.commands", "xenia.insight.generating", "xenia.insight.tailing.commands"), local=True
    ),
    "calls": Place(("xenia.insight.calls.commands",), local=True),
    "accounts": Place(("xenia.access.commands",)),
    "work": Place(("xenia.work.commands",)),
    "proposals": Place(("xenia.work.commands",)),
    "exchange": Place(("xenia.exchange.commands",)),
    "unit": Place(("xenia.units.commands", "xenia.site.cli.serve")),
    "backup": Place(("xenia.site.keeping.commands",), local=True),
    "restore": Place(("xenia.site.keeping.commands",), local=True),
    "certificates": Place(("xenia.site.keeping.certificate_commands",)),
    "standby": Place(("xenia.site.standby.commands",), local=True),
    "doctor": Place(("xenia.site.keeping.commands",), local=True),
    "bench": Place(("xenia.site.bench.commands", "xenia.journal.commands"), local=True),
    "soak": Place(
        (
            "xenia.journal.commands",
            "xenia.site.soak.commands",
            "xenia.site.soak.network.commands",
            "xenia.site.soak.powercut.commands",
            "xenia.site.soak.stays",
            "xenia.exchange.soak",
            "xenia.units.soaking",
        ),
        local=True,
    ),
}
