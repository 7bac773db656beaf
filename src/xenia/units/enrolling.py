"""At the centre: a machine comes with a code, shows its keys, and waits until another person has compared its fingerprint."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from xenia.errors import BadInput, NotAllowed
from xenia.exchange import own
from xenia.journal import files, signing
from xenia.journal.actions import append, writing
from xenia.units import codes, door_keys, kinds, receiving, serving, tasks
from xenia.units.models import Unit

ASK: Final = "xenia/unit-enrol/1"
ANSWER: Final = "xenia/unit-enrolled/1"
MOST_FAILURES: Final = 5
LIMIT: Final = 16 * 1024
ONE_SENTENCE: Final = "The code is not known, was used, or is too old."


def refused() -> NotAllowed:
    """One answer for every reason, so that nobody learns which codes there are."""
    return NotAllowed(ONE_SENTENCE, "Ask the centre for a new one.", code="unit-code")


def enrol(raw: bytes, proof: str, now: datetime) -> tuple[bytes, str]:
    """What a machine gets that shows the code, and the proof that the centre said it.

    Asked again with the same keys (the answer was lost), it gets the same. Raises `BadInput` (`bad-enrolment`),
    `NotAllowed` (`unit-code`), `Conflict` where the centre has no address that units can reach (`no-door`).
    """
    said = read(raw)
    with writing():
        unit = Unit.objects.select_for_update().filter(code_id=said["code"], state__in=("invited", "waiting")).first()
        if unit is None or unit.code_until is None or unit.code_until < now or unit.code_failures >= MOST_FAILURES:
            raise refused()
        if not codes.proves(unit.code_key, "ask", raw, proof):
            wrong = True
            unit.code_failures += 1
            unit.save(update_fields=["code_failures"])
        else:
            wrong = False
            came(unit, said)
    if wrong:
        raise refused()
    answer = answer_for(unit)
    return answer, codes.proof(unit.code_key, "answer", said["nonce"].encode() + answer)


def read(raw: bytes, ask: str = ASK) -> dict[str, Any]:
    """What a machine says of itself. Raises `BadInput` (code `bad-enrolment`)."""
    try:
        said = json.loads(raw) if len(raw) <= LIMIT else None
        assert isinstance(said, dict) and set(said) == {"format", "code", "key", "certificate", "machine", "nonce"}
        assert said["format"] == ask and isinstance(said["key"], dict)
        assert all(isinstance(said[name], str) for name in ("code", "certificate", "machine", "nonce"))
        signing.from_jwk(said["key"])
        said["fingerprint"] = own.fingerprint(said["certificate"].encode())
        said["certificate"] = own.alone(said["certificate"].encode())
        said["key"] = {name: str(said["key"][name]) for name in ("crv", "kty", "x", "y")}
    except (AssertionError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput("That is no enrolment.", "Update Xenia on the unit.", code="bad-enrolment") from error
    return said


def is_same(unit: Unit, said: dict[str, Any]) -> bool:
    """Whether that is the machine whose keys are pinned."""
    return (unit.key_id, unit.fingerprint) == (signing.thumbprint(said["key"]), said["fingerprint"])


def came(unit: Unit, said: dict[str, Any]) -> None:
    """The machine's keys are pinned; another machine with the same code is not let in any more."""
    key_id = signing.thumbprint(said["key"])
    if unit.state == "waiting":
        if not is_same(unit, said):
            raise refused()
        return
    unit.state, unit.machine = "waiting", "".join(one for one in said["machine"] if one.isprintable())[:100]
    unit.key, unit.key_id = json.dumps(said["key"]), key_id
    unit.certificate, unit.fingerprint = said["certificate"], said["fingerprint"]
    unit.save()
    act = receiving.act_for(unit)
    append(kinds.CAME, {"unit": str(unit.pk), "node": unit.name, "key": key_id, "certificate": unit.fingerprint}, act)
    tasks.waiting(unit, act)


def answer_for(unit: Unit) -> bytes:
    """What a machine needs to know of its centre to be this unit."""
    said = {
        "format": ANSWER,
        "node": unit.name,
        "state": settings.XENIA_STATE,
        "post": unit.post,
        "label": unit.label,
        "door": own.url(),
        "doors": list(serving.now().doors),
        "certificate": own.alone(files.read_private(own.tls())),
        "certificates": door_keys.certificates(),
        "key": signing.own_key(),
        "box": {**own.public("box", own.current("box")), "kid": own.current("box")},
        "fingerprint": codes.fingerprint(unit.key_id, unit.fingerprint),
    }
    return json.dumps(said).encode()
