"""Months that are closed: their checksums, signed, in the journal and beside the facts.

    DIR/closed/2026-10.3.json    the third version: one digest for each fact, the reason, and the signature

A digest covers every row of the month in the files, in a fixed order, with the columns that are filled: a column that is declared
later changes none. What lawfully changes a closed month (a late post, a decision taken back, an erasure) makes a new version of it;
but only where the month was as signed until then, so that no change by another hand is ever signed along.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput, Conflict
from xenia.insight import declarations, warehouse
from xenia.insight.tailing import flushing, kinds
from xenia.insight.warehouse import Warehouse
from xenia.journal import canonical, entries, signing
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry
from xenia.journal.node import node as own_node
from xenia.journal.signing import Signature

PERIOD: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Looked:
    """What a look at a closed month found. `fault`: "" where all is well, else changed, signature or journal."""

    period: str
    version: int
    fault: str


def months_of(hours: Iterable[str]) -> set[str]:
    """The months that these hours lie in."""
    return {hour[:7] for hour in hours}


def digests(where: Warehouse, period: str) -> dict[str, dict[str, Any]]:
    """Rows and SHA-256 of each fact of a month that has any, over the files. The caller holds `alone()`."""
    found = {}
    for name, fact in declarations.facts().items():
        files = [where.place(name, one.name) for one in where.known() if one.fact == name]
        if not files:
            continue
        connection = warehouse.engine([where.folder])
        try:
            source = f"read_parquet({warehouse.named(files)}, union_by_name = true)"
            there = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            said = ", ".join(
                f"CASE WHEN COALESCE(CAST({one} AS VARCHAR), '') = '' THEN NULL ELSE '{one}=' || {one} END"
                for one in sorted(set(fact.columns) & set(there))
            )
            rows = connection.execute(
                f"SELECT count(*), sha256(string_agg(line, chr(10) ORDER BY line)) FROM (SELECT hour, concat_ws('|', {said}) AS line"
                f" FROM {source} WHERE hour >= ? AND hour < ?) GROUP BY hour ORDER BY hour",
                _bounds(period),
            ).fetchall()
        finally:
            connection.close()
        if rows:
            whole = canonical.json_bytes([[int(many), digest] for many, digest in rows])
            found[name] = {"rows": sum(int(many) for many, _ in rows), "digest": hashlib.sha256(whole).hexdigest()}
    return found


def _bounds(period: str) -> list[datetime]:
    year, month = (int(part) for part in period.split("-"))
    return [datetime(year, month, 1), datetime(year + month // 12, month % 12 + 1, 1)]  # UTC, as the facts


def closed(where: Warehouse, period: str) -> dict[str, Any] | None:
    """The newest version of a closed month as it was signed; None where it is open."""
    found = [int(one.name.split(".")[1]) for one in (where.folder / "closed").glob(f"{period}.*.json")]
    if not found:
        return None
    told: dict[str, Any] = json.loads(_path(where, period, max(found)).read_text(encoding="utf-8"))
    return told


def _path(where: Warehouse, period: str, version: int) -> Path:
    return where.folder / "closed" / f"{period}.{version}.json"


def close(period: str, act: Act, now: datetime | None = None, again: str = "") -> dict[str, Any]:
    """Close a month that is over, with everything known of it; what was signed. `again`: why a closed one is signed anew.

    Raises `BadInput` (`bad-month`), `Conflict` (`period-closed`, `period-not-over`).
    """
    at, where = now or datetime.now(UTC), flushing.house()
    if not PERIOD.fullmatch(period):
        raise BadInput(f"“{period}” is no month.", "Write it as 2026-10.", code="bad-month")
    if period >= at.strftime("%Y-%m"):
        raise Conflict("This month is not over.", "Close it when it is.", code="period-not-over")
    before = closed(where, period)
    if before is not None and not again:
        raise Conflict(
            "This month is closed already.",
            "See xenia insight verify; sign it anew with --again and the reason.",
            code="period-closed",
        )
    while flushing.flush(at, at_once=True):
        pass
    return _sign(where, period, before["version"] + 1 if before else 1, again or "closed", act, at)


def sound(where: Warehouse, months: Iterable[str]) -> list[str]:
    """Those of the months that are closed and as signed. The caller holds `alone()`."""
    found = []
    for one in sorted(months):
        told = closed(where, one)
        if told is not None and _is_signed(told) and told["facts"] == digests(where, one):
            found.append(one)
    return found


def all_sound(where: Warehouse) -> list[str]:
    """Every closed month of the installation's own warehouse that is as signed; none for another folder."""
    periods = {one.name.split(".")[0] for one in (where.folder / "closed").glob("*.json")}
    if not periods or where.folder != flushing.house().folder:
        return []
    with where.alone():
        return sound(where, periods)


def restate(months: Sequence[str], why: str, now: datetime) -> int:
    """Sign closed months anew that were sound before a lawful change; how many were changed by it."""
    where, changed = flushing.house(), 0
    act = Act("system:insight", "", "statistics", "", "restated", own_node())
    for one in months:
        told = closed(where, one)
        if told is None:
            continue
        with where.alone():
            is_same = told["facts"] == digests(where, one)
        if not is_same:
            _sign(where, one, told["version"] + 1, why, act, now)
            changed += 1
    return changed


def _sign(where: Warehouse, period: str, version: int, why: str, act: Act, at: datetime) -> dict[str, Any]:
    with where.alone():
        facts = digests(where, period)
    body = {"period": period, "version": version, "why": why, "facts": facts}
    made = signing.sign(canonical.json_bytes(body))
    told = {**body, "key": made.key_id, "signature": signing.unpadded(made.raw), "at": at.isoformat(timespec="seconds")}
    with writing():
        append(kinds.CLOSED, body, act)
    warehouse.write_whole(_path(where, period, version), json.dumps(told, indent=1).encode())
    return told


def _is_signed(told: dict[str, Any]) -> bool:
    body = {name: told[name] for name in ("period", "version", "why", "facts")}
    return signing.check(canonical.json_bytes(body), Signature(told["key"], signing.padded(told["signature"])))


def verify() -> list[Looked]:
    """Every closed month, held against its signature, the files and the journal."""
    where = flushing.house()
    periods = sorted({one.name.split(".")[0] for one in (where.folder / "closed").glob("*.json")})
    rows = Entry.objects.filter(node=own_node(), kind=kinds.CLOSED)
    bodies = sorted((entries.body(one) for one in rows), key=lambda body: body["version"])
    said = {body["period"]: body for body in bodies}
    found = []
    for period in sorted({*periods, *said}):
        told = closed(where, period)
        if told is None:
            found.append(Looked(period, said[period]["version"], "journal"))
            continue
        with where.alone():
            facts = digests(where, period)
        fault = "" if told["facts"] == facts else "changed"
        fault = fault if _is_signed(told) else "signature"
        same = {name: told[name] for name in ("period", "version", "why", "facts")}
        found.append(Looked(period, told["version"], fault if said.get(period) == same else fault or "journal"))
    return found
