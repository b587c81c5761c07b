"""The public verification page."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.factories.consent import DocumentRecordFactory

NUMBER = "20260520-1234-5678-0001"


def test_genuine_document(db: None) -> None:
    record = DocumentRecordFactory(number=NUMBER)
    response = Client().get(reverse("verify_document", args=[NUMBER]))
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("是真的", "本人资料汇总", NUMBER, record.sha256[:4] + " " + record.sha256[4:8]):
        assert words in page


def test_unknown_document(db: None) -> None:
    response = Client().get(reverse("verify_document", args=[NUMBER]))
    assert response.status_code == 404
    assert "没有出具过" in response.content.decode()


def test_number_is_typed_in_any_form(db: None) -> None:
    url = reverse("verify")
    assert Client().get(url).status_code == 200
    found = Client().get(url, {"number": NUMBER.replace("-", " ")})
    assert found["Location"] == reverse("verify_document", args=[NUMBER])
    assert "20 位数字" in Client().get(url, {"number": "123"}).content.decode()


def test_guessing_is_limited(db: None) -> None:
    client, url = Client(), reverse("verify_document", args=[NUMBER])
    answers = [client.get(url).status_code for _n in range(31)]
    assert answers == [404] * 30 + [429]
