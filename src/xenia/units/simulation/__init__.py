"""One seed, one run: units and a centre on the protocol as it is, with clock, network and disks that fail. Pure."""

from xenia.units.simulation.run import Outcome, many, one

__all__ = ["Outcome", "many", "one"]
