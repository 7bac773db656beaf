"""Numbers that the estimate uses (`terms.json`), all of them whole."""

from __future__ import annotations

from pathlib import Path

from xenia.insight.terms import Terms

term = Terms(Path(__file__).with_name("terms.json")).whole
