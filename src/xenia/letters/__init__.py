"""What is printed: PDF out of Typst templates, in any of our scripts. Knows nothing of what a letter is about."""

from xenia.letters.press import pdf, register

__all__ = ["pdf", "register"]
