"""Makes the home that `xenia bench check` measures: the demo's post and officers, none of its lists. Run as a module."""

from __future__ import annotations

import sys

from xenia.site import setup


def main() -> None:
    """Set up, then authorities, post, lanes and accounts."""
    setup.start_django()
    setup.ensure(lambda text: print(text, file=sys.stderr))
    from xenia.site.demo import world

    world.build()
    setup.settle()


if __name__ == "__main__":
    main()
