"""`python -m xenia`: the command line."""

import sys

from xenia.site.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
