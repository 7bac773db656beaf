"""What `xenia bench image` runs in homes of their own: a centre is set up, and at the laptop a first officer checks a first traveller."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

PIN = "274081"


def centre() -> dict[str, Any]:
    """Place, people, an own address that nobody will ever reach."""
    from xenia.access import actions as access
    from xenia.exchange import setting_up
    from xenia.site.soak import far_post

    far_post.place()
    operator = access.operator_standing("operator")
    setting_up.introduce(operator, authority=far_post.AUTHORITY, url="https://127.0.0.1:9")
    return {"people": far_post.people(), "post": far_post.POST}


def traveller(code: str) -> dict[str, Any]:
    """The officer chooses a PIN with the code of the paper, and admits somebody who was looked for in what came along."""
    from xenia.site.soak import far_post
    from xenia.units import pins
    from xenia.units.models import Taken

    account = pins.person("ada")
    found = pins.offered(account, code)
    assert account is not None and found is not None
    pins.begin(account, found, PIN)
    check = far_post.traveller(random.Random(1))
    return {"check": str(check), "taken": Taken.objects.count()}


def main(words: list[str]) -> None:
    """`centre`, or `traveller CODE`."""
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    said = centre() if words[0] == "centre" else traveller(words[1])
    setup.settle()
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
