"""A second reckoning of the days of short stay, from the facts alone, to check what the register said at each exit.

The exact overlap join: every day of the window that ends with an exit, counted once however many stays touch it. The window is cut
at its first day (exit - 179); a stay that began before counts only from there. Counting such a stay whole says too much.

A pseudonym holds for one year, so that only exits whose whole window lies in one year can be checked; and only stays that ended are
facts, so that a stay without an exit, which the register presumes to have lasted, makes a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xenia.insight.warehouse import Warehouse
from xenia.registers.stays.pairing import UNCOUNTED
from xenia.registers.stays.rules import Limit, short_stay

OVERLAP = """
WITH counted AS (
    SELECT row_number() OVER () AS number, person, entered_on AS first, greatest(entered_on, exited_on) AS last, used_days
    FROM stay
    WHERE person IS NOT NULL AND entered_on IS NOT NULL AND matched = 'yes' AND year(hour) = $year AND NOT list_contains($not, basis)
), placed AS (
    SELECT *, max(last) OVER (
        PARTITION BY person ORDER BY first, last, number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM counted
), apart AS (
    SELECT *, greatest(first, COALESCE(before + 1, first)) AS begins FROM placed
)
SELECT one.used_days AS said, sum(greatest(0, least(other.last, one.last) - greatest(other.begins, one.last - $window + 1) + 1)) AS found
FROM apart AS one JOIN apart AS other ON other.person = one.person AND other.begins <= one.last AND other.last > one.last - $window
WHERE one.last >= $from AND one.used_days IS NOT NULL
GROUP BY one.number, one.used_days
"""


@dataclass(frozen=True)
class Check:
    """Exits that could be checked, how many of them were said otherwise, and how many were found over the limit."""

    checked: int
    different: int
    over: int


def check(warehouse: Warehouse, year: int) -> Check:
    """The days used at the exits of a year reckoned again. For those who keep the warehouse right: not a table to show."""
    law: Limit = short_stay(date(year, 12, 31))
    whole = date(year, 1, 1).toordinal() + law.window_days - 1
    values = {"window": law.window_days, "from": date.fromordinal(whole), "year": year, "not": sorted(UNCOUNTED)}
    with warehouse.open() as connection:
        rows = connection.execute(OVERLAP, values).fetchall()
    return Check(len(rows), sum(said != found for said, found in rows), sum(found > law.days for _said, found in rows))
