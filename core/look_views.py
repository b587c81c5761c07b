"""The page that shows every component (demo only), and the switch for larger type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import public
from core.dates import business_date
from core.errors import Refused
from core.formats import format_yuan
from core.money import parse_yuan, to_fen

TYPE_SIZE_COOKIE = "type_size"
YEAR_SECONDS = 365 * 24 * 3600
QUOTE_DAYS = 181


@require_POST
@public
def choose_type_size(request: HttpRequest) -> HttpResponse:
    """Remember larger or standard type in the account, or in a cookie before signing in."""
    size = "large" if request.POST.get("size") == "large" else "normal"
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        TYPE_SIZE_COOKIE,
        size,
        max_age=YEAR_SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    if request.user.is_authenticated:
        request.user.large_type = size == "large"
        request.user.save(update_fields=["large_type"])
    return response


class SampleForm(forms.Form):
    """One field of each usual kind."""

    name = forms.CharField(label=_("姓名"), help_text=_("和身份证上一样。"))
    phone = forms.CharField(label=_("手机号"))
    village = forms.ChoiceField(
        label=_("村"),
        choices=[("", _("请选择")), ("1", "幸福村"), ("2", "庆宁村"), ("3", "胜丰村")],
    )
    born_on = forms.DateField(label=_("出生日期"), widget=forms.DateInput)
    area = forms.DecimalField(label=_("承包地"), help_text=_("按承包合同上的亩数填。"))
    note = forms.CharField(
        label=_("还想说的话"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    ground = forms.ChoiceField(
        label=_("您凭什么入会"),
        widget=forms.RadioSelect,
        choices=[
            ("land", _("在本区承包土地")),
            ("machine", _("在农机合作社入股")),
            ("shop", _("在本区开小店、办小厂")),
        ],
        initial="land",
    )
    amount = forms.DecimalField(label=_("想借多少"), initial="12000")
    evidence = forms.FileField(
        label=_("土地承包合同"), help_text=_("拍清楚每一页，最多 10 兆。"), required=False
    )
    agreed = forms.BooleanField(label=_("我看过章程，愿意遵守"))


GROUND_HINTS = {
    "land": _("有承包合同或流转合同就行。"),
    "machine": _("合作社会替您出证明。"),
    "shop": _("要有营业执照。"),
}


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, with lifelike content; its form can be sent and changes nothing.

    Raises:
        Http404: this is not the demo.
    """
    if not settings.DEMO:
        raise Http404
    if request.headers.get("HX-Request"):
        return render(request, "look/quote.html", {"quote_rows": quote_rows(request.GET)})
    shown = gallery_context(at=timezone.now())
    if request.method == "POST":
        shown["form"] = shown["wrong_form"] = SampleForm(request.POST, request.FILES)
        shown["quote_rows"] = quote_rows(request.POST)
    return render(request, "look/gallery.html", shown)


def quote_rows(values: Mapping[str, str]) -> list[tuple[Any, str]]:
    """What half a year at six per cent costs; no rows while the amount is not a number."""
    try:
        amount = parse_yuan(values.get("amount", ""))
    except ValueError:
        return []
    interest = to_fen(amount * 6 * QUOTE_DAYS / 100 / 365)
    return [
        (_("借款"), f"¥{format_yuan(amount)}"),
        (_("借多久"), str(_("181 天"))),
        (_("利息，一年百分之六"), f"¥{format_yuan(interest)}"),
        (_("到期一共还"), f"¥{format_yuan(amount + interest)}"),
    ]


def gallery_context(*, at: datetime) -> dict[str, Any]:
    """What the gallery shows, as if it were the moment ``at``."""
    wrong = SampleForm({"name": "", "phone": "1380000", "village": "1", "area": "十亩"})
    return {
        "tab": "home",
        "today": business_date(at),
        "form": SampleForm(),
        "wrong_form": wrong,
        "ground_hints": GROUND_HINTS,
        "refusal": Refused(
            "too_many_lenders",
            _("这笔借款现在不能提交：一个人最多请 5 位社员同时帮忙，您已经有 4 位。"),
            way_on=_("可以先还清一笔，或者改为 20,000 元以内。"),
        ),
        "refusal_numbers": _RefusalWithNumbers(),
        "steps": _STEPS,
        "events": _events(at),
        "page": Paginator(range(45), 10).page(2),
        "quote_rows": quote_rows({"amount": "12000"}),
        "tiers": [
            {"at_least": 50, "price": Decimal(148), "reached": True, "current": False},
            {"at_least": 100, "price": Decimal(142), "reached": True, "current": True},
            {"at_least": 200, "price": Decimal(138), "reached": False, "current": False},
        ],
        "score_parts": [
            (_("身份和稳定"), 8, 10),
            (_("种地经营"), 16, 20),
            (_("和合作社买卖"), 17, 20, _("去年秋粮全部交合作社")),
            (_("按时还款"), 23, 25, _("三次都按时")),
            (_("债务轻重"), 11, 15),
            (_("工会和乡亲"), 7, 10),
        ],
        "loan": Decimal("12000.00"),
    }


class _RefusalWithNumbers:
    """A refusal whose facts are named for people."""

    message = _("您入会还不到 6 个月，暂时不能借款，也不能出借。")
    way_on = _("到 2027年1月12日 就可以了，到时我们会发消息告诉您。")
    facts = {_("入会日期"): "2026年7月12日", _("已满"): "4 个月 11 天", _("要满"): "6 个月"}


_STEPS = [
    {"label": _("递交申请"), "state": "done", "who": "", "detail": "11月3日（周二）"},
    {"label": _("核对身份"), "state": "done", "who": "", "detail": "11月5日（周四）"},
    {"label": _("社员表决"), "state": "now", "who": _("等工会经办李春梅登记结果"), "detail": ""},
    {"label": _("另一位干部复核"), "state": "next", "who": "", "detail": _("一般三天内")},
    {"label": _("成为社员"), "state": "next", "who": "", "detail": ""},
]


def _events(at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "at": at - timedelta(hours=3),
            "text": _("复核通过，亩数已确认"),
            "who": _("复核 赵*国"),
            "tone": "field",
        },
        {
            "at": at - timedelta(days=2),
            "text": _("请补拍合同第二页"),
            "who": _("经办 李*梅"),
            "detail": _("第二页太暗，看不清亩数。"),
            "tone": "wheat",
        },
        {"at": at - timedelta(days=5), "text": _("您填写了地块：村东南地，12.5 亩")},
    ]
