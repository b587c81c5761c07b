"""Uploads: judged by their bytes, kept outside the web root, served only to who may see them."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from core.formats import format_day
from core.models import StoredFile
from core.sentences import listed
from core.upload_checks import CHECKS

MaySee = Callable[[Any, StoredFile], bool]

_FOLDER = "files"
_NAME_LENGTH = 120
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
# A file this old without a row belongs to a transaction that was rolled back.
_ORPHAN_AGE = timedelta(days=1)
_PURPOSES: dict[str, MaySee] = {}


def register_file_purpose(code: str, may_see: MaySee) -> None:
    """Declare, once, from an ``AppConfig.ready``, who may see the files of a purpose."""
    _PURPOSES[code] = may_see


def accept_upload(
    upload: UploadedFile[Any],
    *,
    purpose: str,
    kinds: Collection[str],
    by: Any,
    at: datetime,
    scope: str = "",
    most_bytes: int | None = None,
) -> StoredFile:
    """Keep an upload that is what one of ``kinds`` (image, pdf, xlsx, csv) must be.

    Pictures are decoded and written anew, without the place and camera they were taken with. The
    name is only remembered, never used on the disk.

    Raises:
        Refused: ``file_empty``, ``file_too_large``, ``file_kind`` or what the check of its kind
            says.
        KeyError: nobody registered the purpose.
    """
    _PURPOSES[purpose]
    content = _read(upload, most_bytes or settings.UPLOAD_MAX_BYTES)
    checked = _recognise(content, kinds)
    name = clean_name(upload.name or "", checked.suffix)
    path = _write(checked.content, checked.suffix)
    return StoredFile.objects.create(
        purpose=purpose,
        scope=scope,
        path=path,
        original_name=name,
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )


def access_file(user: Any, file_id: int) -> StoredFile:
    """The file if its purpose lets the user see it.

    Raises:
        NotFound: absent, or not for this user.
        Refused: ``file_erased``.
    """
    file = StoredFile.objects.filter(pk=file_id).first()
    may_see = _PURPOSES.get(file.purpose) if file is not None else None
    if file is None or may_see is None or not may_see(user, file):
        raise NotFound
    if file.erased_at is not None:
        raise Refused(
            "file_erased",
            _("这份文件保存期满，%(day)s已经删除。") % {"day": format_day(file.erased_at)},
            way_on=_("要用的话，请找当时上传的人要一份。"),
        )
    return file


def path_of(file: StoredFile) -> Path:
    """Where the bytes of a file are kept."""
    return Path(settings.PRIVATE_ROOT) / file.path


def remove_file(file: StoredFile) -> None:
    """Remove the row now and the bytes once that is committed."""
    path = path_of(file)
    file.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def erase_file(file: StoredFile, *, at: datetime) -> None:
    """Erase the bytes, once that is committed, and the name; what points at the row and its hash stays."""
    path = path_of(file)
    file.erased_at, file.original_name = at, ""
    file.save(update_fields=["erased_at", "original_name"])
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def sweep_files(*, now: datetime) -> int:
    """Remove files of rolled-back transactions; how many there were."""
    root = Path(settings.PRIVATE_ROOT)
    oldest_kept = (now - _ORPHAN_AGE).timestamp()
    removed = 0
    for folder in sorted((root / _FOLDER).glob("*")):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < oldest_kept]
        names = {path.relative_to(root).as_posix(): path for path in old}
        kept = set(
            StoredFile.objects.filter(path__in=names).order_by("pk").values_list("path", flat=True)
        )
        for name in names.keys() - kept:
            names[name].unlink(missing_ok=True)
            removed += 1
    return removed


def clean_name(name: str, suffix: str) -> str:
    """A name that is safe in a header and a list, with the suffix of the real content.

    >>> clean_name("C:\\\\tmp\\\\花名册 2026.XLSX.exe", ".xlsx")
    '花名册 2026.XLSX.xlsx'
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = _NOT_IN_NAMES.sub("", unicodedata.normalize("NFC", last)).strip(" .")
    stem = plain.rpartition(".")[0] or plain
    return (stem[:_NAME_LENGTH].strip(" .") or "file") + suffix


def _read(upload: UploadedFile[Any], most_bytes: int) -> bytes:
    """The whole content, never more than the limit whatever the headers said."""
    upload.seek(0)
    content = bytes(upload.read(most_bytes + 1))
    if len(content) > most_bytes:
        raise Refused(
            "file_too_large",
            _("文件太大，最多 %(limit)s 兆。") % {"limit": most_bytes // (1024 * 1024)},
            way_on=_("请压缩或分成几份再上传。"),
            most_bytes=most_bytes,
        )
    if not content:
        raise Refused("file_empty", _("这个文件是空的，请重新选择。"))
    return content


def _recognise(content: bytes, kinds: Collection[str]) -> Any:
    for kind in kinds:
        checked = CHECKS[kind](content)
        if checked is not None:
            return checked
    names = {"image": _("照片"), "pdf": _("便携文档"), "xlsx": _("电子表格"), "csv": _("文本表格")}
    wanted = listed(names[kind] for kind in kinds)
    raise Refused(
        "file_kind",
        _("这个文件的内容不是%(wanted)s。") % {"wanted": wanted},
        way_on=_("请确认文件能正常打开，再重新上传。"),
    )


def _write(content: bytes, suffix: str) -> str:
    """Write under a random name, for the site's own account only; the path below PRIVATE_ROOT."""
    token = secrets.token_hex(20)
    path = f"{_FOLDER}/{token[:2]}/{token}{suffix}"
    target = Path(settings.PRIVATE_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return path
