"""Addresses of members below ``/credit/``: the score, its review by a panel, objections to it."""

from django.urls import URLPattern, path

from credit.scoring.views import objections, panels, score

urlpatterns: list[URLPattern] = [
    path("score/", score.my_score, name="my_score"),
    path("score/what-if/", score.suppose, name="suppose_score"),
    path("score/now/", score.score_now, name="score_now"),
    path("score/report/", score.report, name="score_report"),
    path("panels/", panels.my_panels, name="my_panels"),
    path("panels/<int:pk>/", panels.panel_review, name="panel_review"),
    path("panels/people/<int:pk>/", panels.panel_person, name="panel_person"),
    path("panels/people/<int:pk>/kin/", panels.panel_recuse, name="panel_recuse"),
    path("score/objections/", objections.my_objections, name="my_objections"),
    path("score/objections/new/", objections.choose, name="choose_objection"),
    path("score/objections/raise/", objections.raise_objection, name="raise_objection"),
    path("score/objections/<int:pk>/", objections.objection, name="objection"),
    path("score/objections/<int:pk>/withdraw/", objections.withdraw, name="withdraw_objection"),
    path("score/objections/<int:pk>/statement/", objections.statement, name="objection_statement"),
]
