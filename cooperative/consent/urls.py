"""Addresses of this app, under ``/my-data/``."""

from django.urls import URLPattern, URLResolver, path

from cooperative.consent.views import consents, overview, requests

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="my_data"),
    path("stored/", overview.stored, name="my_stored_data"),
    path("looks/", overview.looks, name="my_looks"),
    path("export/<slug:file_kind>/", overview.export, name="my_data_export"),
    path("consents/", consents.consents, name="my_consents"),
    path("consents/<int:consent_id>/", consents.consent, name="my_consent"),
    path("consents/<int:consent_id>/withdraw/", consents.withdraw, name="withdraw_consent"),
    path("give/<slug:purpose>/<int:recipient_id>/", consents.give, name="give_consent"),
    path("requests/", requests.requests, name="my_requests"),
    path("requests/new/<slug:kind>/", requests.new_request, name="new_data_request"),
    path("requests/<int:request_id>/", requests.one_request, name="my_data_request"),
    path(
        "requests/<int:request_id>/withdraw/",
        requests.withdraw_request,
        name="withdraw_data_request",
    ),
]
