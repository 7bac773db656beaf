"""What every template and style sheet keeps: directions of the script, and a strict content policy."""

import re

import pytest

from tests.docs.pages import PROJECT

SOURCE = PROJECT / "src" / "xenia"
SHEETS = sorted(SOURCE.rglob("*.css"))
TEMPLATES = sorted(SOURCE.rglob("*.html"))
PHYSICAL = re.compile(
    r"(?<![\w.-])(?:(?:margin|padding|border|scroll-margin|scroll-padding|inset)-(?:left|right|top|bottom)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:min-|max-)?(?:width|height)|left|right|top|bottom)[\w-]*\s*:"
    r"|(?<![\w.-])(?:float|clear|text-align)\s*:\s*(?:left|right)"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MEDIA = re.compile(r"@(?:media|container)[^{]*\{")  # a screen is as wide as it is in any script
INLINE = re.compile(r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE)


def _name(path):
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("sheet", SHEETS, ids=_name)
def test_sheets_follow_the_direction_of_the_script(sheet):
    rules = MEDIA.sub("", COMMENT.sub("", sheet.read_text(encoding="utf-8")))
    assert not PHYSICAL.findall(rules)


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_templates_hold_no_script_or_style_of_their_own(template):
    text = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->",
        "",
        template.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    assert not INLINE.findall(text)


def test_nothing_is_fetched_from_elsewhere():
    found = [
        _name(path)
        for path in [*SHEETS, *TEMPLATES, *sorted(SOURCE.rglob("*.js"))]
        if re.search(
            r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//|url\([\"']?(?:https?:)?//|@import|fetch\([\"']https?:",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert not found
