"""The contract: read, sign, refuse."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cooperative.accounts import codes, sessions
from cooperative.accounts.devices import in_words
from cooperative.membership.access import member_page
from core.address import address_of
from core.dates import today
from core.errors import NotFound, Refused
from core.sentences import in_a_row, listed
from credit.lending.access import access_party_loan
from credit.lending.forms import CodeForm, ReasonForm
from credit.lending.pages.contracts import ContractPage, contract_page
from credit.lending.services import contracts as services
from credit.lending.services.signing import purpose_of
from credit.lending.views.common import Sheet, ask, download, posted, refusal_of, show


@never_cache
@require_http_methods(["GET", "POST"])
@member_page
def sign_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """What the contract says, who has signed; the code that signs it."""
    loan = access_party_loan(request.member, pk)  # type: ignore[attr-defined]
    page = contract_page(loan, request.member, today())  # type: ignore[attr-defined]
    if request.method == "POST" and page.has_signed:  # a second tap
        return redirect("sign_contract", loan.pk)
    purpose, at = purpose_of(loan.pk), timezone.now()
    kept = sessions.challenge_of(request, purpose)
    asked = codes.challenge(kept["name"], purpose=purpose)
    form = CodeForm(posted(request))
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.sign_contract(
                loan_id=loan.pk,
                challenge=kept["name"],
                code=form.cleaned_data["code"].strip(),
                address=address_of(request),
                device=in_words(request.headers.get("User-Agent", "")),
                by=request.user,
                at=at,
            )
        )
        if refused is None:
            sessions.forget_challenge(request, purpose)
            messages.success(request, _("签好了。签字时间和文件防改码都记下了。"))
            return redirect("sign_contract", loan.pk)
    context = {"asked": asked, "wait": asked.wait(at=at) if asked else 0}
    return show(request, "lending/sign.html", refused, page=page, form=form, **context)


@require_POST
@member_page
def send_signing_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a code to the party's own number."""
    loan = access_party_loan(request.member, pk)  # type: ignore[attr-defined]
    if not request.user.phone:
        messages.error(request, _("您的账号还没有手机号，收不到验证码。请先在“我的”里设好。"))
        return redirect("sign_contract", loan.pk)
    try:
        name = services.ask_signing_code(
            loan_id=loan.pk, by=request.user, address=address_of(request), at=timezone.now()
        )
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        sessions.remember_challenge(request, purpose_of(loan.pk), name)
    return redirect("sign_contract", loan.pk)


@require_GET
@member_page
def contract_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The contract as PDF, for its parties."""
    loan = access_party_loan(request.member, pk)  # type: ignore[attr-defined]
    if loan.contract_erased_at is not None:  # the page says since when
        return redirect("sign_contract", loan.pk)
    return download(services.contract_pdf(loan), _("借款合同 %(number)s") % {"number": loan.number})


@require_http_methods(["GET", "POST"])
@member_page
def cancel_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse to sign: the contract falls, what was promised stands open again."""
    loan = access_party_loan(request.member, pk)  # type: ignore[attr-defined]
    page = contract_page(loan, request.member, today())  # type: ignore[attr-defined]
    form = ReasonForm(
        posted(request), label=_("为什么不签？"), hint=_("其他各方和工会会看到这句话。")
    )
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.cancel_loan(
                loan_id=loan.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("合同已取消，其他各方会收到消息。"))
            return redirect("sign_contract", loan.pk)
    elif request.method == "GET" and loan.state != "drawn":
        raise NotFound()
    return ask(request, _cancel_sheet(page), form, refused)


def _cancel_sheet(page: ContractPage) -> Sheet:
    after = (
        _("申请回到“已经凑齐”，要不要再起草，您和工会商量。")
        if page.is_borrower
        else _("算您这次不借，工会再去请别人。")
    )
    return Sheet(
        title=_("不签这份合同"),
        what=_("取消合同 %(number)s") % {"number": page.loan.number},
        submit=_("不签，取消合同"),
        back=reverse("sign_contract", args=[page.loan.pk]),
        to=listed(signer.name for signer in page.signers if not signer.is_me),
        cost=_("不花钱，没有违约一说。合同没有签完，谁都不欠谁"),
        undo=in_a_row(_("这份合同不能恢复。"), after),
        tone="brick",
    )
