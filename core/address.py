"""Where a request comes from."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address of the sender, behind TRUSTED_PROXY_COUNT proxies."""
    return str(get_adapter().get_client_ip(request))
