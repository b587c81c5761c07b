"""In the demo the pages say where codes can be read; elsewhere they do not."""

from __future__ import annotations

import pytest
from django.urls import include, path

from config.urls import urlpatterns as site_urls
from tests.factories.accounts import PASSWORD, OfficerFactory

urlpatterns = [*site_urls, path("demo/", include("config.demo_urls"))]
HINT = 'href="/demo/inbox/"'

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize("is_demo", [True, False])
def test_code_page_leads_to_the_inbox_in_the_demo_only(client, phones, settings, is_demo):
    settings.DEMO = is_demo
    client.post("/sign-in/", {"phone": "13800001234"})
    assert (HINT in client.get("/sign-in/code/").content.decode()) is is_demo


@pytest.mark.parametrize("is_demo", [True, False])
def test_second_step_leads_to_the_inbox_in_the_demo_only(client, settings, is_demo):
    settings.DEMO = is_demo
    officer = OfficerFactory()
    given = {"username": officer.username, "password": PASSWORD}
    client.post("/officers/sign-in/", given)
    assert (HINT in client.get("/officers/sign-in/code/").content.decode()) is is_demo
