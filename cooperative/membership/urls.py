"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from cooperative.membership.roster.views import job_progress
from cooperative.membership.views import home, joining, membership

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("supply/", home.supply, name="supply"),
    path("jobs/<int:run_id>/progress/", job_progress, name="job_progress"),
    path("join/", joining.join, name="join"),
    path("join/claim/", joining.claim, name="join_claim"),
    path("join/check/", joining.join_check, name="join_check"),
    path("join/<slug:step>/", joining.join_step, name="join_step"),
    path("membership/", membership.my_membership, name="my_membership"),
    path("membership/<int:membership_id>/withdraw/", membership.withdraw, name="join_withdraw"),
]
