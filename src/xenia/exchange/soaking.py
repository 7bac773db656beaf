"""The program that `xenia soak exchange` runs in a scratch installation: Django first, then the attack."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()
    from xenia.exchange import soak

    soak.begin()
    sys.exit(soak.main(sys.argv[1:]))
