"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from cooperative.notices import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.messages, name="messages"),
    path("read/", views.read_all, name="messages_read"),
    path("<int:pk>/open/", views.open_message, name="message_open"),
]
