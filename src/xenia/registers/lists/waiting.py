"""Work items of the list editors: a load from a watched folder failed, or a list is too old."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xenia.access.standing import Standing
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.node import node
from xenia.registers.lists import queries, sources
from xenia.registers.lists.models import ListSource
from xenia.work import items
from xenia.work.models import WorkItem

FAILED = "lists.load-failed"
STALE = "lists.stale"
ROLE = "alert-editor"
OUTCOMES = ("loaded", "source-told", "not-needed")


def register_kinds() -> None:
    """Makes the kinds known; called when the app is ready."""
    for name, label in ((FAILED, _("List could not be loaded")), (STALE, _("List is too old"))):
        items.register_kind(items.ItemKind(name, label, _url, ROLE, sources.PURPOSE, OUTCOMES))


def _url(item: WorkItem) -> str:
    return reverse("lists:show", args=[item.subject])


def load_failed(standing: Standing, code: str, problem: str) -> None:
    """The editors are told once, until they have answered."""
    source = sources.one(code)
    _open(FAILED, source, standing.act(sources.PURPOSE, f"list:{code}"), {"problem": problem})


def tell_stale() -> int:
    """Opens an item for each list in use that has become too old. Gives back how many."""
    opened = 0
    for one in queries.status():
        if one.state == "approved" and one.number is not None and one.age_state == "old":
            source = sources.one(one.code)
            act = Act("system:lists", source.owner, sources.PURPOSE, "", f"list:{one.code}", node())
            opened += _open(STALE, source, act, {"version": one.number})
    return opened


def _open(kind: str, source: ListSource, act: Act, body: dict[str, object]) -> int:
    """Opens an item unless one waits already, or the same version was told of before."""
    last = WorkItem.objects.filter(kind=kind, subject=source.code).order_by("-opened_at").first()
    told = last is not None and (last.answered_at is None or last.body.get("version", 0) == body.get("version"))
    if told:
        return 0
    with journal.writing():
        items.open_item(kind, source.code, owner=source.owner, act=act, body={"register": source.register, **body})
    return 1
