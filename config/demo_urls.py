"""Addresses that exist only in the demo."""

from django.urls import URLPattern, URLResolver, path

from cooperative.notices.views import demo_inbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("inbox/", demo_inbox, name="demo_inbox"),
]
