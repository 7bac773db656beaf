"""What the pages of displacement show of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xenia.insight.calls.scaling import Region
from xenia.insight.calls.taking import Taken
from xenia.insight.calls.withholding import NOT_TOLD

CAVEATS = {
    "ownership": gettext_lazy("Who has no telephone is not counted: often women, children and the poor."),
    "operator": gettext_lazy("The subscribers of one operator are not everybody."),
    "several": gettext_lazy("Who has several cards counts several times."),
    "towers": gettext_lazy("Where masts fell out, people seem to be gone or elsewhere."),
    "activity": gettext_lazy("After a shock people call more, or not at all: only who was seen on three days or more is counted."),
    "moving": gettext_lazy("The correction is exact only if those who left would have moved as usually as all others."),
}  # fmt: skip
MOST_FLOWS = 40


@dataclass(frozen=True)
class Bar:
    """A share with its interval, in percent of a scale of 0 to 100; `words` as they are read."""

    low: float
    middle: float
    high: float
    words: str

    @property
    def wide(self) -> float:
        """How long the interval is drawn; never so short that it can't be seen."""
        return round(max(self.high - self.low, 0.6), 1)


@dataclass(frozen=True)
class Flow:
    """People of one home in one place, in the days after the event and on quiet days; None: not told apart."""

    home: str
    place: str
    after: int
    usual: int | None

    @property
    def more(self) -> int | None:
        """How many more than on quiet days."""
        return None if self.usual is None else self.after - self.usual


def percent(share: float) -> str:
    """A share as words, to one decimal, with the reader's separator."""
    return f"{number_format(round(share * 100, 1), decimal_pos=1, use_l10n=True)} %"


def bar(low: float, middle: float, high: float) -> Bar:
    """A share of 0-1 and its interval as a bar."""
    words = _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}
    return Bar(round(low * 100, 1), round(max(middle, 0) * 100, 1), round(high * 100, 1), words)


def region_bar(one: Region) -> Bar | None:
    """The bar of a region; None where too little was released of it."""
    if one.share is None or one.low is None or one.high is None:
        return None
    return bar(one.low, one.share, one.high)


def head(taken: Taken) -> dict[str, Any]:
    """The figures at the top of a study."""
    said: Mapping[str, Any] = taken.said["estimate"]
    after = taken.said["windows"]["event"]["places"]
    return {
        "share": percent(max(said["share"], 0)),
        "bar": bar(said["low"], said["share"], said["high"]),
        "naive": percent(said["naive"]),
        "usual": percent(said["usual"]),
        "quiet": said["quiet_periods"],
        "event": date.fromisoformat(taken.said["windows"]["event"]["homes"][1]),
        "first": date.fromisoformat(after[0]),
        "last": date.fromordinal(date.fromisoformat(after[1]).toordinal() - 1),
        "dropped": percent(taken.said["dropped_share"]["event"]),
        "nobody": said["low"] == 0,
    }


def flows(taken: Taken) -> list[Flow]:
    """The greatest flows from home to elsewhere after the event, each beside its quiet days."""
    windows = taken.said["windows"]
    dates = {windows[which]["places"][0]: which for which in ("event", "usual")}
    cells: dict[str, dict[tuple[str, str], int]] = {"event": {}, "usual": {}}
    for row in taken.said["flows.csv"]:
        if row[1] != row[2] and row[2] != NOT_TOLD:
            cells[dates[row[0]]][row[1], row[2]] = int(row[3])
    found = [Flow(*pair, number, cells["usual"].get(pair)) for pair, number in cells["event"].items()]
    found.sort(key=lambda one: (-one.after, one.home, one.place))
    return found[:MOST_FLOWS]
