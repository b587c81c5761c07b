"""Uploads: what is kept, what is refused, who may fetch it, what is swept away."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from core import files, upload_checks
from core.errors import NotFound, Refused
from core.files import accept_upload, access_file, clean_name, path_of, remove_file, sweep_files
from core.models import StoredFile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 2, tzinfo=UTC)
GPS = 0x8825


@pytest.fixture(autouse=True)
def private(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.PRIVATE_ROOT = tmp_path
    with mock.patch.dict(files._PURPOSES, {"test": lambda user, file: user == "owner"}):
        yield tmp_path


def keep(content: bytes, name: str = "a.bin", kinds: tuple[str, ...] = ("image",)) -> StoredFile:
    upload = SimpleUploadedFile(name, content)
    return accept_upload(upload, purpose="test", kinds=kinds, by=None, at=AT, scope="23/")


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), exif: bool = False) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "green")
    if exif:
        notes = Image.Exif()
        notes[0x010F] = "camera"
        notes.get_ifd(GPS)[1] = "N"
        image.save(out, kind, exif=notes)
    else:
        image.save(out, kind)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(["姓名", "身份证号"])
    book.save(out)
    return out.getvalue()


def pdf(**change: Any) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if "script" in change:
        action = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject(change["script"]),
            }
        )
        writer.root_object[NameObject("/OpenAction")] = action
    if "attachment" in change:
        writer.add_attachment("a.exe", change["attachment"])
    if "password" in change:
        writer.encrypt(change["password"], algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refusal(content: bytes, *kinds: str) -> str:
    with pytest.raises(Refused) as refused:
        keep(content, kinds=kinds or ("image", "pdf", "xlsx", "csv"))
    assert not StoredFile.objects.exists()
    return refused.value.code


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")],
)
def test_pictures_are_written_anew_without_position(kind: str, content_type: str) -> None:
    content = picture(kind, exif=True)
    assert Image.open(io.BytesIO(content)).getexif()
    file = keep(content, "地里.exe")
    assert (file.content_type, file.scope, file.size) == (
        content_type,
        "23/",
        path_of(file).stat().st_size,
    )
    with Image.open(path_of(file)) as kept:
        assert not kept.getexif()
        assert kept.size == (60, 40)
    assert file.original_name == ("地里.png" if kind == "PNG" else "地里.jpg")


def test_large_pictures_are_made_smaller() -> None:
    with Image.open(path_of(keep(picture(size=(4800, 1200))))) as kept:
        assert kept.size == (2400, 600)


def test_what_follows_a_picture_is_not_kept() -> None:
    file = keep(picture() + b"<script>alert(1)</script>")
    assert b"script" not in path_of(file).read_bytes()


def test_a_file_lies_outside_the_web_root_for_its_owner_only(private: Path) -> None:
    path = path_of(keep(picture()))
    assert path.is_relative_to(private)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_workbooks_pdfs_and_tables_are_recognised_by_their_bytes() -> None:
    kinds = ("image", "pdf", "xlsx", "csv")
    names = [keep(content, "x.jpg", kinds).original_name for content in (workbook(), pdf())]
    assert names == ["x.xlsx", "x.pdf"]
    for text in ("姓名,身份证号\n".encode(), "姓名\t身份证号\n".encode("gb18030")):
        assert keep(text, "x.txt", kinds).original_name == "x.csv"


def test_refusals() -> None:
    assert refusal(b"") == "file_empty"
    assert refusal(b"MZ\x90\x00program") == "file_kind"
    assert refusal(workbook(), "image") == "file_kind"
    assert refusal(b"<html><script>1</script></html>") == "file_kind"
    assert refusal(picture()[:200]) == "image_broken"
    assert refusal(picture("GIF")) == "file_kind"
    assert refusal(workbook()[:-40]) == "xlsx_broken"
    assert refusal(b"%PDF-1.7 nothing") == "pdf_broken"
    assert refusal(pdf(password="1")) == "pdf_encrypted"
    assert refusal(pdf(script="app.alert(1)")) == "pdf_active"
    assert refusal(pdf(attachment=b"MZ")) == "pdf_active"
    assert refusal("姓名,\x00".encode(), "csv") == "file_kind"


def test_bombs_are_refused() -> None:
    with mock.patch.object(upload_checks, "MOST_PIXELS", 100):
        assert refusal(picture()) == "image_too_large"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", "")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    assert refusal(out.getvalue()) == "xlsx_too_large"


def test_macros_are_refused() -> None:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", "x")
    assert refusal(out.getvalue()) == "xlsx_macros"


def test_the_size_is_counted_not_believed(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    upload = SimpleUploadedFile("a.csv", b"a,b\n" * 300_000)
    upload.size = 3
    with pytest.raises(Refused) as refused:
        accept_upload(upload, purpose="test", kinds=("csv",), by=None, at=AT)
    assert str(refused.value) == "文件太大，最多 1 兆。请压缩或分成几份再上传。"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("花名册\u202egnp.exe", "花名册gnp.pdf"),
        ("...", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 120 + ".pdf"),
    ],
)
def test_names_are_harmless(name: str, kept: str) -> None:
    assert clean_name(name, ".pdf") == kept


def test_only_who_may_see_a_file_gets_it() -> None:
    file = keep(picture())
    assert access_file("owner", file.pk) == file
    for user, number in (("other", file.pk), ("owner", file.pk + 1)):
        with pytest.raises(NotFound):
            access_file(user, number)
    StoredFile.objects.update(purpose="forgotten")
    with pytest.raises(NotFound):
        access_file("owner", file.pk)


def test_the_page_serves_what_nothing_can_run(
    signed_in: Any, django_user_model: Any, rf: Any
) -> None:
    user = django_user_model.objects.create(username="u1")
    with mock.patch.dict(files._PURPOSES, {"test": lambda seer, file: seer == user}):
        file = keep("姓名,身份证号\n".encode(), "名册.csv", ("csv",))
        response = signed_in(user).get(f"/files/{file.pk}/")
        assert b"".join(response.streaming_content).decode() == "姓名,身份证号\n"
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Security-Policy"] == (
            "default-src 'none'; sandbox; frame-ancestors 'none'"
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "private, no-store"
        shown = signed_in(user).get(f"/files/{keep(picture()).pk}/")
        assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
        assert shown["Content-Disposition"].startswith("inline")


def test_absent_and_foreign_files_look_the_same(signed_in: Any, django_user_model: Any) -> None:
    client = signed_in(django_user_model.objects.create(username="u1"))
    file = keep(picture())
    answers = {client.get(f"/files/{number}/").status_code for number in (file.pk, file.pk + 1)}
    assert answers == {404}
    assert Client().get(f"/files/{file.pk}/").status_code == 302


def test_files_of_rolled_back_transactions_are_swept(private: Path) -> None:
    kept = keep(picture())
    with transaction.atomic():
        keep(picture())
        transaction.set_rollback(True)
    paths = sorted(path for path in private.rglob("*") if path.is_file())
    assert len(paths) == 2
    now = datetime.fromtimestamp(paths[0].stat().st_mtime, UTC)
    assert sweep_files(now=now + timedelta(hours=1)) == 0
    for path in paths:
        os.utime(path, (now.timestamp() - 90_000,) * 2)
    assert sweep_files(now=now) == 1
    assert path_of(kept).exists()


def test_a_removed_file_leaves_the_disk_after_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    file = keep(picture())
    path = path_of(file)
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(file)
        assert path.exists()
    assert not path.exists()
    assert not StoredFile.objects.exists()
