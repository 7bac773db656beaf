"""`python -m xenia.site.story.side PORT`: one side of a story. Reads a JSON line, does it, answers with a JSON line, until input ends.

Its home, state and node come from the environment, as for any installation. It listens for the other side on PORT.
"""

from __future__ import annotations

from xenia.site.story import moved

moved.begin()

import json  # noqa: E402 - everything after this reads the story's time
import sys  # noqa: E402
import traceback  # noqa: E402
from typing import IO, Any  # noqa: E402

from xenia.errors import XeniaError  # noqa: E402


def main(port: int, asked: IO[str], answers: IO[str]) -> None:
    """Answer until nobody asks any more."""
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    from xenia.site.story import works

    side = works.Works(port)
    for line in asked:
        what = json.loads(line)
        print(json.dumps(_answer(side, what), ensure_ascii=False), file=answers, flush=True)
    side.end()


def _answer(side: Any, what: dict[str, Any]) -> dict[str, Any]:
    number, do = what.pop("n"), what.pop("do")
    try:
        return {"n": number, **getattr(side, do)(**what)}
    except XeniaError as error:
        return {"n": number, "error": error.code, "what": error.message, "remedy": error.what_to_do}
    except Exception as error:  # the other side of the pipe must hear of it
        traceback.print_exc()
        return {"n": number, "error": "story-broken", "what": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    spoken, sys.stdout = sys.stdout, sys.stderr  # only answers go there
    main(int(sys.argv[1]), sys.stdin, spoken)
