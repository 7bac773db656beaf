"""Makes the home that `xenia bench check` measures: the demo's posts and officers, stays, none of its lists. Run as a module.

`python -m xenia.site.bench.prepare [FILES STAYS]`: so many persons with so many stays each in the register of stays.
"""

from __future__ import annotations

import sys
from datetime import date

from xenia.site import setup


def main(arguments: list[str]) -> None:
    """Set up, then authorities, posts, lanes, accounts and stays."""
    setup.start_django()
    setup.ensure(lambda text: print(text, file=sys.stderr))
    from xenia.site.demo import world

    world.build()
    if len(arguments) == 2:
        _stays(int(arguments[0]), int(arguments[1]))
    setup.settle()


def _stays(files: int, each: int) -> None:
    """Persons and their stays, as far as they are missing."""
    from xenia.registers.stays import bench_rows
    from xenia.registers.stays.models import StayFile
    from xenia.site.bench import check_lists
    from xenia.site.demo import world

    there = StayFile.objects.count()
    if there >= files:
        return
    print(f"Writing {2 * each * (files - there):,} invented crossings ...", file=sys.stderr)
    bench_rows.write(
        check_lists.visitor,
        files - there,
        each,
        owner=world.GUARD,
        post=world.POST,
        zone=world.ZONE,
        today=date.today(),
        first=there,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
