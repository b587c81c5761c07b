"""The page of all components, the type switch and the error pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from core import look_views
from core.errors import Forbidden
from core.templatetags import look

SHOWN = [
    "page-header",
    "task",
    "door",
    "money",
    "pill",
    "steps",
    "timeline",
    "facts",
    "field",
    "choice",
    "quick",
    "quote",
    "confirm",
    "why-not",
    "ladder",
    "allocation",
    "score",
    "document",
    "evidence",
    "empty",
    "notice",
    "table",
    "tabbar",
    "progress",
    "pagination",
    "buttons",
    "rows",
    "type-size",
    "language",
    "card",
    "seal",
]
ERRORS = ["400", "403", "403_csrf", "404", "500", "503"]


def gallery(settings: LazySettings, rf: RequestFactory) -> str:
    """The gallery's HTML."""
    settings.DEMO = True
    response = look_views.gallery(rf.get("/look/"))
    assert response.status_code == 200
    return response.content.decode()


def test_gallery_shows_every_component(settings: LazySettings, rf: RequestFactory) -> None:
    html = gallery(settings, rf)
    for component in SHOWN:
        assert re.search(rf'class="[^"]*\b{component}\b', html), component


def test_gallery_names_each_component_file() -> None:
    folder = Path(look_views.__file__).parent.parent / "templates" / "components"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    names = {*look.register.tags, *look.register.filters}
    quiet = {"style_sheets", "static_file", "type_class", "office_phone"}
    assert [name for name in names - quiet if f"`{name}" not in readme] == []


def test_ids_on_the_gallery_are_unique(settings: LazySettings, rf: RequestFactory) -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery(settings, rf))
    assert sorted(ids) == sorted(set(ids))


def test_gallery_is_only_in_the_demo(settings: LazySettings, rf: RequestFactory) -> None:
    settings.DEMO = False
    with pytest.raises(Http404):
        look_views.gallery(rf.get("/look/"))


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_nothing(name: str, settings: LazySettings) -> None:
    settings.OFFICE_PHONE = "0451-53120000"
    html = render_to_string(f"{name}.html")
    assert html.startswith("<!doctype html>")
    assert 'lang="zh-Hans"' in html
    assert 'href="tel:0451-53120000"' in html
    assert "<h1>" in html
    assert 'class="button primary"' in html


def test_error_page_without_a_phone_names_none(settings: LazySettings) -> None:
    settings.OFFICE_PHONE = ""
    assert "tel:" not in render_to_string("500.html")


def test_error_page_survives_missing_static_manifest(settings: LazySettings) -> None:
    settings.DEBUG = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    assert "/static/css/site.css" in render_to_string("500.html")


def test_forbidden_says_why() -> None:
    refused = Forbidden("same_person", "经办人自己不能复核。", way_on="请另一位干部来办。")
    html = render_to_string("403.html", {"refused": refused})
    assert "经办人自己不能复核。" in html
    assert "请另一位干部来办。" in html
    html = render_to_string("refused.html", {"refused": refused})
    assert "请另一位干部来办。" in html


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "kept"), [("large", "large"), ("huge", "normal")])
def test_type_size_is_kept(client: Client, size: str, kept: str) -> None:
    response = client.post("/type-size/", {"size": size, "next": "/me/"})
    assert response.status_code == 302
    assert response["Location"] == "/me/"
    assert response.cookies["type_size"].value == kept


@pytest.mark.django_db
def test_type_size_goes_nowhere_else(client: Client) -> None:
    response = client.post("/type-size/", {"size": "large", "next": "https://example.com/"})
    assert response["Location"] == "/"


def test_large_type_is_a_class_of_the_page(settings: LazySettings, rf: RequestFactory) -> None:
    settings.DEMO = True
    request = rf.get("/look/")
    assert '<html lang="zh-Hans" class="">' in look_views.gallery(request).content.decode()
    request.COOKIES["type_size"] = "large"
    assert 'class="type-large"' in look_views.gallery(request).content.decode()


def test_quote_swapped_in_is_the_one_of_the_page(
    settings: LazySettings, rf: RequestFactory
) -> None:
    settings.DEMO = True
    part = look_views.gallery(rf.get("/look/", {"amount": "12000"}, headers={"HX-Request": "true"}))
    quote = part.content.decode().strip()
    assert quote.startswith('<section class="quote"')
    assert "¥357.04" in quote
    assert quote in gallery(settings, rf)


def test_quote_without_an_amount_says_what_to_do() -> None:
    assert look_views.quote_rows({"amount": "十块"}) == []
