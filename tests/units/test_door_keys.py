"""The certificate of a centre's door is changed: a unit at work goes on, one that was away comes back. Real processes."""

from __future__ import annotations

from pathlib import Path

from tests.units.at_pages import Person, Served, until
from tests.units.homes import Centre, program, xenia
from tests.units.lane import POST

AT_WORK, AWAY = "uto-pm1-u1", "uto-pm1-u2"
HEALS_S = 420.0
"""A unit that failed often waits up to five minutes before it tries again."""


def _door(centre: Centre) -> dict[bool, list[str]]:
    """Which units do not know the certificate in use, and the one to come."""
    return {one["current"]: one["unaware"] for one in xenia(centre.home, "unit", "door")["certificates"]}


def test_the_doors_certificate_is_changed_and_no_unit_is_lost(centre: Centre, unit: Served, tmp_path: Path) -> None:
    away, card = tmp_path / "away", str(tmp_path / "card")
    for name, home in ((AT_WORK, unit.home), (AWAY, away)):
        code = xenia(centre.home, "unit", "invite", name, POST, "--as", "admin")["code"]
        shown = xenia(home, "unit", "enrol", centre.url, code)["fingerprint"]
        xenia(centre.home, "unit", "admit", name, shown, "--as", "chief")
    program(away, "down")
    program(away, "share")
    program(away, "travellers", "1")

    xenia(centre.home, "exchange", "own", "--new-key", "tls", "--as", "operator", "--out", card)
    assert _door(centre)[False] == [AT_WORK, AWAY]
    unit.start()
    until(lambda: _door(centre)[False] == [AWAY], unit, HEALS_S)
    new = next(one["name"] for one in xenia(centre.home, "unit", "door")["certificates"] if not one["current"])
    use = ("exchange", "own", "--use-key", f"tls:{new}", "--as", "operator", "--out", card)
    said = xenia(centre.home, *use, fails=True)["said"]
    assert AWAY in said and AT_WORK not in said
    xenia(centre.home, *use, "--leave-behind")
    old = next(one["name"] for one in xenia(centre.home, "unit", "door")["certificates"] if not one["current"])
    xenia(centre.home, "exchange", "own", "--retire-key", f"tls:{old}", "--as", "operator", "--out", card)
    assert _door(centre) == {True: [AWAY]}

    before = centre.unit(AT_WORK)["received"]
    somebody = Person(unit.url)
    until(lambda: somebody.opens("/sign-in/").status_code == 200, unit)
    somebody.sends("/sign-in/", login="nobody", password="nothing")  # is written down, and goes up through the new door
    until(lambda: centre.unit(AT_WORK)["received"] > before, unit, HEALS_S)
    unit.stop()

    assert program(away, "up")[-1]["acknowledged"] == 0
    assert xenia(away, "unit", "status")["trouble"] == "strange-door"
    program(away, "lapse")
    assert "is over" in xenia(away, "unit", "status", fails=True)["said"]
    letter = tmp_path / "letter"
    admin = ("--as", "admin")
    xenia(
        centre.home,
        "accounts",
        "add",
        "zoewintergreen",
        "--name",
        "Zoe",
        "--role",
        "first-line-officer",
        "--post",
        POST,
        *admin,
    )
    xenia(centre.home, "unit", "letter", AWAY, str(letter), "--as", "admin")
    assert AWAY in xenia(unit.home, "unit", "renew", str(letter), fails=True, opened=False)["said"]
    taken = xenia(away, "unit", "renew", str(letter), opened=False)  # nobody opens it for that
    assert (taken["door"], taken["lease"]) == (True, True)
    centre.stop(kill=True)
    assert "zoewintergreen" in program(away, "down")[-1]["people"]  # who works there came sealed in the letter
    assert b"zoewintergreen" not in letter.read_bytes()  # three letters stand in base64 by chance
    centre.start()
    back = program(away, "up")[-1]
    assert back["acknowledged"] == back["gained"] > 5
    assert _door(centre) == {True: []}
