"""Walls in the database: triggers that refuse what Xenia never does to entries, leaves and heads.

They stop mistakes and injected statements, not somebody who owns the database: that one is found by `verify`.
Allowed for an entry: its position once; its salt, key, subjects and body to NULL, all together, with the free text
of an external reference. A head may be deleted only where a later one stands. Leaves never change.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from xenia.journal.act import EXTERNAL

LASTING = (
    "id", "node", "kind", "schema", "owner", "origin", "actor", "purpose", "legal_basis",
    "occurred_at", "recorded_at", "retention_class", "body_hash",
)  # fmt: skip
ERASABLE = ("salt", "key", "subjects", "body")
TABLES = ("journal_entry", "journal_leaf", "journal_head")


def _lawful(same: str) -> str:
    """The condition of a lawful update; `same` compares two values of which both may be NULL."""
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in LASTING)
    whole = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in (*ERASABLE, "reference"))
    empty = " AND ".join(f"NEW.{column} IS NULL" for column in ERASABLE)
    reference = (
        f"NEW.reference = CASE WHEN substr(OLD.reference, 1, {len(EXTERNAL)}) = '{EXTERNAL}'"
        f" THEN '{EXTERNAL}' ELSE OLD.reference END"
    )
    placing = f"OLD.position IS NULL AND NEW.position IS NOT NULL AND {whole}"
    erasing = f"NEW.position {same} OLD.position AND {empty} AND {reference}"
    return f"{kept} AND (({placing}) OR ({erasing}))"


def _sqlite() -> list[str]:
    def refuse(table: str, verb: str, when: str = "") -> str:
        return (
            f"CREATE TRIGGER {table}_{verb.lower()}_wall BEFORE {verb} ON {table} {when}"
            f" BEGIN SELECT RAISE(ABORT, 'the journal refuses this {verb.lower()} of {table}'); END"
        )

    last = "WHEN NOT EXISTS (SELECT 1 FROM journal_head AS later WHERE later.node = OLD.node AND later.size > OLD.size)"
    return [
        refuse("journal_entry", "UPDATE", f"WHEN NOT ({_lawful('IS')})"),
        refuse("journal_leaf", "UPDATE"),
        refuse("journal_head", "UPDATE"),
        refuse("journal_entry", "DELETE"),
        refuse("journal_leaf", "DELETE"),
        refuse("journal_head", "DELETE", last),
    ]


REFUSE = """
CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal refuses this % of %', lower(TG_OP), TG_TABLE_NAME; END $$"""
REFUSE_LAST = """
CREATE OR REPLACE FUNCTION journal_refuse_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM journal_head WHERE node = OLD.node AND size > OLD.size) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the journal refuses this delete of %', TG_TABLE_NAME;
END $$"""


def _postgresql() -> list[str]:
    def refuse(table: str, verb: str, when: str = "", function: str = "journal_refuse") -> str:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        return (
            f"CREATE TRIGGER {table}_{verb.lower()}_wall BEFORE {verb} ON {table}"
            f" FOR EACH {each} {when} EXECUTE FUNCTION {function}()"
        )

    return [
        REFUSE,
        REFUSE_LAST,
        refuse("journal_entry", "UPDATE", f"WHEN (NOT ({_lawful('IS NOT DISTINCT FROM')}))"),
        refuse("journal_leaf", "UPDATE"),
        refuse("journal_head", "UPDATE"),
        refuse("journal_entry", "DELETE"),
        refuse("journal_leaf", "DELETE"),
        refuse("journal_head", "DELETE", function="journal_refuse_last"),
        *(refuse(table, "TRUNCATE") for table in TABLES),
    ]


def build(connection: BaseDatabaseWrapper) -> None:
    """Builds every wall."""
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def take_down(connection: BaseDatabaseWrapper, verbs: tuple[str, ...] = ("UPDATE", "DELETE", "TRUNCATE")) -> None:
    """Takes walls down: tests empty tables between each other, the tamperer of `xenia soak tamper` needs none at all."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for verb in verbs:
                name = f"{table}_{verb.lower()}_wall"
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
