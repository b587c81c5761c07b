"""The officers' panel in the colours of the members' pages (django-unfold 0.91)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


def _seal(request: HttpRequest) -> str:
    return static("seal.svg")


def _style(request: HttpRequest) -> str:
    return static("css/admin.css")


# 600 is the field green of static/css/tokens.css, 100 its tint; white on 600 reads 6.5:1.
GREEN = {
    "50": "#f1f7f3",
    "100": "#e6f1ea",
    "200": "#c5dfd0",
    "300": "#9bc9ae",
    "400": "#6aad87",
    "500": "#45976c",
    "600": "#1e6b45",
    "700": "#15523a",
    "800": "#10402d",
    "900": "#0c3023",
    "950": "#071d15",
}

# Paper, hairline and ink instead of a cold grey.
PAPER = {
    "50": "#fbfaf6",
    "100": "#f4f1e9",
    "200": "#e3dfd3",
    "300": "#cfcabb",
    "400": "#a9ada2",
    "500": "#656d65",
    "600": "#4c5650",
    "700": "#3a433d",
    "800": "#2b312c",
    "900": "#1f2a24",
    "950": "#141a17",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("三位一体合作平台"),
    "SITE_HEADER": _("三位一体"),
    "SITE_SUBHEADER": _("干部工作台"),
    "SITE_URL": "/",
    "SITE_ICON": {"light": _seal, "dark": _seal},
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _seal}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"base": PAPER, "primary": GREEN},
    "STYLES": [_style],
    "DASHBOARD_CALLBACK": "config.dashboard.dashboard",
    "SIDEBAR": {
        "show_search": False,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "config.navigation.sidebar",
    },
}
