"""Every setting of Xenia: name, kind, default and help in one place. Nothing else reads the environment.

A value comes from `XENIA_<NAME>`, or for secrets from the file named by `XENIA_<NAME>_FILE`.
Odd values are refused at start with a message that names the setting.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xenia.errors import BadInput

PROJECT = Path(__file__).resolve().parents[3]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Option:
    """One setting. `kind` is one of text, secret, yes-no, number, list, path, level."""

    name: str
    kind: str
    default: Any
    help: str


OPTIONS = (
    Option(
        "HOME",
        "path",
        "var",
        "Folder of databases, keys, list files, blobs. Relative to the project, or to the working folder when installed.",
    ),
    Option(
        "DATABASE",
        "secret",
        "",
        "Empty: SQLite in HOME. `postgresql://user:password@host:port/name`: a centre on PostgreSQL.",
    ),
    Option("SECRET_KEY", "secret", "", "Signs sessions and forms. Empty: made once and kept in HOME/keys."),
    Option("HOSTS", "list", "127.0.0.1,localhost,[::1]", "Host names that the server answers to."),
    Option("ORIGINS", "list", "", "Full origins (https://...) that forms may come from when a proxy ends TLS."),
    Option("DEMO", "yes-no", False, "This installation is a demo: every page says so, sign-ins are printed."),
    Option(
        "TLS",
        "yes-no",
        False,
        "A proxy in front ends TLS: secure cookies, HSTS, redirect; its X-Forwarded headers are believed.",
    ),
    Option("BIND", "text", "127.0.0.1:8000", "Address and port that `xenia serve` listens on."),
    Option(
        "TLS_CERTIFICATE",
        "path",
        "",
        "Certificate (PEM) where Xenia ends TLS itself; empty: the one that `xenia certificates` issued.",
    ),
    Option("TLS_KEY", "path", "", "Private key (PEM) of that certificate."),
    Option(
        "RP_ID",
        "text",
        "",
        "Domain that passkeys are made for: the parent domain of centre and units. Empty: the host that is asked.",
    ),
    Option("CA_PASSPHRASE", "secret", "", "Passphrase of the installation's CA key, where it was made with one."),
    Option("THREADS", "number", 8, "Threads that answer requests."),
    Option(
        "IDLE_MINUTES",
        "number",
        10,
        "Minutes without a sign of the officer after which a lane is locked, and an officer without a lane signed out.",
    ),
    Option("SESSION_HOURS", "number", 12, "Hours after which an officer signs in again in any case."),
    Option(
        "LANGUAGE", "text", "en", "Language of the interface where the reader names none: en, fr, ar, az, ru or ka."
    ),
    Option(
        "STATE",
        "text",
        "UTO",
        "The state whose installation this is: ICAO three-letter code; its nationals are own nationals.",
    ),
    Option("ZONE", "text", "UTC", "Time zone of pages that belong to no post."),
    Option(
        "DAILY_HOUR",
        "number",
        6,
        "Hour of ZONE, 0 to 23, at which the daily report of the day before is made; -1: none.",
    ),
    Option("SEAL_MS", "number", 250, "Longest wait in milliseconds before new journal entries are sealed."),
    Option(
        "NODE",
        "text",
        "hq",
        "Name of this node: first word of every origin, name of its journal. Never change it later.",
    ),
    Option("PKCS11_MODULE", "path", "", "PKCS#11 library that holds the signing key; empty: a key file in HOME/keys."),
    Option("PKCS11_TOKEN", "text", "", "Label of the PKCS#11 token."),
    Option("PKCS11_PIN", "secret", "", "User PIN of the PKCS#11 token."),
    Option("PKCS11_KEY", "text", "xenia-journal", "Label of the signing key pair in the token."),
    Option(
        "UNIT_SILENT_MINUTES", "number", 15, "Minutes without a word of a unit after which its centre calls it silent."
    ),
    Option(
        "UNIT_DRIFT_SECONDS",
        "number",
        60,
        "Seconds by which a unit's clock may be off its centre's, or jump, before that is an alarm.",
    ),
    Option("UNIT_DISK_MB", "number", 1024, "Megabytes free on a unit's disk below which it and its centre warn."),
    Option(
        "UNIT_DISK_DAYS",
        "number",
        7,
        "Days that a unit's disk must last at today's rate before it and its centre warn.",
    ),
    Option(
        "UNIT_BATTERY_PERCENT", "number", 20, "Percent left in a unit's battery below which it and its centre warn."
    ),
    Option(
        "UNIT_GAP_MINUTES",
        "number",
        30,
        "Minutes for which a unit that is heard may have entries of which none arrives before that is an alarm.",
    ),
    Option(
        "UNIT_LEASE_HOURS", "number", 12, "Hours left that a unit may work alone below which it and its centre warn."
    ),
    Option(
        "UNIT_ALONE_HOURS",
        "number",
        72,
        "Hours that a unit may work without having heard of its centre, 1 to 336; the centre says so to each.",
    ),
    Option(
        "DOOR_LONGEST_S",
        "number",
        600,
        "Seconds that one request of a partner or unit may keep the door waiting in all.",
    ),
    Option(
        "DOOR_BYTES_PER_S",
        "number",
        500,
        "Bytes a second that it must move at least, after its first ten seconds of waiting; 0: any pace.",
    ),
    Option("UNIT_OLDEST", "text", "", "Oldest release that should be at units, such as 0.1.0; empty: any."),
    Option("UNIT_UPDATE_BY", "text", "", "Day by which units that are older should be updated, as 2026-12-31."),
    Option("UNIT_UPDATE_FROM", "text", "", "Where an update for units lies: an address, or a sentence for people."),
    Option("UNIT_CALM_MINUTES", "number", 10, "Minutes for which an alarm of a unit must be over before it is closed."),
    Option("LOG", "level", "INFO", "Least level that is logged: DEBUG, INFO, WARNING, ERROR."),
    Option(
        "OPENING",
        "path",
        "",
        "At a unit, for a start that nobody watches: what opens its store, a descriptor (/dev/fd/N) or a file on another disk.",
    ),
    Option(
        "PIN_OPENS",
        "yes-no",
        True,
        "At a centre: an officer's PIN may open a locked unit without a line. No: only the centre opens its units.",
    ),
    Option(
        "UNIT_SWAP_REFUSES",
        "yes-no",
        False,
        "At a unit: yes, and it does not start while swap is on that is not encrypted. No: it warns.",
    ),
    Option("METRICS_TOKEN", "secret", "", "Bearer token that /metrics asks for; empty: answered on loopback only."),
)


def _raw(option: Option, environ: Mapping[str, str]) -> str | None:
    name = f"XENIA_{option.name}"
    if option.kind == "secret" and environ.get(f"{name}_FILE"):
        try:
            return Path(environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                f"The file that {name}_FILE names cannot be read.", "See its path and rights.", code="bad-setting"
            ) from error
    return environ.get(name)


def _parsed(option: Option, raw: str) -> Any:
    if option.kind == "yes-no":
        words = {
            "1": True,
            "yes": True,
            "true": True,
            "on": True,
            "0": False,
            "no": False,
            "false": False,
            "off": False,
            "": False,
        }
        if raw.strip().lower() not in words:
            raise BadInput(f"XENIA_{option.name} is neither yes nor no.", "Use 1 or 0.", code="bad-setting")
        return words[raw.strip().lower()]
    if option.kind == "number":
        if not raw.strip().isdigit() or len(raw) > 9:
            raise BadInput(f"XENIA_{option.name} is not a whole number.", "Use digits only.", code="bad-setting")
        return int(raw)
    if option.kind == "level":
        if raw.strip().upper() not in LEVELS:
            raise BadInput(f"XENIA_{option.name} is no level of logs.", f"Use {', '.join(LEVELS)}.", code="bad-setting")
        return raw.strip().upper()
    if option.kind == "list":
        return [part.strip() for part in raw.split(",") if part.strip()]
    return raw


def read(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All settings by name. Raises `BadInput` (code `bad-setting`) that names the odd one, or an unknown `XENIA_` name."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for option in OPTIONS:
        raw = _raw(option, environ)
        values[option.name] = _parsed(option, str(option.default)) if raw is None else _parsed(option, raw)
    known = {f"XENIA_{option.name}" for option in OPTIONS} | {
        f"XENIA_{o.name}_FILE" for o in OPTIONS if o.kind == "secret"
    }
    odd = sorted(name for name in environ if name.startswith("XENIA_") and name not in known)
    if odd:
        raise BadInput(f"{odd[0]} is no setting of Xenia.", "See docs/reference/settings.md.", code="bad-setting")
    return values


def unit(home: Path) -> dict[str, Any]:
    """What HOME/unit.json says where this installation was enrolled as a unit: its node, state and post are the centre's to say.

    Empty where it was not. Raises `BadInput` (code `bad-setting`) for a damaged one.
    """
    path = home / "unit.json"
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(found[name]) for name in ("node", "state", "post")}
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "HOME/unit.json is damaged.", "Restore it from the backup, or enrol the unit again.", code="bad-setting"
        ) from error


def home(values: Mapping[str, Any]) -> Path:
    """The absolute folder that holds databases, keys and files."""
    path = Path(values["HOME"])
    base = PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()
    return path if path.is_absolute() else base / path
