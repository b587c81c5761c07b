"""Addresses of members below ``/credit/``: the score, its review by a panel, objections to it."""

from django.urls import URLPattern, path

from credit.scoring.views import score

urlpatterns: list[URLPattern] = [
    path("score/", score.my_score, name="my_score"),
    path("score/what-if/", score.suppose, name="suppose_score"),
    path("score/report/", score.report, name="score_report"),
]
