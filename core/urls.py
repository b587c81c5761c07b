"""Addresses of this app."""

from django.urls import path

from core import views

urlpatterns = [
    path("language/", views.choose_language, name="choose_language"),
]
