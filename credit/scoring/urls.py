"""Addresses of members below ``/credit/``: the score, its review by a panel, objections to it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
