from tests.docs.pages import page
from xenia.access.permissions import PERMISSIONS
from xenia.site.cli import commands_of
from xenia.site.cli.index import INDEX


def test_every_permission_is_described_and_nothing_else():
    assert set(page("reference/permissions.md").headings(3)) == set(PERMISSIONS)


def test_commands_ask_for_permissions_that_exist():
    asked = {command.permission for place in INDEX.values() for command in commands_of(place)}
    assert asked - {None} <= set(PERMISSIONS)
