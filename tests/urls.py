"""Every address of the site as data, for tests that knock at all of them."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from core.access import audience_of

# The few addresses of Django's site that stand before its door.
_PUBLIC_IN_PANEL = frozenset({"login"})


@dataclass(frozen=True)
class Address:
    """One pattern: its namespaced name, the kinds of what stands in it, for whom it is."""

    name: str
    route: str
    kinds: Mapping[str, str]
    audience: str | None
    callback: Callable[..., Any]

    @property
    def in_panel(self) -> bool:
        """Whether it belongs to the officers' panel."""
        return self.name.startswith("admin:")

    def path(self, values: Mapping[str, Any]) -> str:
        """The address with these values in it, whether or not it can be reversed."""
        path = self.route.replace("^", "").replace("$", "")
        for key in self.kinds:
            path = re.sub(rf"<\w+:{key}>|\(\?P<{key}>[^)]*\)", str(values[key]), path)
        return f"/{path}"


def demo_urlconf() -> str:
    """Load the addresses once more with those that only the demo has; the name of the module."""
    name = "tests.demo_urlconf"
    if name not in sys.modules:
        with override_settings(DEMO=True):
            spec = importlib.util.find_spec("config.urls")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        sys.modules[name] = module
    return name


def addresses(urlconf: str | None = None) -> list[Address]:
    """All addresses, in the order in which they are tried."""
    return list(_walk(get_resolver(urlconf).url_patterns, "", "", {}))


def _walk(
    patterns: list[URLPattern | URLResolver], namespace: str, route: str, above: dict[str, str]
) -> Iterator[Address]:
    for pattern in patterns:
        kinds = above | _kinds(pattern.pattern)
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inside, here, kinds)
        else:
            yield _address(pattern, namespace, here, kinds)


def _kinds(pattern: Any) -> dict[str, str]:
    if isinstance(pattern, RegexPattern):
        return dict.fromkeys(pattern.regex.groupindex, "regex")
    return {key: type(converter).__name__ for key, converter in pattern.converters.items()}


def _address(pattern: URLPattern, namespace: str, route: str, kinds: dict[str, str]) -> Address:
    audience = audience_of(pattern.callback)
    if namespace == "admin:":
        audience = "public" if pattern.name in _PUBLIC_IN_PANEL else "officer"
    return Address(f"{namespace}{pattern.name}", route, kinds, audience, pattern.callback)
