"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from cooperative.farming import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.my_farm, name="my_farm"),
    path("past/", views.past, name="farm_past"),
    path("<slug:kind>/add/", views.add, name="farm_add"),
    path("<slug:kind>/<int:pk>/", views.fact_page, name="farm_fact"),
    path("<slug:kind>/<int:pk>/change/", views.change, name="farm_change"),
    path("<slug:kind>/<int:pk>/withdraw/", views.withdraw, name="farm_withdraw"),
    path("<slug:kind>/<int:pk>/end/", views.end, name="farm_end"),
    path("<slug:kind>/<int:pk>/evidence/", views.upload_evidence, name="farm_evidence"),
]
