"""The only writer of reference data: what comes with Xenia at set-up, later changes when a second person approves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xenia.access import epochs, policy
from xenia.access.policy_actions import set_up_act
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.registers.reference import kinds
from xenia.registers.reference.models import ReferenceRow
from xenia.registers.reference.read import of_row
from xenia.registers.reference.terms import Term, from_content, listing, shipped
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

SET_UP: Final = "system:set-up"
CENTRE: Final = "system:centre"
CHANGE: Final = "reference.change"
MOST: Final = 2000


def register_actions() -> None:
    """Make the proposal known; called when Django starts."""
    proposals.register_action(
        proposals.ProposalAction(
            CHANGE,
            "reference.propose",
            "reference.approve",
            _change,
            _("Change of reference data"),
            "operation",
            lines,
            scope="installation",
        )
    )


# Set-up


def install() -> int:
    """The terms that come with this version are there. Gives back how many were added or renewed.

    A term that people have changed stays as they decided; one that Xenia made before gets the words of this version.
    At a unit whose centre has spoken nothing is installed: its terms are the centre's.
    """
    if ReferenceRow.objects.filter(made_by=CENTRE).exists() or not _behind(_current()):
        return 0
    with writing():
        held = _current()
        behind = _behind(held)
        _write(behind, held, kinds.INSTALLED, SET_UP, "", set_up_act())
    return len(behind)


def _current(keys: Iterable[tuple[str, str]] | None = None) -> dict[tuple[str, str], ReferenceRow]:
    rows = ReferenceRow.objects.filter(current=True)
    if keys is not None:
        rows = rows.filter(list__in={one[0] for one in keys})
    return {(row.list, row.code): row for row in rows}


def _behind(held: Mapping[tuple[str, str], ReferenceRow]) -> list[Term]:
    found = []
    for one in shipped():
        row = held.get((one.list, one.code))
        if row is None or (row.made_by == SET_UP and row.digest != one.digest):
            found.append(one)
    return found


def _write(
    terms: Sequence[Term],
    held: Mapping[tuple[str, str], ReferenceRow],
    kind: str,
    made_by: str,
    proposed_by: str,
    act: Act,
) -> None:
    """New versions of these terms and one entry that says so. Inside `writing()`."""
    now = timezone.now()
    version = {key: row.version for key, row in held.items()}
    made = [row_of(one, version.get((one.list, one.code), 0) + 1, now, made_by, proposed_by) for one in terms]
    before = [row.pk for one in terms if (row := held.get((one.list, one.code)))]
    for start in range(0, len(before), 400):
        ReferenceRow.objects.filter(pk__in=before[start : start + 400]).update(current=False)
    ReferenceRow.objects.bulk_create(made, batch_size=60)
    rows = [
        {"version": row.version, "digest": row.digest, **one.content()} for row, one in zip(made, terms, strict=True)
    ]
    append(kind, {"rows": rows, "proposed_by": proposed_by}, act)
    epochs.bump("reference")


def row_of(term: Term, version: int, now: Any, made_by: str, proposed_by: str) -> ReferenceRow:
    """That version of the term; not yet saved."""
    return ReferenceRow(
        list=term.list,
        code=term.code,
        version=version,
        labels=dict(term.labels),
        attributes=dict(term.attributes),
        order=term.order,
        valid_from=term.valid_from,
        valid_to=term.valid_to,
        source=term.source,
        confidence=term.confidence,
        digest=term.digest,
        made_at=now,
        made_by=made_by,
        proposed_by=proposed_by,
    )


# Changes by two persons


def propose(standing: Standing, contents: Sequence[Mapping[str, Any]], reason: str, *, page: str = "") -> Proposal:
    """Propose that these terms say this from now on; one of a new code is added, one with `valid_to` ends.

    `page`: for a list that is changed on a page of its own, which checked more than is checked here. Raises `BadInput`
    (`bad-term`, `own-page`; `nothing-changed` where all of it is so already), `NotAllowed` (`reference-of-centre`), and what `proposals.propose` raises.
    """
    policy.require(standing, "reference.propose")
    if ReferenceRow.objects.filter(made_by=CENTRE).exists():
        raise NotAllowed("A unit's reference data are its centre's.", "Change them there.", code="reference-of-centre")
    changes = changed(contents)
    for new, _old in changes:
        if listing(new.list).page != page:
            raise BadInput(f"{new.list} is changed on a page of its own.", "Go to that page.", code="own-page")
    if not changes:
        raise BadInput("This changes nothing.", "Change a field first.", code="nothing-changed")
    base = {f"{new.list}/{new.code}": old.digest if old else "" for new, old in changes}
    arguments = {"terms": [new.content() for new, _old in changes], "base": base, "proposer": standing.actor}
    names = {new.list for new, _old in changes}
    reference = f"reference:{names.pop()}" if len(names) == 1 else "reference:several"
    return proposals.propose(standing, CHANGE, arguments, reason=reason, reference=reference)


def changed(contents: Sequence[Mapping[str, Any]]) -> list[tuple[Term, Term | None]]:
    """The terms that would change, each with what it says now (None: new). Raises `BadInput` (`bad-term`, `too-many`)."""
    if len(contents) > MOST:
        raise BadInput(f"More than {MOST} terms at once.", "Divide them into several files.", code="too-many")
    wanted = [from_content(one) for one in contents]
    keys = [(one.list, one.code) for one in wanted]
    if len(set(keys)) < len(keys):
        raise BadInput("A term is named twice.", "Keep one row for each code.", code="bad-term")
    held = _current(keys)
    pairs = [(one, held.get((one.list, one.code))) for one in wanted]
    return [(one, of_row(row) if row else None) for one, row in pairs if row is None or row.digest != one.digest]


def _change(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """What was proposed, done in the transaction of the approval. Raises `Conflict` (`term-moved`)."""
    terms = [from_content(one) for one in arguments["terms"]]
    held = _current((one.list, one.code) for one in terms)
    for one in terms:
        row = held.get((one.list, one.code))
        if (row.digest if row else "") != arguments["base"][f"{one.list}/{one.code}"]:
            raise Conflict(
                f"{one.list}/{one.code} has changed since this was proposed.",
                "Look at it as it is now, and propose again.",
                code="term-moved",
            )
    _write(terms, held, kinds.CHANGED, standing.actor, str(arguments["proposer"]), act)


def lines(arguments: Mapping[str, Any]) -> list[Line]:
    """What the second person sees: each field that differs from what was there when it was proposed."""
    found: list[Line] = []
    for content in arguments["terms"]:
        new = from_content(content)
        digest = arguments["base"][f"{new.list}/{new.code}"]
        row = ReferenceRow.objects.filter(list=new.list, code=new.code, digest=digest).first() if digest else None
        found += differences(new, of_row(row) if row else None)
    return found


def differences(new: Term, old: Term | None) -> list[Line]:
    """The fields in which two versions of a term differ, as lines."""
    after, before = flat(new), flat(old) if old else {}
    name = f"{new.list} {new.code}"
    return [
        Line(f"{name}: {field}", after.get(field, "") or "-", before.get(field, "") or ("-" if old else ""))
        for field in dict.fromkeys([*after, *before])
        if after.get(field, "") != before.get(field, "") and field not in ("list", "code")
    ]


def flat(term: Term) -> dict[str, str]:
    """The content as one text per field; the columns of the file too: `label_en`, `attribute_address` ..."""
    content = term.content()
    labels = {f"label_{language}": text for language, text in content.pop("labels").items()}
    attributes = {f"attribute_{name}": text for name, text in content.pop("attributes").items()}
    plain = {name: "" if value is None else str(value) for name, value in content.items()}
    return {**plain, **labels, **attributes}
