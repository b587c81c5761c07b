"""What the browser tests of lending share."""

from __future__ import annotations

import io

import pytest
from PIL import Image


@pytest.fixture
def png() -> bytes:
    """A small picture, as a phone would take one of a slip."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#d9e8dd").save(out, "PNG")
    return out.getvalue()
