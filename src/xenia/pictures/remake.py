"""Decodes one photograph from standard input and writes it anew. Started by `xenia.pictures`, never imported.

Answer: a line `width height bytes`, then the JPEG of that many bytes, then a small one. It limits itself first.
"""

from __future__ import annotations

import resource
import sys
import warnings
from io import BytesIO

CPU_S, MEMORY_BYTES = 15, 1536 * 1024**2
MOST_PIXELS, LONG_SIDE, SMALL_SIDE, QUALITY = 40_000_000, 2600, 320, 82
FORMATS = ("JPEG", "PNG", "WEBP")


def limit() -> None:
    """No way back from these: processor, memory, no file written, few opened."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main() -> int:
    """0 and the pictures, or 1."""
    limit()
    from PIL import Image, ImageOps

    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(BytesIO(sys.stdin.buffer.read()), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            return 1
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    # A picture made afresh holds pixels only: no place, no device, no comment, no profile.
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    plain.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    large = _jpeg(plain)
    size = plain.size
    plain.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    out = sys.stdout.buffer
    out.write(f"{size[0]} {size[1]} {len(large)}\n".encode() + large + _jpeg(plain))
    return 0


def _jpeg(image: object) -> bytes:
    made = BytesIO()
    image.save(made, "JPEG", quality=QUALITY)  # type: ignore[attr-defined]
    return made.getvalue()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception:
        # What is wrong with a hostile file is nobody's business but ours, and nothing of it is worth printing.
        sys.exit(1)
