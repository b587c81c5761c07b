"""Translations without gettext tools: what must be translated, what is missing, compiling.

The source language is Chinese, so a page is complete in Chinese by itself. ``locale/en`` holds
English for every sentence of ours; ``locale/zh_Hans`` holds Chinese for sentences of packages that
bring none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("config", "core", "cooperative", "credit", "supply")
ENGLISH = "en"
# A date that moves with every update makes two people's catalogues clash for nothing.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)

_STRING = r"""(u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*")"""  # Django's own extractor writes u'…'
_CALL = re.compile(rf"\b(?:_|u?gettext)\({_STRING}\)")
_PLURAL_CALL = re.compile(rf"\bu?ngettext\({_STRING},\s*{_STRING}")
_PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]")
# Babel does not know Django's lazy twins.
_KEYWORDS = DEFAULT_KEYWORDS | {"gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2)}

Text = str | tuple[str, str]


def template_texts(source: str, name: str) -> Iterator[Text]:
    """The translatable texts of one template, plural ones as pairs."""
    code = templatize(source, origin=name)
    for call in _CALL.finditer(code):
        yield ast.literal_eval(call.group(1))
    for call in _PLURAL_CALL.finditer(code):
        yield ast.literal_eval(call.group(1)), ast.literal_eval(call.group(2))


def python_texts(path: Path) -> Iterator[Text]:
    """The translatable texts of one module, plural ones as pairs."""
    for _line, message, _comments, _context in extract_from_file(
        "python", str(path), keywords=_KEYWORDS
    ):
        if isinstance(message, tuple):
            yield str(message[0]), str(message[1])
        else:
            yield message


def texts_below(root: Path, folders: tuple[str, ...]) -> dict[Text, list[str]]:
    """Each translatable text below these folders with the files it stands in."""
    found: dict[Text, list[str]] = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if "migrations" in path.parts or path.suffix not in (".py", ".html", ".txt", ".typ"):
                continue
            name = str(path.relative_to(root))
            if path.suffix == ".py":
                texts = python_texts(path)
            else:
                texts = template_texts(path.read_text(encoding="utf-8"), name)
            for text in texts:
                if text:
                    found.setdefault(text, []).append(name)
    return found


def own_texts() -> dict[Text, list[str]]:
    """All translatable texts of the project."""
    return texts_below(settings.BASE_DIR, (*PACKAGES, "templates"))


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language (``en``, ``zh_Hans``) stands."""
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file)


def update_english() -> int:
    """Add new texts to the English catalogue, drop those that are gone; returns how many lack English."""
    old = read_catalogue(ENGLISH)
    new = Catalog(
        locale=ENGLISH, project="Sanwei", charset="utf-8", fuzzy=False, creation_date=_NO_DATE
    )
    for text, files in own_texts().items():
        known = old.get(text if isinstance(text, str) else text[0])
        translated = known.string if known else ("" if isinstance(text, str) else ("", ""))
        new.add(text, translated, locations=[(name, 0) for name in sorted(set(files))])
    _write(new, ENGLISH)
    return sum(1 for message in new if message.id and not _is_translated(message))


def _write(catalogue: Catalog, language: str) -> None:
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, catalogue, sort_by_file=True, omit_header=False, include_lineno=False, width=99
        )


def compile_catalogues() -> list[Path]:
    """Write the ``.mo`` beside every ``.po``; returns them."""
    written = []
    for path in sorted((Path(settings.BASE_DIR) / "locale").rglob("*.po")):
        with path.open("rb") as source:
            catalogue = read_po(source)
        target = path.with_suffix(".mo")
        # Whole or not at all: a site or another test run may be reading it.
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            write_mo(file, catalogue)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)
        written.append(target)
    return written


def problems() -> list[str]:
    """What is wrong with the English catalogue, a line each; empty when it is complete."""
    catalogue = read_catalogue(ENGLISH)
    wanted = own_texts()
    found = []
    for text, files in wanted.items():
        first = text if isinstance(text, str) else text[0]
        message = catalogue.get(first)
        if message is None or not _is_translated(message):
            found.append(f"no English: {first!r} ({files[0]})")
        elif set(_PLACEHOLDER.findall(first)) != set(_PLACEHOLDER.findall(_first(message.string))):
            found.append(f"placeholders differ: {first!r}")
    known = {text if isinstance(text, str) else text[0] for text in wanted}
    for message in catalogue:
        if message.id and _first(message.id) not in known:
            found.append(f"no longer used: {_first(message.id)!r}")
    return found


def _first(text: object) -> str:
    return str(text[0]) if isinstance(text, list | tuple) else str(text)


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(texts) and all(texts) and not message.fuzzy
