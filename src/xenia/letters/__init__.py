"""What is printed: PDF out of Typst templates, in any of our scripts. Knows nothing of what a letter is about."""

from xenia.letters.press import pdf, register, scripts_shown, templates

__all__ = ["pdf", "register", "scripts_shown", "templates"]
