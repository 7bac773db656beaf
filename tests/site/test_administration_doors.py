"""As every role, every address of administration, asked and sent nonsense: an answer that is drawn, never a fault."""

from __future__ import annotations

import pytest

from tests import people
from tests.access.test_places import second_factor
from tests.site.test_administration import PAGES
from xenia.access import policy
from xenia.registers.reference import actions as reference

MORE = (
    "/administration/posts/UTO-AP1/ /administration/posts/UTO-AP1/L1/ /administration/posts/none/ /administration/posts/UTO-AP1/none/"
    " /administration/authorities/UTO-BG/ /administration/authorities/none/ /administration/reference/none/"
    " /administration/reference/visa-type/terms/none/ /administration/printers/0190a2b4-0000-7000-8000-000000000000/"
    " /policy/roles/none/ /policy/rows/none/ /retention/none/ /retention/run/ /accounts/0190a2b4-0000-7000-8000-000000000000/rights/"
).split()
DRAWN = {200, 302, 403, 404, 405, 409, 422}


@pytest.mark.django_db
def test_no_role_gets_a_fault_from_any_page_of_administration():
    world = people.build()
    reference.install()
    faults = []
    for role in sorted(set(policy.current().roles) - {"operator"}):
        client = second_factor(world.client(f"door-{role}", role))
        for path in [*PAGES, *MORE]:
            answers = [
                client.get(path),
                client.get(path, {"q": "\0'<", "page": "x"}),
                client.post(path, {"act": "lane", "step": "x"}),
            ]
            faults += [(role, path, one.status_code) for one in answers if one.status_code not in DRAWN]
    assert not faults
