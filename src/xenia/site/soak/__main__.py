"""`python -m xenia.site.soak`: the proof in a process and an installation of its own."""

import sys

from xenia.site import setup

setup.start_django()

from xenia.site.soak.forgetting import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
