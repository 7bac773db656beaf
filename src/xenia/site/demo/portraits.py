"""Photographs of people who do not exist: a head and shoulders in flat colours, never a face. Pure."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Final

SIZE: Final = (240, 320)
SKINS: Final = ("#f1d3b8", "#d9a679", "#a8734a", "#6f4a30")
CLOTHES: Final = ("#2f4f6f", "#5b3f5f", "#3f5f4a", "#6f5b2f")
WALL: Final = "#e9ecef"


def photograph(name: str) -> bytes:
    """A PNG of an invented person; the same name gives the same picture."""
    from PIL import Image, ImageDraw

    drawn = hashlib.sha256(name.encode()).digest()
    skin, clothes = SKINS[drawn[0] % len(SKINS)], CLOTHES[drawn[1] % len(CLOTHES)]
    image = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 220, 230, 460), fill=clothes)
    draw.rectangle((100, 180, 140, 240), fill=skin)
    draw.ellipse((68, 60, 172, 210), fill=skin)
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()
