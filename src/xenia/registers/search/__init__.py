"""One question to every register that the asker may ask for that purpose."""

from xenia.registers.search.ask import ask, find
from xenia.registers.search.question import Answer, Asked, Hit, Question

__all__ = ["Answer", "Asked", "Hit", "Question", "ask", "find"]
