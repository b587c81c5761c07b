"""What the parties are told from the drawing of a contract until the money has arrived."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credit.lending.models import HandBack, Loan, Share
from credit.lending.services import loan_notices
from credit.lending.services.loan_notices import Told

NOTICES: Mapping[str, Told] = {
    "lending.contract_drawn": Told(
        _("合同等您签字"),
        _("合同 %(number)s 已经起草，请在%(day)s以前看清并签字。"),
        _("金额 %(amount)s 元，年利率 %(rate)s。不愿意签也可以直接说明，不用承担责任。"),
        sms=True,
    ),
    "lending.transfer_due": Told(
        _("请转款"),
        _("合同 %(number)s 已经签完，请在%(day)s以前把 %(amount)s 元直接转给%(payee)s。"),
        _("转完后登记银行流水号。钱只转给合同里写的收款方，不转给平台和工会。"),
        sms=True,
    ),
    "lending.contract_signed": Told(
        _("合同已签完"),
        _("合同 %(number)s 已经签完，出借人会在%(day)s以前转款。"),
        _("收到一笔，请核对金额后确认一笔。"),
        sms=True,
    ),
    "lending.contract_cancelled": Told(
        _("合同已取消"),
        _("合同 %(number)s 已经取消，没有发生借款。"),
        _("原因：%(reason)s。"),
        sms=True,
    ),
    "lending.transfer_declared": Told(
        _("转款等您确认"),
        _("%(name)s说已在%(day)s转出 %(amount)s 元，请查账后确认收到。"),
        _("流水号 %(slip)s。没有收到请点“还没有收到”，由工会帮着查。"),
        sms=True,
    ),
    "lending.transfer_taken_back": Told(
        _("转款登记已撤回"),
        _("%(name)s撤回了转款 %(amount)s 元的登记，您不用确认了。"),
    ),
    "lending.ceiling_lower": Told(
        _("利率上限低于合同利率"),
        _("现在的利率上限是 %(ceiling)s，低于合同 %(number)s 的 %(rate)s。"),
        _("按合同约定，这一份自到账之日起按到账当日的上限计息。"),
    ),
    "lending.share_formed": Told(
        _("借款已到账"),
        _("合同 %(number)s 的 %(amount)s 元已在%(day)s到账，借款成立。"),
        _("年利率 %(rate)s，第一个还款日是%(due)s，还款计划可以随时查看。"),
        sms=True,
    ),
    "lending.rate_clipped": Told(
        _("按利率上限计息"),
        _("合同 %(number)s 的 %(amount)s 元按 %(ceiling)s 计息，不按合同的 %(rate)s。"),
        _("因为到账当日的利率上限低于合同利率，这是合同里约定好的。"),
        sms=True,
    ),
    "lending.transfer_disputed": Told(
        _("对方说没收到"),
        _("%(name)s说没有收到您转的 %(amount)s 元，工会会来核实。"),
        _("对方说：%(reason)s。请备好银行回单。"),
        sms=True,
    ),
    "lending.transfer_short": Told(
        _("到账少了"),
        _("%(name)s说您转的 %(amount)s 元只到账 %(arrived)s 元，还差 %(gap)s 元。"),
        _("请把差的转到同一个账户，再登记这一笔；金额有不同说法的，工会来核实。"),
        sms=True,
    ),
    "lending.transfer_over": Told(
        _("到账多了"),
        _("%(name)s说您该转 %(amount)s 元，到账 %(arrived)s 元，多了 %(gap)s 元。"),
        _("多的请对方直接转还您，退好后由对方确认到账；金额有不同说法的，工会来核实。"),
        sms=True,
    ),
    "lending.transfer_not_arrived": Told(
        _("转款没有到账"),
        _("工会核实：合同 %(number)s 的 %(amount)s 元没有到账。"),
        _("说明：%(reason)s。请出借人重新转款并登记，或者放弃这一份。"),
        sms=True,
    ),
    "lending.share_lapsed": Told(
        _("有一份没有转款"),
        _("合同 %(number)s 里%(name)s的 %(amount)s 元没有转款，这一份取消了。"),
        _("原因：%(reason)s。其余已到账的各份照常有效。"),
        sms=True,
    ),
    "lending.hand_back_owed": Told(
        _("转款要退回"),
        _("合同 %(number)s 里%(name)s的一份没有办成，先到的 %(amount)s 元要退回。"),
        _(
            "请%(borrower)s直接转给%(name)s，转好后登记；钱在供货商那里的，请让他直接退。收到后请%(name)s确认。"
        ),
        sms=True,
    ),
    "lending.hand_back_declared": Told(
        _("退款等您确认"),
        _("%(borrower)s说已在%(day)s把 %(amount)s 元退给您，请查账后确认。"),
        _("没有收到请直接说，工会一直看着这件事，退好为止。"),
        sms=True,
    ),
    "lending.hand_back_denied": Told(
        _("对方说没收到退款"),
        _("%(name)s说没有收到您退的 %(amount)s 元，请再查一查。"),
        _("对方说：%(reason)s。请备好银行回单，说不清的请找工会。"),
        sms=True,
    ),
    "lending.hand_back_done": Told(
        _("转款已退回"), _("合同 %(number)s 里要退给%(name)s的 %(amount)s 元已经退回。")
    ),
}


tell = partial(loan_notices.tell, notices=NOTICES)


def sign_link(loan: Loan) -> str:
    """Where a party reads and signs."""
    return reverse("sign_contract", args=[loan.pk])


def transfer_link(share: Share) -> str:
    """Where the lender says that the money is under way."""
    return reverse("transfer", args=[share.pk])


def hand_back_link(row: HandBack) -> str:
    """The page of a sum that goes back, the same for both sides."""
    return reverse("hand_back", args=[row.pk])


def arrival_link(share: Share) -> str:
    """Where the borrower says that it has come."""
    return reverse("arrival", args=[share.pk])
