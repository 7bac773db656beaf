"""All tables of this room, gathered for Django."""

from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.registers.live.models import LiveKey, LiveRecord, Withheld

__all__ = ["ListSource", "ListVersion", "LiveKey", "LiveRecord", "LoadRun", "Withheld"]
