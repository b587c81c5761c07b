"""PDFs and the register by which they are verified."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from core.documents import (
    DocumentError,
    content_digest,
    issue_document,
    render_pdf,
    render_pictures,
)
from core.documents.register import clean_number, document_head, new_number
from core.models import DocumentRecord
from tests.pdf import fonts_of, forbidden_words, text_of

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
NUMBER = "20260520-1234-5678-9012"


def data(lead: str = "全部资料。", rows: int = 1) -> dict[str, Any]:
    """Data of the template ``my_data``."""
    headings = {"consent": 5, "look": 4, "request": 4}
    return {
        "lead": lead,
        "sections": [
            {
                "title": "基本资料",
                "entries": [
                    {"title": f"第 {n} 项", "source": "", "items": [["姓名", "王秋实"]]}
                    for n in range(rows)
                ],
            }
        ],
        "consents": [],
        "looks": [["5月20日", "李会计", "姓名", "办理入会"]] * rows,
        "requests": [],
        "labels": {
            "nothing": "没有记录。",
            **{f"{name}s": name for name in headings},
            **{f"{name}_headings": ["列"] * count for name, count in headings.items()},
        },
    }


def whole(**values: Any) -> dict[str, Any]:
    """The same with the head that ``issue_document`` adds."""
    head = document_head(number=NUMBER, title="我的资料", digest="ab" * 32, at=NOON)
    return {**data(**values), "document": head}


def test_pdf_opens_with_embedded_font_and_extractable_text() -> None:
    pdf = render_pdf("my_data", whole())
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert fonts_of(pdf)
    assert all(fonts_of(pdf).values())
    text = text_of(pdf)
    for words in ("我的资料", "王秋实", NUMBER, "第1页，共1页", "abababab"):
        assert words in text
    assert forbidden_words(pdf) == []


def test_same_data_gives_the_same_bytes() -> None:
    assert render_pdf("my_data", whole()) == render_pdf("my_data", whole())
    assert render_pdf("my_data", whole()) != render_pdf("my_data", whole(lead="别的。"))


def test_long_documents_number_their_pages_and_repeat_their_head() -> None:
    pdf = render_pdf("my_data", whole(rows=60))
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 2
    last = "".join(pages[-1].extract_text().split())
    assert f"第{len(pages)}页，共{len(pages)}页" in last
    assert NUMBER in last
    assert len(render_pictures("my_data", whole(rows=60), ppi=20)) == len(pages)


@pytest.mark.parametrize(
    "evil", ['#read("/etc/passwd")', '"); #panic("x', "$x^2$ *b* _i_ <label> @ref", "\\u{41} //"]
)
def test_data_is_never_source_text(evil: str) -> None:
    assert "".join(evil.split()) in text_of(render_pdf("my_data", whole(lead=evil)))


def test_a_broken_template_says_what_is_wrong() -> None:
    with pytest.raises(DocumentError, match="my_data"):
        render_pdf("my_data", {})


def test_templates_read_nothing_outside_their_folder() -> None:
    with pytest.raises(DocumentError):
        render_pdf("../../core/look", {})


def test_content_digest_is_of_the_content() -> None:
    assert content_digest({"a": 1, "b": "二"}) == content_digest({"b": "二", "a": 1})
    assert content_digest({"a": 1}) != content_digest({"a": 2})


def test_issued_document_is_recorded_without_its_content(db: None) -> None:
    issued = issue_document(
        template_name="my_data", kind="my_data", title="我的资料", data=data(), at=NOON
    )
    record = DocumentRecord.objects.get()
    assert record.sha256 == hashlib.sha256(issued.pdf).hexdigest()
    assert record.content_sha256[:4] in text_of(issued.pdf)
    stored = str(DocumentRecord.objects.values().get())
    assert "王秋实" not in stored


def test_numbers_are_digits_by_day_and_hard_to_guess() -> None:
    numbers = {new_number(NOON) for _n in range(200)}
    assert len(numbers) == 200
    assert all(
        number.startswith("20260520-") and clean_number(number) == number for number in numbers
    )


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (NUMBER, NUMBER),
        ("20260520123456789012", NUMBER),
        (" 20260520 1234－5678—9012 ", NUMBER),
        ("2026052012345678901", ""),
        ("202605201234567890123", ""),
        ("", ""),
        ("abc", ""),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: str) -> None:
    assert clean_number(typed) == number
