"""Named printers of posts: which letter goes to which paper. The only writer of `Printer`; read by pages that are printed.

A browser prints, and nobody but its user chooses the device; what Xenia knows is the paper, which decides the style.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from xenia.access import epochs, policy
from xenia.access.models import Post
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal.actions import append, writing
from xenia.registers.reference import kinds, read
from xenia.registers.reference.models import Printer

PAPERS: Final = ("a4", "roll-80", "roll-58")
STANDARD: Final = "a4"


@dataclass(frozen=True)
class Paper:
    """What a page is printed on. `name`: the printer's name, empty where the post has none for this letter."""

    kind: str
    name: str = ""

    @property
    def roll(self) -> bool:
        """Whether it is a narrow thermal roll."""
        return self.kind != STANDARD


def printers(post: str | None = None) -> list[Printer]:
    """Printers that are in use, of one post or of all, by post and name."""
    found = Printer.objects.filter(closed_at=None).order_by("post", "name")
    return list(found if post is None else found.filter(post=post))


def paper_for(post: str | None, letter: str) -> Paper:
    """The paper that this letter goes to at the post; A4 where no printer is named for it."""
    for one in printers(post) if post else ():
        if letter in one.letters:
            return Paper(one.paper, one.name)
    return Paper(STANDARD)


def found(printer: UUID) -> Printer:
    """The printer in use. Raises `NotFound` (`no-printer`)."""
    known = Printer.objects.filter(pk=printer, closed_at=None).first()
    if known is None:
        raise NotFound("There is no such printer.", "Look at the list of printers.", code="no-printer")
    return known


def put(
    standing: Standing, post: str, name: str, paper: str, letters: Sequence[str], printer: UUID | None = None
) -> Printer:
    """A new printer, or one that is changed. A letter goes to one printer of a post only: the last one that takes it.

    Raises `BadInput` (`bad-name`, `bad-paper`), `NotFound` (`no-post`, `no-printer`), `Conflict` (`already-there`).
    """
    policy.require(standing, "accounts.manage")
    name = name.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadInput("The name is missing or too long.", "Use 1 to 80 letters.", code="bad-name")
    known = {one.code for one in read.terms("letter-kind")}
    if paper not in PAPERS or set(letters) - known:
        raise BadInput("There is no such paper or letter.", "Choose from the lists.", code="bad-paper")
    with writing():
        at = Post.objects.filter(pk=post).first()
        if at is None:
            raise NotFound(f"There is no post {post[:32]}.", "Make it first.", code="no-post")
        if Printer.objects.filter(post=post, name=name, closed_at=None).exclude(pk=printer or UUID(int=0)).exists():
            raise Conflict("There is already a printer of that name.", "Choose another name.", code="already-there")
        made = found(printer) if printer else Printer(post=post)
        made.name, made.paper, made.letters = name, paper, list(letters)
        made.save()
        for other in printers(post):
            if other.pk != made.pk and set(other.letters) & set(letters):
                other.letters = [one for one in other.letters if one not in letters]
                other.save(update_fields=["letters"])
        body = {"printer": str(made.pk), "post": post, "name": name, "paper": paper, "letters": list(letters)}
        append(kinds.PRINTER, body, standing.act("operation", f"post:{post}", owner=at.authority_id))
        epochs.bump("reference")
    return made


def close(standing: Standing, printer: UUID) -> None:
    """The printer is in use no longer; its letters go to A4. Raises `NotFound` (`no-printer`)."""
    policy.require(standing, "accounts.manage")
    with writing():
        known = found(printer)
        known.closed_at = timezone.now()
        known.save(update_fields=["closed_at"])
        body = {"printer": str(known.pk), "post": known.post, "name": known.name, "paper": "", "letters": []}
        append(kinds.PRINTER, body, standing.act("operation", f"post:{known.post}"))
        epochs.bump("reference")
