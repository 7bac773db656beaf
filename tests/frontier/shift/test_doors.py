"""Every address of the post as every role: nobody who travels is named, and nothing is an error of ours."""

from __future__ import annotations

from tests.frontier.shift.conftest import PASSWORD
from xenia.access import actions as access
from xenia.access import policy
from xenia.access.views import gate_of
from xenia.frontier.shift import incidents, shifts
from xenia.frontier.shift.urls import urlpatterns


def test_every_role_gets_what_its_gate_says(client, sup, travellers, now) -> None:
    from datetime import timedelta

    travellers.admitted()
    shift = shifts.open_shift(sup, now - timedelta(hours=1), now + timedelta(hours=7))
    incident = incidents.log(sup, "power", now, "Lights went out.")
    paths = {
        str(one.pattern)
        .replace("<str:lane>", "L1")
        .replace("<uuid:incident_id>", str(incident))
        .replace("<uuid:shift_id>", str(shift))
        .replace("<str:form>", "csv"): gate_of(one.callback)
        for one in urlpatterns
    }
    operator = access.operator_standing("operator")
    for number, (role, known) in enumerate(policy.current().roles.items()):
        if role == "operator":
            continue
        made = access.make_account(operator, f"walker-{number}", "Walker", authority="UTO-BG", password=PASSWORD)
        access.give_role(operator, made.account.pk, role, post=None)
        client.post("/sign-in/", {"login": f"walker-{number}", "password": PASSWORD})
        session = client.session
        session["second_factor"], session["post"] = True, "UTO-T1"
        session.save()
        for path, gate in paths.items():
            assert gate is not None and gate.any_of
            may = any(word in known.permissions for word in gate.any_of)
            for answer in (client.get(f"/post/{path}"), client.post(f"/post/{path}", {})):
                where = f"{role} {path} {answer.status_code}"
                assert answer.status_code in ((200, 302, 404, 405, 422) if may else (302, 403)), where
                assert "quorndale" not in answer.content.decode("utf-8", "replace").lower(), where
        client.post("/sign-out/")


def test_nobody_sees_anything_before_sign_in(client, post) -> None:
    for path in ("", "incidents/", "shifts/", "reports/", "reports/csv/", "lanes/L1/"):
        assert client.get(f"/post/{path}").status_code == 302
