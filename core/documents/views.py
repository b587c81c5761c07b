"""The public verification page: genuine or not, what, when, which hash; nothing personal."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import public
from core.address import address_of
from core.documents.register import clean_number, in_fours, kind_title
from core.models import DocumentRecord
from core.throttle import MINUTE, Limit, TooOften, take_all

_TRIES = [Limit("verify", 30, 10 * MINUTE)]


class NumberForm(forms.Form):
    """The number of a document as somebody typed it."""

    number = forms.CharField(
        label=_("文件编号"),
        help_text=_("印在页脚，20 位数字，也可以直接扫文件上的码。"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """The number in its one form."""
        number = clean_number(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError(_("编号是 20 位数字，请对照页脚再输一遍。"))
        return number


@require_GET
@public
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type the number that stands on the document."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        return redirect("verify_document", number=form.cleaned_data["number"])
    return render(request, "documents/verify_form.html", {"form": form})


@require_GET
@public
def verify_document(request: HttpRequest, number: str) -> HttpResponse:
    """What the register says of a number; asking is limited per address."""
    try:
        take_all(_TRIES, address_of(request), at=timezone.now())
    except TooOften as refused:
        shown = {"refused": refused, "number": number}
        return render(request, "documents/verify.html", shown, status=refused.status)
    record = DocumentRecord.objects.filter(number=clean_number(number)).first()
    shown = {
        "refused": None,
        "number": number,
        "record": record,
        "kind": kind_title(record.kind) if record else "",
        "content_digest": in_fours(record.content_sha256) if record else "",
        "file_digest": in_fours(record.sha256) if record else "",
    }
    return render(request, "documents/verify.html", shown, status=200 if record else 404)
