"""What the bytes of an upload are: pictures, PDFs, workbooks, plain tables. Nothing by its name."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from core.errors import Refused

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
_PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
_JPEG_QUALITY = 85
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024
_MOST_MEMBERS = 2000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_PDF_OBJECTS = 50_000
# Actions that run something or reach out, and the tables they are started from.
_PDF_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE"}
# What a reader of damaged PDFs raises, besides its own errors.
_PDF_FAULTS = (
    PyPdfError,
    AttributeError,
    KeyError,
    IndexError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_PDF_KEYS = {"/JS", "/JavaScript", "/Launch", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA"}


@dataclass(frozen=True)
class Checked:
    """Content that may be kept, its type, and the suffix it is remembered under."""

    content: bytes
    content_type: str
    suffix: str


def check_image(content: bytes) -> Checked | None:
    """A JPEG, PNG or WebP, decoded and written anew at 2400 pixels or less; None for other bytes.

    The new file carries neither EXIF nor a position, nor anything hidden behind the picture.

    Raises:
        Refused: ``image_too_large`` or ``image_broken``.
    """
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_PICTURE_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Refused(
                        "image_too_large",
                        _("照片的像素太多，请用较小的尺寸重拍或压缩后上传。"),
                    )
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _encoded(upright, str(picture.format))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(
            "image_broken", _("照片打不开，可能没有传完整。"), way_on=_("请重新拍一张或重新选择。")
        ) from error


def _encoded(picture: Image.Image, source: str) -> Checked:
    out = io.BytesIO()
    if source == "PNG":
        plain = picture.convert("RGBA" if "A" in picture.mode or picture.mode == "P" else "RGB")
        _without_notes(plain).save(out, "PNG", optimize=False)
        return Checked(out.getvalue(), "image/png", ".png")
    _without_notes(picture.convert("RGB")).save(out, "JPEG", quality=_JPEG_QUALITY)
    return Checked(out.getvalue(), "image/jpeg", ".jpg")


def _without_notes(picture: Image.Image) -> Image.Image:
    picture.info = {}
    picture.getexif().clear()
    return picture


def check_pdf(content: bytes) -> Checked | None:
    """A PDF that opens without a password and holds no script, action or attachment; else None.

    Raises:
        Refused: ``pdf_encrypted``, ``pdf_active`` or ``pdf_broken``.
    """
    if not content.startswith(b"%PDF-"):
        return None
    broken = Refused(
        "pdf_broken", _("这份文档打不开，可能没有传完整。"), way_on=_("请重新导出后再上传。")
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted:
                raise Refused(
                    "pdf_encrypted", _("这份文档设了密码。"), way_on=_("请去掉密码后再上传。")
                )
            if not reader.pages:
                raise broken
            active = any(_is_active(found) for found in _dictionaries(reader))
    except _PDF_FAULTS as error:
        raise broken from error
    if active:
        raise Refused(
            "pdf_active",
            _("这份文档里有脚本或附件，不能接收。"),
            way_on=_("请另存为普通文档，或拍照上传。"),
        )
    return Checked(content, "application/pdf", ".pdf")


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary reachable from the trailer, each object once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            key = (found.idnum, found.generation)
            if key in seen:
                continue
            if len(seen) >= _MOST_PDF_OBJECTS:
                raise ValueError("too many objects")
            seen.add(key)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, ArrayObject):
            waiting.extend(found)


def _is_active(found: DictionaryObject) -> bool:
    return bool(_PDF_KEYS & found.keys()) or found.get("/S") in _PDF_ACTIONS


def check_xlsx(content: bytes) -> Checked | None:
    """A workbook: a zip with a workbook's members, not too large unpacked, no macros; else None.

    Raises:
        Refused: ``xls_old``, ``xlsx_too_large``, ``xlsx_macros`` or ``xlsx_broken``.
    """
    if content.startswith(_OLD_OFFICE):
        raise Refused(
            "xls_old",
            _("这是旧版的表格文件。"),
            way_on=_("请在电脑上打开，另存为新版的电子表格后再上传。"),
        )
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                return None
            _refuse_bombs(members)
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Refused(
                    "xlsx_macros",
                    _("这个表格里有宏，不能接收。"),
                    way_on=_("请另存为不带宏的表格再上传。"),
                )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(
            "xlsx_broken",
            _("这个表格打不开，可能没有传完整。"),
            way_on=_("请在电脑上打开、另存一份再上传。"),
        ) from error
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Checked(content, kind, ".xlsx")


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    """Sizes as the directory tells them; reading stops at these sizes whatever the data holds."""
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    too_dense = unpacked > _RATIO_FROM_BYTES and unpacked / packed > MOST_RATIO
    if unpacked > MOST_UNPACKED_BYTES or too_dense or len(members) > _MOST_MEMBERS:
        raise Refused(
            "xlsx_too_large",
            _("这个表格展开后太大。"),
            way_on=_("请只保留名册那一张表，另存后再上传。"),
        )


def check_csv(content: bytes) -> Checked | None:
    """Text that decodes as UTF-8 or GB18030 and has a separator; None for other bytes."""
    if b"\x00" in content or re.search(rb"[\x01-\x08\x0e-\x1f]", content):
        return None
    text = decode_text(content)
    if text is None or not re.search(r"[,;\t，；]", text):
        return None
    return Checked(content, "text/csv; charset=utf-8" if _is_utf8(content) else "text/csv", ".csv")


def decode_text(content: bytes) -> str | None:
    """The text of UTF-8 bytes, with or without mark, or of GB18030 bytes; None when it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


CHECKS: Mapping[str, Callable[[bytes], Checked | None]] = {
    "image": check_image,
    "pdf": check_pdf,
    "xlsx": check_xlsx,
    "csv": check_csv,
}
