"""Prints the number of statements of one whole check request, for `xenia bench check`; not part of the command line."""

from __future__ import annotations

import sys

from xenia.site import setup


def main(arguments: list[str]) -> None:
    """One officer, a warmed process; the most statements of twenty requests."""
    setup.start_django()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from xenia.access.models import Account
    from xenia.site.bench import check_lists
    from xenia.site.demo import world

    texts = check_lists.travellers(check_lists.Sizes(0, 0, int(arguments[0]), 0, int(arguments[1])))
    client = Client(HTTP_HOST="127.0.0.1")
    passwords = world.sign_ins()
    assert Account.objects.filter(username="amadi").exists()
    client.post("/sign-in/", {"login": "amadi", "password": passwords["amadi"]})
    client.post("/console/lanes/", {"place": "UTO-PM1/L1/entry"})
    for _ in range(3):
        client.post("/console/read/", {"document": next(texts)}, headers={"HX-Request": "true"})
    most = 0
    for _ in range(20):
        with CaptureQueriesContext(connection) as counted:
            client.post("/console/read/", {"document": next(texts)}, headers={"HX-Request": "true"})
        most = max(most, len(counted))
    print(most)


if __name__ == "__main__":
    main(sys.argv[1:])
