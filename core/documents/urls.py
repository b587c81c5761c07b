"""Addresses of the verification pages, under ``/verify/``."""

from django.urls import path

from core.documents import views

urlpatterns = [
    path("", views.verify_form, name="verify"),
    path("<str:number>/", views.verify_document, name="verify_document"),
]
