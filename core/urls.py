"""Addresses of this app."""

from django.urls import path

from core import file_views, look_views, views

urlpatterns = [
    path("files/<int:file_id>/", file_views.show_file, name="file"),
    path("language/", views.choose_language, name="choose_language"),
    path("type-size/", look_views.choose_type_size, name="type_size"),
]
