from tests.docs.pages import page
from xenia.site.options import OPTIONS


def _row(option):
    default = {"": "", True: "`yes`", False: "`no`"}.get(option.default, f"`{option.default}`")
    return f"| `XENIA_{option.name}` | {option.kind} | {default} | {option.help} |"


def test_every_setting_is_described_as_it_is():
    rows = [line for line in page("reference/settings.md").text.splitlines() if line.startswith("| `XENIA_")]
    assert rows == [_row(option) for option in OPTIONS]
