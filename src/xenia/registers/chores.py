"""What is done for registers again and again, beside the work."""

from __future__ import annotations

from xenia.registers import exports

CHORES = (("exports-forget", 300.0, exports.forget_old),)
