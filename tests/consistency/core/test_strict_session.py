"""The strict session bites: each rule is broken on purpose and must fail."""

from __future__ import annotations

import socket
import warnings
from datetime import date, datetime

import pytest
from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpResponse
from django.template import engines
from django.test import override_settings
from django.test.utils import isolate_apps
from django.urls import path
from django.utils import timezone

from core.models import AuditRow, Parameter
from tests.race import race
from tests.strict.database import Strict, _check_update_fields
from tests.strict.pages import check_tokens


def test_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_socket_to_the_outside_is_refused():
    with pytest.raises(UserWarning, match=r"192\.0\.2\.1"), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


def test_order_of_tests_is_random(request):
    assert request.config.pluginmanager.hasplugin("randomly")


@pytest.mark.django_db
def test_rows_come_shuffled_when_no_order_is_asked_for():
    content_type = AuditRow._meta.get_field("subject_type").related_model
    rows = content_type.objects.all()
    in_order = sorted(row.pk for row in rows)
    seen = {tuple(row.pk for row in rows.all()) for _ in range(8)}
    assert len(seen) > 1
    assert len({tuple(row.pk for row in rows.iterator()) for _ in range(8)}) > 1
    assert [row.pk for row in rows.order_by("pk")] == in_order
    assert [row.pk for row in rows.order_by("pk").iterator()] == in_order


def test_datetime_is_refused_when_a_date_is_due():
    field = models.DateField(name="on")
    with pytest.raises(Strict):
        field.get_prep_value(datetime(2026, 5, 20, 23, 30))
    assert field.get_prep_value(date(2026, 5, 20)) == date(2026, 5, 20)
    moment = timezone.now()
    assert models.DateTimeField(name="at").get_prep_value(moment) == moment


def render(text: str, **context: object) -> str:
    return engines["django"].from_string(text).render(context)


def test_undefined_variable_fails_also_after_the_engine_was_built_anew():
    with override_settings(DEBUG=True), pytest.raises(Strict, match="naem"):
        render("{{ naem }}", name="王秋实")


def test_undefined_variable_fails():
    with pytest.raises(Strict, match="naem"):
        render("{{ naem }}", name="王秋实")
    with pytest.raises(Strict, match="naem"):
        render('{{ naem|default:"" }}', name="王秋实")
    with pytest.raises(Strict, match="naem"):
        render("{% load i18n %}{% blocktranslate %}您好 {{ naem }}{% endblocktranslate %}")
    assert render("{% if naem %}x{% endif %}{{ name }}", name="王秋实") == "王秋实"


def test_post_form_fails_without_token():
    with pytest.raises(Strict, match="/pay/"):
        check_tokens(HttpResponse('<form method="post" action="/pay/"><input name="a"></form>'))
    token = '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
    check_tokens(HttpResponse(f'<form method="POST">{token}</form><form></form>'))


@pytest.mark.urls("tests.consistency.core.test_strict_session")
def test_client_looks_through_every_page(client):
    with pytest.raises(Strict, match="/pay/"):
        client.get("/careless/")


@pytest.mark.django_db
def test_lock_over_a_join_must_name_its_table():
    joined = AuditRow.objects.select_related("subject_type").order_by("pk")
    with transaction.atomic(), pytest.raises(Strict, match="without of"):
        list(joined.select_for_update())
    with transaction.atomic():
        list(joined.select_for_update(of=("self",)))
        list(Parameter.objects.order_by("pk").select_for_update())


@isolate_apps("core")
def test_update_fields_may_not_forget_auto_now():
    class Note(models.Model):  # noqa: DJ008 - never stored
        text = models.TextField()
        changed_at = models.DateTimeField(auto_now=True)

        class Meta:
            app_label = "core"

    with pytest.raises(Strict, match="changed_at"):
        _check_update_fields(Note, frozenset({"text"}))
    with pytest.raises(Strict, match="changed_at"):
        models.signals.pre_save.send(Note, instance=Note(), update_fields=frozenset({"text"}))
    _check_update_fields(Note, frozenset({"text", "changed_at"}))
    _check_update_fields(Note, None)


@pytest.mark.parametrize("turn", [1, 2])
def test_cache_is_empty_at_the_start_of_each_test(turn):
    assert cache.get("left") is None
    cache.set("left", turn, 60)
    assert race(lambda: cache.get("left")) == [turn]


def test_cache_of_all_tests_cannot_be_cleared():
    with pytest.raises(Strict):
        cache.clear()


def careless(request):
    return HttpResponse('<form method="post" action="/pay/"></form>')


careless.audience = "public"


urlpatterns = [path("careless/", careless)]
handler404 = handler500 = careless
