"""Drawing the contract of a covered request: everything is checked again, under locks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import access_row
from cooperative.membership.models import Member, Union
from core import audit
from core.dates import business_date
from core.documents import new_number
from core.errors import Busy, Refused, busy_is_refused, refusing
from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from core.parameters import value_on
from credit.lending.models import ContractCopy, Loan, LoanRequest, Pledge, Share
from credit.lending.parameters import RATE_MULTIPLE
from credit.lending.rules.accounts import PayeeAccount
from credit.lending.rules.check import check
from credit.lending.rules.drawing import (
    contract_terms,
    first_and_last_due,
    latest_delivery,
    shares_of,
)
from credit.lending.rules.states import Actor
from credit.lending.rules.states.request import TRANSITIONS, RequestState
from credit.lending.rules.terms import BadTerms, Terms
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.rates import ceiling_of, lpr_row_on
from credit.lending.services import contract_files
from credit.lending.services.checks import check_holder
from credit.lending.services.contract_content import (
    Agreed,
    Party,
    contract_data,
    percent,
    wording,
)
from credit.lending.services.contract_notices import sign_link, tell
from credit.lending.services.limits import (
    check_borrower_limits,
    check_lender_limits,
    check_rate,
    check_term,
)
from credit.lending.services.locking import check_move
from credit.lending.services.parties import check_can_sign, naming
from credit.lending.services.standing import (
    check_may_borrow,
    check_may_lend,
    check_no_party,
    lock_parties,
)

CONVENE = "loan.convene"


def draw_contract(*, request_id: int, by: Any, at: datetime) -> Loan:
    """Draw the contract between the borrower and all who pledged; it waits for their signatures.

    It names the amount asked for. Pledges beyond it are cut in proportion, and each lender signs
    the figure.

    Raises:
        NotFound: absent, or of a union in which ``by`` may not convene.
        Refused: ``own_matter``, ``wrong_state``, ``not_covered``; an obstacle of I9 or
            ``cannot_sign``; ``lpr_missing``, ``terms_unsound``, ``due_too_soon``;
            ``limit_<measure>``.
    """
    today = business_date(at)
    rows = LoanRequest.objects.select_related("membership")
    seen = access_row(rows, request_id, by, CONVENE, today, union="membership__union")
    with busy_is_refused(), transaction.atomic():
        drawing = _Drawing(seen, by=by, at=at)
        drawing.check()
        return drawing.write()


class _Drawing:
    """One drawing, holding the locks: Union, Members, Memberships, LoanRequest, Pledges."""

    def __init__(self, seen: LoanRequest, *, by: Any, at: datetime) -> None:
        self.by, self.at, self.today = by, at, business_date(at)
        pledged = Pledge.objects.filter(request=seen, state=Pledge.State.PLEDGED)
        lenders = set(pledged.order_by("pk").values_list("membership_id", flat=True))
        self.union = Union.objects.locked().get(pk=seen.membership.union_id)
        memberships = lock_parties({*lenders, seen.membership_id})
        self.request = LoanRequest.objects.locked().get(pk=seen.pk)
        self.pledges = list(pledged.locked())
        self._check_state()
        if {pledge.membership_id for pledge in self.pledges} != lenders:
            raise Busy  # somebody answered while we waited for the locks
        self.borrower = memberships[seen.membership_id]
        self.lenders = [memberships[pledge.membership_id] for pledge in self.pledges]
        self.limits = limits_of(self.union.path, self.today)

    def check(self) -> None:
        """All that may speak against the contract, before anything is written."""
        check_no_party(self.by, self.borrower, *self.lenders)
        self._check_cover()
        self._check_parties()
        self._check_account()
        self.amounts = shares_of(self.request.amount, [p.amount or ZERO for p in self.pledges])
        self.lpr = lpr_row_on(self.today)
        self.multiple = value_on(RATE_MULTIPLE, self.today, scope=self.union.path)
        self.ceiling = ceiling_of(self.lpr.one_year_rate, self.multiple)
        check_rate(self.limits, self._rate, self.ceiling)
        self.terms = self._terms()
        self._check_days()
        self._check_limits()

    @property
    def _rate(self) -> Decimal:
        assert self.request.rate is not None, "a covered request has a rate"
        return self.request.rate

    def _check_state(self) -> None:
        wrong = Refused(
            "wrong_state",
            _("这份申请现在是“%(state)s”，凑齐以后才能起草合同。")
            % {"state": self.request.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=self.request.state,
        )
        check_move(TRANSITIONS, self.request.state, RequestState.CONTRACTED, Actor.CONVENER, wrong)

    def _check_cover(self) -> None:
        pledged = sum((pledge.amount or ZERO for pledge in self.pledges), ZERO)
        if pledged < self.request.amount:
            raise Refused(
                "not_covered",
                _("要借 %(amount)s 元，大家一共答应 %(pledged)s 元，还差 %(missing)s 元。")
                % {
                    "amount": format_yuan_short(self.request.amount),
                    "pledged": format_yuan_short(pledged),
                    "missing": format_yuan_short(self.request.amount - pledged),
                },
                way_on=_("请先再邀请成员。"),
            )

    def _check_parties(self) -> None:
        """Everybody may still borrow or lend, and is able to sign."""
        for membership in (self.borrower, *self.lenders):
            with naming(membership.member):
                if membership == self.borrower:
                    check_may_borrow(membership, self.limits, self.today)
                else:
                    check_may_lend(membership, self.today)
                check_can_sign(membership.member)

    def _check_account(self) -> None:
        """The lenders pay into an account of the payee's own, who may have changed their name."""
        with naming(self.borrower.member):
            check_holder(
                self.request.account_holder,
                self.request.payee_name or self.borrower.member.name,
            )

    def _check_limits(self) -> None:
        """No counter of a person or of the union passes a stop level by this contract (I8)."""
        check_term(self.limits, self.request.term_months)
        persons = [membership.member_id for membership in self.lenders]
        with naming(self.borrower.member):
            check_borrower_limits(
                self.borrower, self.limits, self.request.amount, self.today, lenders=persons
            )
        for membership, amount in zip(self.lenders, self.amounts, strict=True):
            with naming(membership.member):
                check_lender_limits(membership, self.limits, amount, self.today)

    def _terms(self) -> Terms:
        terms = contract_terms(
            amount=self.request.amount,
            rate=self._rate,
            method=self.request.method,
            term_months=self.request.term_months,
            custom_due=self.request.custom_due,
            planned_on=max(self.request.wanted_on, self.today),
        )
        try:
            check(terms)
        except BadTerms as bad:  # such as days set by hand that have passed meanwhile
            raise Refused(
                "terms_unsound",
                _("这份申请的还款安排已经不成立，不能起草合同。"),
                way_on=_("请退回申请，让借款人重新安排还款日和金额。"),
                cause=bad.code,
            ) from bad
        return terms

    def _check_days(self) -> None:
        """Nothing may fall due before the money can have come."""
        self.sign_by, self.deliver_by = latest_delivery(
            self.today, self.limits.sign_days, self.limits.deliver_days
        )
        first, self.ends_on = first_and_last_due(self.terms)
        if first <= self.deliver_by:
            raise Refused(
                "due_too_soon",
                _("第一个还款日%(first)s太早：签字和转款最晚要到%(last)s。")
                % {"first": format_day(first), "last": format_day(self.deliver_by)},
                way_on=_("请退回申请，让借款人改晚还款日。"),
                first=first,
                last=self.deliver_by,
            )

    def write(self) -> Loan:
        """The loan with its shares and its file; the request and the pledges go into it."""
        number = new_number(self.at)
        with translation.override("zh-hans"):
            data = contract_data(self._agreed())
        title = wording()["title"]
        issued = contract_files.issue_contract(
            title=title,
            data=data,
            kind=contract_files.KIND,
            number=number,
            scope=self.union.path,
            at=self.at,
        )
        loan = Loan(
            request=self.request,
            membership=self.borrower,
            union=self.union,
            number=number,
            principal=self.request.amount,
            annual_rate=self._rate,
            overdue_rate=self._rate,
            method=self.request.method,
            terms=self.terms.to_json(),
            ends_on=self.ends_on,
            payee=self.request.payee,
            payee_name=self.request.payee_name,
            sealed_contract=contract_files.sealed_content(title, data, self.at),
            contract_sha256=issued.record.sha256,
            drawn_by=self.by,
            drawn_at=self.at,
            sign_by=self.sign_by,
            deliver_by=self.deliver_by,
        )
        with refusing({"lending_loan_one_live": _DRAWN}):
            loan.save(force_insert=True)
        contract_files.keep_copy(loan, ContractCopy.Kind.UNSIGNED, issued)
        self._write_shares(loan)
        self.request.state = LoanRequest.State.CONTRACTED
        self.request.save(update_fields=["state"])
        audit.record(
            "lending.contract_drawn",
            loan,
            by=self.by,
            at=self.at,
            scope=self.union.path,
            number=number,
            principal=loan.principal,
            shares=len(self.pledges),
        )
        self._tell(loan)
        return loan

    def _write_shares(self, loan: Loan) -> None:
        for pledge, membership, amount in zip(
            self.pledges, self.lenders, self.amounts, strict=True
        ):
            Share.objects.create(loan=loan, pledge=pledge, membership=membership, amount=amount)
            pledge.state = Pledge.State.CONTRACTED
            pledge.save(update_fields=["state"])

    def _agreed(self) -> Agreed:
        request = self.request
        note = f"：{request.purpose_note}" if request.purpose_note else ""
        return Agreed(
            union=self.union.name,
            borrower=party(self.borrower.member),
            lenders=[
                party(membership.member, amount)
                for membership, amount in zip(self.lenders, self.amounts, strict=True)
            ],
            purpose=f"{request.get_purpose_display()}{note}",
            payee_name=request.payee_name,
            account=PayeeAccount(
                request.account_holder, request.account_bank, request.account_number
            ),
            method=str(request.get_method_display()),
            terms=self.terms,
            overdue_rate=self._rate,
            lpr=self.lpr.one_year_rate,
            lpr_on=self.lpr.published_on,
            multiple=self.multiple,
            ceiling=self.ceiling,
            ends_on=self.ends_on,
            sign_by=self.sign_by,
            deliver_days=self.limits.deliver_days,
        )

    def _tell(self, loan: Loan) -> None:
        amounts = [loan.principal, *self.amounts]
        for membership, amount in zip((self.borrower, *self.lenders), amounts, strict=True):
            tell(
                membership.member,
                "lending.contract_drawn",
                about=loan,
                loan=loan,
                at=self.at,
                link=sign_link(loan),
                due_on=loan.sign_by,
                day=loan.sign_by,
                amount=amount,
                rate=percent(loan.annual_rate),
            )


_DRAWN = Refused("drawn_already", _("这份申请已经起草过合同。"), way_on=_("请刷新页面看最新情况。"))


def party(member: Member, amount: Decimal = ZERO) -> Party:
    """A member as the contract names them; the place as people say it: 幸福镇同兴村."""
    person = member.kind == Member.Kind.PERSON
    village = member.division
    town = village.parent.name if village and village.parent else ""
    return Party(
        name=member.name,
        identity_label="居民身份证号码" if person else "统一社会信用代码",
        identity_number=member.identity_number,
        place=f"{town}{village.short_name}" if village else "",
        contact=member.contact_name,
        amount=amount,
    )
