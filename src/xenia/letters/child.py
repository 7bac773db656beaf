"""Sets one letter: job as JSON on standard input, PDF on standard output. Started by `press`, never imported.

It limits itself before it reads anything: seconds of processor, memory, open files, and no file can be written.
Typst opens nothing outside the folder it is given as root; packages from the network have nowhere to come from.
"""

from __future__ import annotations

import json
import resource
import sys

CPU_S, MEMORY_BYTES, OPEN_FILES = 10, 2 * 1024**3, 64


def limit() -> None:
    """No way back from these."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def main() -> int:
    """0 and the PDF, or 1 and what Typst says is wrong, on standard error."""
    limit()
    import typst

    job = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[job["fonts"]])
    try:
        made = typst.compile(
            {name: text.encode() for name, text in job["files"].items()},
            root=job["root"],
            font_paths=fonts,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs=job["inputs"],
            package_path=job["root"],
            package_cache_path=job["root"],
        )
    except typst.TypstError as problem:
        sys.stderr.write(f"{problem.message} {problem.diagnostic}")
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
