"""What linters miss in templates: syntax errors, unused files, inline style and script."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.loader import get_template

# Found by Django or a package by their name alone.
_FOUND_BY_NAME = re.compile(
    r"^(400|403|403_csrf|404|500|503|error)\.html$|^(account|mfa|usersessions|admin|unfold|allauth)/"
)
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=\"", re.IGNORECASE)

_PUT_TOGETHER = re.compile(r'f"([\w/]*/)\{[^{}]+\}([\w/]*\.html)"')


def own_templates() -> list[str]:
    """Names of all templates of the project."""
    root = Path(settings.BASE_DIR) / "templates"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.html"))


def problems() -> list[str]:
    """A line for each template that does not compile, is unused or carries inline style or script."""
    root = Path(settings.BASE_DIR)
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("config", "core", "cooperative", "credit", "supply", "templates")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in (".py", ".html") and path.name != "template_checks.py"
    )
    found = []
    for name in own_templates():
        text = (root / "templates" / name).read_text(encoding="utf-8")
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            found.append(f"{name}: {error}")
        if _INLINE.search(text):
            found.append(f"{name}: inline style or script")
        if not _FOUND_BY_NAME.match(name) and not _is_named(name, sources):
            found.append(f"{name}: nothing uses it")
    return found


def _is_named(name: str, sources: str) -> bool:
    """Whether a source names the template, whole or by a name put together at run time.

    Of a name such as ``f"accounts/{page}.html"`` the missing part must stand somewhere in quotes.
    """
    if f'"{name}"' in sources:
        return True
    for before, after in _PUT_TOGETHER.findall(sources):
        if name.startswith(before) and name.endswith(after):
            part = name[len(before) : len(name) - len(after)]
            if re.search(rf"""["']{re.escape(part)}["']""", sources):
                return True
    return False
