"""Draws charts: jobs as lines of JSON on standard input, pictures on standard output. Started by `worker`, never imported.

Job: `engine` (vega, vega-lite), `format` (svg, png), `spec`, `locale` of numbers. Answer: a line `ok BYTES` or `no BYTES`, then
the bytes. A specification that names an address is refused before it is drawn: the library would open files and lines.
Memory is watched by the parent: the engine reserves far more address space than it uses, so no limit can be set on that.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

OPEN_FILES = 128
NICE = 5  # a picture can wait for a check at the border
ADDRESSES = frozenset({"url", "href", "src", "loader", "usermeta"})


def limit() -> None:
    """No way back from these: no file written, few opened, no core file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    os.nice(NICE)


def names_an_address(value: Any) -> bool:
    """Whether anything in a specification could make the library fetch something."""
    if isinstance(value, dict):
        return bool(ADDRESSES & value.keys()) or any(names_an_address(one) for one in value.values())
    return isinstance(value, list) and any(names_an_address(one) for one in value)


def draw(job: dict[str, Any]) -> bytes:
    """The picture of one job. Raises `ValueError` for what the library cannot draw or may not."""
    import vl_convert

    if names_an_address(job["spec"]):
        raise ValueError("The specification names an address.")
    known: dict[tuple[str, str], Any] = {
        ("vega", "svg"): vl_convert.vega_to_svg,
        ("vega", "png"): vl_convert.vega_to_png,
        ("vega-lite", "svg"): vl_convert.vegalite_to_svg,
        ("vega-lite", "png"): vl_convert.vegalite_to_png,
    }
    said: dict[str, Any] = {"allowed_base_urls": [], "format_locale": job["locale"]}
    if job["format"] == "png":
        said["scale"] = 2.0
    made: Any = known[job["engine"], job["format"]](job["spec"], **said)
    return made.encode() if isinstance(made, str) else made


def main() -> int:
    """Draw until standard input ends."""
    limit()
    import vl_convert

    vl_convert.register_font_directory(sys.argv[1])
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        try:
            word, made = b"ok", draw(json.loads(line))
        except (ValueError, KeyError, TypeError) as problem:
            word, made = b"no", str(problem)[:500].encode()
        out.write(b"%s %d\n" % (word, len(made)) + made)
        out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
