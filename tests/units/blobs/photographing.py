"""A program for tests: what is photographed at a unit's second line, and how it goes up. `python -m tests.units.blobs.photographing DO`.

`officer`: at the centre, one of the second line. `take COUNT`: at a unit, so many photographs of one traveller. `go [PIECES]`: its
lane of blobs, in turns until nothing waits; after so many pieces the process ends as if killed. `there`: what is here, by hash.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import sys
import time
from datetime import date

from tests.units.lane import LANE, PASSWORD, POST


def officer() -> dict[str, str]:
    from xenia.access import actions as access

    operator = access.operator_standing("operator")
    account = access.make_account(operator, "sec", "Sec", authority="UTO-BG", password=PASSWORD).account
    access.give_role(operator, account.pk, "second-line-officer", post=POST)
    return {"sec": str(account.pk)}


def _noise(side: int) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(side).randbytes(side * side * 3)).save(made, "JPEG", quality=90)
    return made.getvalue()


def take(count: int) -> dict[str, object]:
    from xenia.access import standing
    from xenia.frontier import actions, checking
    from xenia.frontier.models import Check
    from xenia.frontier.second import interview
    from xenia.frontier.second.models import Photograph
    from xenia.site.demo import people as crowd
    from xenia.site.demo import scenario
    from xenia.work.models import WorkItem

    ada, sec = standing.by_name("ada", POST, LANE), standing.by_name("sec", POST, None)
    person = crowd.person(random.Random(os.getpid()), date.today())
    view = checking.check_text(ada, LANE, "\n".join(scenario.passport(person)), "entry")
    item = WorkItem.objects.get(id=actions.refer(ada, view.id, "look at the pages"))
    actions.claim_referral(sec, item.id)
    item.refresh_from_db()
    check = Check.objects.get(id=view.id)
    for number in range(count):
        interview.photograph(sec, item, check, _noise(500 + number), "data-page")
    return {"photographs": Photograph.objects.count()}


def go(pieces: int) -> dict[str, object]:
    from xenia.units import sending
    from xenia.units.blobs import going, line, queue

    carried, sent = line.carry, []

    def counted(what, known):  # type: ignore[no-untyped-def]
        if what.address and len(sent) == pieces:
            print(json.dumps({"bytes": sum(sent)}), flush=True)
            os._exit(0)
        answer = carried(what, known)
        if what.address:
            sent.append(len(what.piece))
        return answer

    line.carry = counted  # counts what the real one carries
    until = time.monotonic() + 60
    while time.monotonic() < until:
        sending.step()
        going.step()
        if not queue.backlog().count:
            break
        time.sleep(0.2)
    found = queue.backlog()
    return {"left": found.count, "lost": found.lost, "bytes": sum(sent)}


def there() -> dict[str, object]:
    from xenia.frontier.second.models import Photograph
    from xenia.journal import awaited, blobs
    from xenia.journal.models import AwaitedBlob

    kept, coming = {}, []
    for row in Photograph.objects.order_by("id"):
        for address in (row.small, row.address):
            if (why := awaited.missing(address)) is not None:
                coming.append(why.code)
            else:
                kept[address] = hashlib.sha256(blobs.get(address)).hexdigest()
    size = sum(AwaitedBlob.objects.values_list("size_bytes", flat=True))
    return {"kept": kept, "awaited": coming, "bytes": size}


def main(words: list[str]) -> None:
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    does = {"officer": officer, "take": lambda n: take(int(n)), "go": lambda n="-1": go(int(n)), "there": there}
    found = does[words[0]](*words[1:])
    setup.settle()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
