"""The programs of `door.py`, each in a home of its own; not part of the command line."""

from __future__ import annotations

import random
import sys
import threading
import time
from datetime import date
from typing import Any, Final

from xenia.site.bench import portraits
from xenia.site.soak import pair

LOOKS_EVERY_S: Final = 0.02
WAIT_S: Final = 120.0


def place(url: str, name: str) -> None:
    """At the centre: post and people, those who enter alerts among them, and an invitation for the unit."""
    from xenia.access import actions as access
    from xenia.access import standing
    from xenia.exchange import setting_up
    from xenia.site.soak import far_post
    from xenia.units import actions

    operator = access.operator_standing("operator")
    far_post.place()
    far_post.people()
    others = (("editor", "alert-editor"), ("approver", "second-approver"), (portraits.OFFICER, "second-line-officer"))
    for username, role in others:
        made = access.make_account(
            operator, username, username.title(), authority=far_post.AUTHORITY, password=far_post.PASSWORD
        )
        access.give_role(operator, made.account.pk, role, post=far_post.POST if username == portraits.OFFICER else None)
    setting_up.introduce(operator, authority=far_post.AUTHORITY, url=url)
    pair.say(code=actions.invite(standing.by_name("admin"), name, far_post.POST, name).code)


def wanted(number: int) -> dict[str, Any]:
    """An invented person whom nobody else is like."""
    letters = "".join("BDFGKLMNPR"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number * 7919 % 100000:05d}")
    return {
        "surname": f"{letters.title()}sen", "given_names": "Orla", "birth_date": f"19{60 + number % 40}-03-14",
        "document": {"type": "P", "issuing_state": "UTO", "number": f"UA{4_000_000 + number}"},
    }  # fmt: skip


def alerts() -> None:
    """At the centre: enter alerts as two people do, one after the other; when the second one had approved."""
    from xenia.access import standing
    from xenia.registers.alerts import actions
    from xenia.work import proposals

    pair.say(ready=True)
    while "enter" in (said := pair.heard()):
        person = wanted(said["enter"])
        body = {
            "category": "REF-B", "names": [{"surname": person["surname"], "given_names": "Orla", "kind": "main"}],
            "birth_dates": [person["birth_date"]], "documents": [person["document"]], "reason": "Invented for a measurement",
            "legal_basis": "Invented Act, section 1", "decision": "D-BENCH",
        }  # fmt: skip
        made = actions.propose_entry(standing.by_name("editor"), body, reason="Invented", reference="external:bench")
        began = time.monotonic()
        proposals.approve(standing.by_name("approver"), made.pk)
        pair.say(at=began)


def unit() -> None:
    """At the unit: everything that its serving process does beside the pages, and the booth's search."""
    from xenia.access.models import Account
    from xenia.journal import sealer
    from xenia.site import serving
    from xenia.units import sending

    sealer.start()
    stop = _at_work(serving.keep_at_it)
    _until(lambda: Account.objects.filter(username="ada").exists())
    _until(lambda: sending.line().acknowledged > 0)
    pair.say(ready=True)
    while said := pair.heard():
        if "seek" in said:
            _seek(said["seek"])
        elif "travellers" in said:
            stop.set()
            _travellers(said["travellers"])
        elif "portraits" in said:
            stop.set()
            pair.say(**portraits.make(said["portraits"]))
        elif "both" in said:
            pair.say(**portraits.drain())
        else:
            _drain()


def _at_work(work: Any) -> threading.Event:
    stop = threading.Event()
    threading.Thread(target=work, args=(stop,), name="xenia-chores", daemon=True).start()
    return stop


def _until(true: Any) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        if time.monotonic() > end:
            raise SystemExit("The unit was not told who works there.")
        time.sleep(0.2)


def _seek(number: int) -> None:
    """Say when the booth has asked once without a hit, and when it hits."""
    from xenia.access import standing
    from xenia.registers import search
    from xenia.registers.search.question import Question
    from xenia.site.soak import far_post

    asked = Question.from_json({"id": "1", **wanted(number)}, date.today())
    here = standing.by_name("ada", far_post.POST, far_post.LANE)

    def hits() -> bool:
        (answer,) = search.find([asked], here, "border-first-line", "check:bench")
        return bool(answer.hits)

    if hits():
        raise SystemExit("This person was sought already.")
    pair.say(seeking=number)
    end = time.monotonic() + WAIT_S
    while not (found := hits()) and time.monotonic() < end:
        time.sleep(LOOKS_EVERY_S)
    pair.say(at=time.monotonic() if found else None)


def _travellers(count: int) -> None:
    from xenia.journal import sealer
    from xenia.site.soak import far_post
    from xenia.units import sending

    while sending.step():
        pass
    chance = random.Random(1)
    for _one in range(count):
        far_post.traveller(chance)
    sealer.seal_now()
    pair.say(made=count)


def _drain() -> None:
    """All that waits goes up by the unit's own turns."""
    from xenia.journal.node import node
    from xenia.units import sending

    first, began, used = sending.line().acknowledged, time.monotonic(), time.process_time()
    while sending.line().acknowledged < sending.sealed(node()):
        if not sending.step():
            time.sleep(LOOKS_EVERY_S)
    wall, cpu = time.monotonic() - began, time.process_time() - used
    pair.say(entries=sending.line().acknowledged - first, wall_s=wall, cpu_s=cpu)


if __name__ == "__main__":
    pair.start()
    if sys.argv[1] == "place":
        place(*sys.argv[2:])
    elif sys.argv[1] == "alerts":
        alerts()
    else:
        unit()
