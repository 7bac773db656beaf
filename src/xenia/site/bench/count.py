"""Prints the number of statements of one whole check request, for `xenia bench check`; not part of the command line."""

from __future__ import annotations

from xenia.site import setup


def main() -> None:
    """One officer, a warmed process, one request counted."""
    setup.start_django()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from xenia.access.models import Account
    from xenia.site.bench import check_lists
    from xenia.site.demo import world

    texts = check_lists.travellers()
    client = Client(HTTP_HOST="127.0.0.1")
    passwords = world.sign_ins()
    assert Account.objects.filter(username="amadi").exists()
    client.post("/sign-in/", {"login": "amadi", "password": passwords["amadi"]})
    client.post("/console/lanes/", {"place": "UTO-PM1/L1/entry"})
    for _ in range(3):
        client.post("/console/read/", {"document": next(texts)}, headers={"HX-Request": "true"})
    with CaptureQueriesContext(connection) as counted:
        client.post("/console/read/", {"document": next(texts)}, headers={"HX-Request": "true"})
    print(len(counted))


if __name__ == "__main__":
    main()
