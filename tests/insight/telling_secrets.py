"""A program for tests: the secrets of statistics of the home at XENIA_HOME, as one line of JSON. `python -m tests.insight.telling_secrets`."""

from __future__ import annotations

import json

import django


def main() -> None:
    django.setup()
    from xenia.insight import own_secrets

    years = {str(year): (own_secrets.of_year(year) or b"").hex() for year in own_secrets.years()}
    print(json.dumps({"noise": own_secrets.noise().hex(), "years": years}), flush=True)


if __name__ == "__main__":
    main()
