"""`xenia backup`, `xenia restore`, `xenia doctor`."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from xenia.commands import Call, Command
from xenia.errors import BadInput, NotAllowed, XeniaError
from xenia.site.keeping import backup, doctor, key_file, looks, record, restore, sealing
from xenia.site.keeping.sealing import Key

KEY_FILE = "backup.key"
NICE = 10


def _source() -> backup.Source:
    return backup.Source(Path(settings.XENIA_HOME), settings.DATABASES["default"])


def _key(call: Call, *, make: bool) -> Key:
    """The passphrase or the recovery key that was named, or the installation's own."""
    if call.options.passphrase:
        return sealing.read_passphrase_file(Path(call.options.passphrase))
    own = Path(settings.XENIA_HOME) / "keys" / KEY_FILE
    if call.options.key is None and make and not own.exists():
        sealing.make_key_file(own)
        call.say("A recovery key was made: keys/backup.key. Keep a copy of it elsewhere, on paper or in a safe;")
        call.say("without it nobody can open the backups when this machine is lost.")
    return sealing.read_key_file(Path(call.options.key) if call.options.key else own)


def _keys_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--key", metavar="FILE", help="recovery key (default: keys/backup.key in XENIA_HOME)")
    which.add_argument("--passphrase", metavar="FILE", help="a file that holds a passphrase, used instead of the key")


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to (default: backups/ in XENIA_HOME)")
    _keys_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--without-data-keys", action="store_true", help="leave the data keys out; back them up apart")
    what.add_argument("--data-keys-only", action="store_true", help="back up the data keys alone")


def _backup(call: Call) -> int:
    from xenia.insight import own_secrets

    os.nice(NICE)
    options, made_at = call.options, datetime.now(UTC)
    kind = "data-keys" if options.data_keys_only else "xenia"
    target = (
        Path(options.file)
        if options.file
        else Path(settings.XENIA_HOME) / "backups" / f"{kind}-{made_at:%Y%m%dT%H%M%SZ}.backup"
    )
    key = _key(call, make=True)
    own_secrets.settle()  # so that none is taken along as a plain file
    if options.data_keys_only:
        made = key_file.back_up_keys(_data_keys(), target, key)
    else:
        made = backup.back_up(
            _source(), target, key, say=call.say, data_keys=not options.without_data_keys, head=_head()
        )
        record.note(Path(settings.XENIA_HOME), made)
    _journalled(call, made, kind)
    call.answer("xenia/backup/1", {"file": str(made.path), **_figures(made)})
    call.say(f"{made.size_bytes / 1e6:,.1f} MB in {made.path}.")
    return 0


def _figures(made: backup.Made) -> dict[str, Any]:
    return {
        "made_at": made.made_at.isoformat(),
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
        "files": made.files,
        "rows": made.rows,
        "data_keys": made.data_keys,
    }


def _data_keys() -> Any:
    from xenia.journal.models import DataKey

    return DataKey.objects.order_by("id").values_list("id", "subject", "purpose", "wrapped", "made_at").iterator()


def _head() -> dict[str, Any] | None:
    """The newest signed head, so that the restored journal is compared with one kept outside its database."""
    from xenia.errors import NotFound
    from xenia.journal import heads

    try:
        return heads.latest().to_json()
    except NotFound:
        return None


def _journalled(call: Call, made: backup.Made, kind: str) -> None:
    from xenia.journal import actions
    from xenia.site.keeping import kinds

    if call.standing is None:
        raise RuntimeError("The command line gives every command with a permission its standing.")
    act = call.standing.act("operation", f"backup:{made.sha256[:16]}")
    with actions.writing():
        actions.append(kinds.BACKED_UP, {"what": kind, **_figures(made)}, act)


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the backup")
    parser.add_argument("--into", metavar="HOME", help="home folder to set up (default: XENIA_HOME)")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="empty PostgreSQL database, for the backup of a centre (default: XENIA_DATABASE)",
    )
    parser.add_argument("--data-keys", metavar="FILE", help="a backup made with --data-keys-only")
    parser.add_argument("--replace", action="store_true", help="the target holds data: move them aside")
    _keys_arguments(parser)


def _restore(call: Call) -> int:
    options = call.options
    file = Path(options.file)
    if not file.is_file():
        raise BadInput(f"There is no file {file.name}.", "Check the path.", code="no-file")
    keys = Path(options.data_keys) if options.data_keys else None
    done = restore.restore(
        file, _target(options), _key(call, make=False), say=call.say, replace=options.replace, data_keys=keys
    )
    call.answer("xenia/restore/1", {
        "home": str(done.home), "made_at": done.made_at, "files": done.files, "rows": done.rows, "data_keys": done.data_keys,
        "journal": done.journal, "moved_aside": str(done.moved_aside) if done.moved_aside else None,
    })  # fmt: skip
    call.say(f"Restored into {done.home}: {done.rows:,} rows as backed up at {done.made_at}, the journal is whole.")
    if done.moved_aside:
        call.say(f"What was there lies in {done.moved_aside}; delete it when you no longer need it.")
    if not done.data_keys:
        call.say("Without data keys sealed data stay closed: restore again with --data-keys FILE.")
    call.say("Erase again who was erased since this backup was made: see docs/how-to/back-up-and-restore.md.")
    return 0


def _target(options: argparse.Namespace) -> restore.Target:
    from xenia.site.settings import VALUES, database_of

    url = options.database or VALUES["DATABASE"]
    home = Path(options.into) if options.into else Path(settings.XENIA_HOME)
    return restore.Target(home, url, database_of(url) if url else None)


def _doctor(call: Call) -> int:
    """Looks at everything even where the database is broken: then who may is decided by the rights of XENIA_HOME alone."""
    from xenia.access import policy
    from xenia.site import setup

    try:
        policy.require(setup.acting(None), "keeping.doctor")
    except NotAllowed:
        raise
    except (XeniaError, DatabaseError) as error:
        print(f"xenia: the account could not be looked up ({type(error).__name__}); looking on.", file=call.err)
    worst = 0
    for finding in doctor.examine(Path(settings.XENIA_HOME), looks.ALL):
        line = {
            "subject": finding.subject,
            "status": finding.status,
            "message": finding.message,
            "what_to_do": finding.what_to_do,
            "figures": finding.figures,
        }
        call.answer("xenia/doctor/1", line)
        worst = max(worst, int(finding.status == doctor.STOP))
        if finding.status != doctor.OK and call.out is sys.stdout and call.interactive:
            call.say(f"{finding.status.upper()}: {finding.message} {finding.what_to_do}")
    return worst


COMMANDS = (
    Command("backup", "Make an encrypted backup.", _backup, "keeping.backup", _backup_arguments, writes=True),
    Command(
        "restore",
        "Set up an installation from a backup.",
        _restore,
        None,
        _restore_arguments,
        needs_home=False,
        writes=False,
    ),
    Command("doctor", "Look at the health of this installation.", _doctor, None, needs_home=False, writes=False),
)
