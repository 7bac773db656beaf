"""What posts decide by, told at a centre and taken at a unit, whole and idempotent; and texts kept for what began under them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from xenia.access.policy_actions import set_up_act
from xenia.errors import BadInput
from xenia.frontier import inforce, kinds
from xenia.frontier.models import RuleText
from xenia.journal import clock
from xenia.journal.actions import append, writing

FORMAT: Final = "xenia/procedures/1"


def told() -> dict[str, Any]:
    """At a centre: every text in force."""
    return {"format": FORMAT, "texts": dict(sorted(inforce.texts().items()))}


def read(said: Any) -> dict[str, str]:
    """The texts that were told, each read as this version reads it. One of a path that it does not know is left out.

    Raises `BadInput` (`bad-procedures`): the old ones stay in force.
    """
    try:
        if said["format"] != FORMAT or not 0 < len(said["texts"]) <= inforce.MOST:
            raise ValueError
        found = {name: one for name, one in said["texts"].items() if inforce.counts(name)}
        if not found or any(not isinstance(one, str) or len(one) > inforce.LONGEST for one in found.values()):
            raise ValueError
        _try(found)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadInput(
            "What came down about procedures cannot be used.", "Update this unit.", code="bad-procedures"
        ) from error
    return found


def _try(found: Mapping[str, str]) -> None:
    """Each as whoever uses it reads it, so that none that cannot work comes into force."""
    from xenia.frontier import terms, territory
    from xenia.frontier.second import interview, languages, procedures
    from xenia.frontier.shift import terms as shift

    readers: Mapping[str, Any] = {
        "terms.json": terms.check, "territory.json": territory.read, "second/questions.json": interview.read,
        "second/languages.json": languages.read, "shift/terms.json": shift.read,
    }  # fmt: skip
    for name, one in found.items():
        if name in readers:
            readers[name](one)
        elif name.startswith(f"{procedures.FOLDER}/"):
            procedures.read(procedures.name_of(name), one)
    if f"{procedures.FOLDER}/general.json" not in found:
        raise ValueError("no general procedure")


def take(version: str, found: Mapping[str, str]) -> list[str]:
    """Make them what is in force here; the paths that changed, those that are no more among them. Nothing where none did."""
    with writing():
        held = dict(RuleText.objects.filter(current=True).values_list("path", "digest"))
        wanted = {name: inforce.digest(one) for name, one in found.items()}
        changed = sorted(name for name in {*held, *wanted} if held.get(name) != wanted.get(name))
        if changed:
            RuleText.objects.filter(current=True, path__in=changed).update(current=False)
            keep({name: found[name] for name in changed if name in found}, current=True)
            body = {"version": version, "texts": {name: wanted.get(name, "")[:16] for name in changed}}
            append(kinds.RULES_TAKEN, body, set_up_act())
    if changed:
        inforce.forget()
    return changed


def keep(found: Mapping[str, str], *, current: bool = False) -> None:
    """Keep these texts under their hashes. Inside `writing()`."""
    for name, one in found.items():
        row, made = RuleText.objects.get_or_create(
            path=name, digest=inforce.digest(one), defaults={"text": one, "current": current, "kept_at": clock.now()}
        )
        if not made and current:
            RuleText.objects.filter(pk=row.pk).update(current=True)


def keep_offered() -> None:
    """At a centre: keep the texts that units may begin something under, for when it comes here."""
    with writing():
        keep({name: one for name, one in inforce.own().items() if name.startswith("second/procedures/")})


def withdraw() -> None:
    """The centre offers none any more: the program's own are in force."""
    if RuleText.objects.filter(current=True).exists():
        with writing():
            RuleText.objects.filter(current=True).update(current=False)
        inforce.forget()


def kept(folder: str, name: str) -> Iterable[str]:
    """Every text of a file that was kept."""
    path = f"{folder}/{name}.json"
    return list(RuleText.objects.filter(path=path).values_list("text", flat=True))


def parsed(raw: bytes) -> Any:
    """JSON of an item. Raises `BadInput` (`bad-procedures`)."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            "What came down about procedures cannot be used.", "Update this unit.", code="bad-procedures"
        ) from error
