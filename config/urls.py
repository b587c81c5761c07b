"""All addresses."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from cooperative.consent.views import overview as consent_overview
from core import look_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
    path("", include("cooperative.accounts.urls")),
    path("", include("cooperative.membership.urls")),
    path("farm/", include("cooperative.farming.urls")),
    path("credit/", include("credit.lending.urls")),
    path("credit/", include("credit.scoring.urls")),
    path("my-data/", include("cooperative.consent.urls")),
    path("privacy/", consent_overview.privacy, name="privacy"),
    path("verify/", include("core.documents.urls")),
    path("messages/", include("cooperative.notices.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

if settings.DEMO:
    urlpatterns += [
        path("demo/", include("config.demo_urls")),
        path("look/", look_views.gallery, name="look"),
    ]
