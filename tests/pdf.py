"""Looking into PDFs: their text, their fonts, and words they must never say."""

from __future__ import annotations

import io

from pypdf import PdfReader

FORBIDDEN = (
    "投资",
    "理财",
    "收益",
    "回报",
    "保本",
    "保息",
    "刚性兑付",
    "无风险",
    "秒批",
    "高收益",
)


def text_of(pdf: bytes) -> str:
    """The text of all pages without white space, since setting breaks lines anywhere."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def forbidden_words(pdf: bytes) -> list[str]:
    """Which words of investment stand in it."""
    text = text_of(pdf)
    return [word for word in FORBIDDEN if word in text]


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Every font and whether its glyphs are embedded."""
    fonts: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            for child in font.get("/DescendantFonts", [font]):
                described = child.get_object()["/FontDescriptor"].get_object()
                embedded = any(f"/FontFile{n}" in described for n in ("", "2", "3"))
                fonts[str(font["/BaseFont"])] = embedded
    return fonts
