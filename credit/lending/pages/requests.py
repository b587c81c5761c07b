"""The page of a member's own request: where it stands, who must act, who has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from core.masking import mask_name
from core.sentences import listed
from credit.lending.limit_words import months_text
from credit.lending.models import Loan, LoanRequest
from credit.lending.models.requests import Method
from credit.lending.pages.quotes import cost_sentence, quote_of, terms_of
from credit.lending.pages.texts import REQUEST_TONES, rate_text, tail_text
from credit.lending.rules.states.actors import Actor, may_move
from credit.lending.rules.states.request import TRANSITIONS, RequestState
from credit.lending.selectors import overview


@dataclass(frozen=True)
class Answer:
    """Somebody who is ready to help."""

    name: str
    amount: Decimal


@dataclass(frozen=True)
class RequestPage:
    """A request as its borrower sees it. ``answers`` are only those who said yes."""

    request: LoanRequest
    tone: str
    steps: list[dict[str, Any]]
    now: str
    answers: list[Answer]
    waiting: int
    pledged: Decimal
    lines: list[tuple[Any, Any]]
    cost: str
    loan: Loan | None
    may_edit: bool
    may_withdraw: bool

    @property
    def missing(self) -> Decimal:
        """What nobody has promised yet."""
        return max(ZERO, self.request.amount - self.pledged)


def request_page(request: LoanRequest, today: date) -> RequestPage:
    """The page; three queries."""
    state = RequestState(request.state)
    invited = overview.answers_to(request)
    said_yes = [row for row in invited if row.state in ("pledged", "contracted")]
    loan = overview.loan_of_request(request)
    if loan is not None and loan.state == "cancelled" and state != RequestState.CONTRACTED:
        loan = None
    named = state == RequestState.CONTRACTED
    quote = quote_of(terms_of_request(request))
    return RequestPage(
        request=request,
        tone=REQUEST_TONES[state],
        steps=steps_of(request, loan),
        now=now_of(request, today),
        answers=[
            Answer(
                row.membership.member.name if named else mask_name(row.membership.member.name),
                row.amount or ZERO,
            )
            for row in said_yes
        ],
        waiting=sum(row.state == "invited" for row in invited),
        pledged=sum((row.amount or ZERO for row in said_yes), ZERO),
        lines=lines_of(request, today),
        cost=cost_sentence(quote) if quote else "",
        loan=loan,
        may_edit=may_move(TRANSITIONS, state, RequestState.SUBMITTED, Actor.BORROWER),
        may_withdraw=may_move(TRANSITIONS, state, RequestState.WITHDRAWN, Actor.BORROWER),
    )


def terms_of_request(request: LoanRequest, starts_on: date | None = None) -> Any:
    """The convention that a request asks for, at the rate offered or else at its highest."""
    return terms_of(
        amount=request.amount,
        rate=request.rate if request.rate is not None else request.highest_rate,
        method=request.method,
        term_months=request.term_months,
        custom_due=request.custom_due,
        starts_on=starts_on or request.wanted_on,
    )


def lines_of(request: LoanRequest, today: date) -> list[tuple[Any, Any]]:
    """What was asked for, line by line."""
    lines: list[tuple[Any, Any]] = [
        (_("用途"), request.get_purpose_display()),
        (_("具体做什么"), request.purpose_note),
        (_("期限"), term_text(request, today)),
        (_("怎么还"), request.get_method_display()),
        (_("最高愿意付"), rate_text(request.highest_rate)),
    ]
    if request.rate is not None:
        lines.append((_("召集的利率"), rate_text(request.rate)))
    lines += [
        (_("哪天要用"), format_day(request.wanted_on, today)),
        (_("钱转给"), request.payee_name or _("您本人")),
        (_("收款账户"), _account(request)),
    ]
    return [(label, value) for label, value in lines if value]


def _account(request: LoanRequest) -> str:
    if not request.account_number:
        return ""
    return f"{request.account_bank}，{tail_text(request.account_number)}"


def term_text(request: LoanRequest, today: date) -> str:
    """How long, or the days set by hand."""
    if request.method == Method.CUSTOM and request.custom_due:
        return listed(
            _("%(day)s还 %(amount)s 元")
            % {
                "day": format_day(date.fromisoformat(str(due["on"])), today),
                "amount": format_yuan_short(Decimal(str(due["principal"]))),
            }
            for due in request.custom_due
        )
    return months_text(request.term_months)


def steps_of(request: LoanRequest, loan: Loan | None) -> list[dict[str, Any]]:
    """The way of a request: what is done, what is now and who must act."""
    state = request.state
    steps = [
        (_("提交申请"), _("您"), ""),
        (_("工会看申请"), _("工会经办人"), _("合适就去问有余钱的社员")),
        (_("召集出借人"), _("被邀请的社员"), _("各自决定借不借、借多少")),
        (_("起草合同"), _("工会经办人"), _("凑齐以后起草")),
        (_("签字"), _("您和出借人"), _("用短信验证码签")),
        (_("转款，确认到账"), _("出借人和您"), _("确认以后借款成立")),
    ]
    if state in ("refused", "withdrawn", "expired"):
        reached = 2 if request.convened_at else 1
        done = [_step(*steps[n], "done") for n in range(reached)]
        return [*done, _step(request.get_state_display(), "", request.reason, "stopped")]
    reached = {
        "submitted": 1,
        "returned": 0,
        "proposed": 1,
        "convening": 2,
        "covered": 3,
        "contracted": 4,
    }[state]
    if loan is not None and state == "contracted":
        reached = {"drawn": 4, "signed": 5}.get(loan.state, 6)
    shown = [
        _step(label, who, detail, "done" if n < reached else "now" if n == reached else "next")
        for n, (label, who, detail) in enumerate(steps)
    ]
    if state == "returned":
        shown[0] |= {"label": _("改好再提交"), "detail": _("工会请您改一改")}
    if state == "proposed":
        shown[1] |= {"who": _("工会复核人"), "detail": _("金额大，要第二位干部同意")}
    return shown


def _step(label: Any, who: Any, detail: Any, state: str) -> dict[str, Any]:
    return {"label": label, "who": who, "detail": detail, "state": state}


def now_of(request: LoanRequest, today: date) -> str:
    """What is going on, and what the borrower has to do, in a sentence or two."""
    texts = {
        "submitted": _("工会正在看您的申请，您不用做什么。%(day)s 以前给您结果。"),
        "returned": _("工会请您改一改，改好再提交。"),
        "proposed": _("经办人同意了，等另一位干部复核，您不用做什么。"),
        "convening": _("工会正在请有余钱的社员帮忙，最晚到 %(day)s，您不用做什么。"),
        "covered": _("已经凑齐，工会正在起草合同，好了请您签字。"),
        "contracted": _("合同已经起草，接下来看合同办到哪一步。"),
        "refused": _("这次没有办成，原因写在下面。"),
        "withdrawn": _("您已经撤回，需要时可以再申请。"),
        "expired": _("到期没有办完，申请已经作废。可以借少一些或换个还法，再申请一次。"),
    }
    return texts[request.state] % {"day": format_day(request.expires_on, today)}
