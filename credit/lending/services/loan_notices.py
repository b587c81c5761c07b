"""What the parties of a running loan are told, each once, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from cooperative.membership.services.telling import addressee_of
from cooperative.notices.services import notify
from core.sentences import filled
from credit.lending.models import Cost, Extension, Loan, Repayment, Share

Text = str | Promise


@dataclass(frozen=True)
class Told:
    """A kind of notice: its title in lists, the sentence, what follows, whether by SMS too."""

    title: Text
    sentence: Text
    body: Text = ""
    sms: bool = False


NOTICES: Mapping[str, Told] = {
    "lending.repayment_declared": Told(
        _("还款等确认"),
        _("%(name)s登记了一笔还款 %(amount)s 元，付款日是%(day)s，请您核对。"),
        _("到账了请确认，没有到账请点“没收到，或者金额不对”，由工会帮着查。"),
        sms=True,
    ),
    "lending.receipt_declared": Told(
        _("收款等确认"),
        _("%(name)s登记收到您还款 %(amount)s 元，付款日是%(day)s，请您核对。"),
        _("没有错请确认，有出入请提出来，由工会帮着查。"),
        sms=True,
    ),
    "lending.repayment_confirmed": Told(
        _("还款已确认"),
        _("%(day)s的还款 %(amount)s 元已确认，收据已经开好。"),
        _("其中本金 %(principal)s 元，利息 %(interest)s 元；这一份还欠本金 %(outstanding)s 元。"),
        sms=True,
    ),
    "lending.repayment_overpaid": Told(
        _("多付待退"),
        _("合同 %(number)s 多付了 %(unallocated)s 元，要由出借人退回借款人。"),
        _("退回后请登记银行流水号。"),
    ),
    "lending.repayment_disputed": Told(
        _("还款有争议"),
        _("对%(day)s的还款 %(amount)s 元，%(name)s有不同说法，工会会来核实。"),
        _("对方说：%(reason)s。核实期间，不会为这笔钱提醒还款。"),
        sms=True,
    ),
    "lending.repayment_withdrawn": Told(
        _("还款登记已撤回"), _("%(name)s撤回了%(day)s的还款登记 %(amount)s 元。")
    ),
    "lending.repayment_rejected": Told(
        _("还款没有到账"),
        _("工会核实：%(day)s的还款 %(amount)s 元没有到账。"),
        _("说明：%(reason)s。请看清还款计划，有疑问请到工会办公室。"),
        sms=True,
    ),
    "lending.repayment_reversed": Told(
        _("还款已冲正"),
        _("%(day)s的还款 %(amount)s 元已冲正，还款计划按没有这笔钱重新算过。"),
        _("原因：%(reason)s。现在还欠本金 %(outstanding)s 元。"),
        sms=True,
    ),
    "lending.overpayment_returned": Told(
        _("多付已退回"), _("合同 %(number)s 多付的 %(amount)s 元，已登记在%(day)s退回。")
    ),
    "lending.share_settled": Told(
        _("一位出借人已还清"), _("合同 %(number)s 里%(name)s的 %(amount)s 元已经还清。")
    ),
    "lending.loan_settled": Told(
        _("借款已还清"),
        _("合同 %(number)s 的借款全部还清，谢谢您守信。"),
        _("对账单和收据可以随时下载。"),
        sms=True,
    ),
    "lending.loan_reopened": Told(
        _("借款又未还清"),
        _("合同 %(number)s 有一笔还款冲正，借款又没有还清。"),
        _("请看最新的还款计划。"),
        sms=True,
    ),
    "lending.extension_asked": Told(
        _("展期等您答复"),
        _("%(name)s想把合同 %(number)s 延到%(day)s，请您答复。"),
        _("原因：%(reason)s。每位出借人都同意才能展期，不同意也没有关系。"),
        sms=True,
    ),
    "lending.extension_answered": Told(
        _("展期有了答复"), _("%(name)s对合同 %(number)s 的展期答复：%(answer)s。")
    ),
    "lending.extension_refused": Told(
        _("展期没有成"),
        _("合同 %(number)s 没有展期，还是%(old_day)s到期。"),
        _("原因：%(reason)s。"),
        sms=True,
    ),
    "lending.extension_withdrawn": Told(
        _("展期已撤回"), _("%(name)s撤回了合同 %(number)s 的展期。")
    ),
    "lending.extension_in_force": Told(
        _("已展期"),
        _("合同 %(number)s 已展期，新的到期日是%(day)s。"),
        _("延长的日子照合同利率计息，最新的还款计划在借款页。"),
        sms=True,
    ),
    "lending.mediated": Told(
        _("调解记录"), _("工会就合同 %(number)s 记了一次调解，请您看看记得对不对。")
    ),
    "lending.cost_recorded": Told(
        _("登记了一笔追款费用"),
        _("合同 %(number)s 逾期，%(name)s%(day)s花了%(what)s %(amount)s 元，工会已登记，等复核。"),
        _("用途：%(reason)s。票据在平台上，双方都能看。借款人有不同说法，请在复核以前写下来。"),
        sms=True,
    ),
    "lending.cost_objected": Told(
        _("借款人对费用有不同说法"),
        _("合同 %(number)s 的%(what)s %(amount)s 元，借款人有不同说法，复核的人会看。"),
        _("借款人说：%(reason)s。"),
    ),
    "lending.cost_confirmed": Told(
        _("追款费用已计入"),
        _("合同 %(number)s 的%(what)s %(amount)s 元已复核，%(owed_from)s起由借款人承担。"),
        _(
            "以后还的钱先抵这笔费用，再抵利息和本金。利息、逾期利息和费用加在一起不超过法定上限，"
            "超过的不用付。"
        ),
        sms=True,
    ),
    "lending.cost_dropped": Told(
        _("追款费用没有计入"),
        _("合同 %(number)s 的%(what)s %(amount)s 元没有通过复核，借款人不用付。"),
        _("原因：%(reason)s。"),
    ),
    "lending.cost_lapsed": Told(
        _("追款费用不再计入"),
        _("合同 %(number)s 的%(what)s %(amount)s 元还没复核，不再计入，借款人不用付。"),
        _("原因：%(reason)s。"),
    ),
    "lending.cost_reversed": Told(
        _("追款费用已撤销"),
        _("合同 %(number)s 的%(what)s %(amount)s 元已经撤销，借款人不用付。"),
        _("原因：%(reason)s。要还的钱已经重新算过，请看借款页。"),
        sms=True,
    ),
    "lending.written_off": Told(
        _("借款已核销"),
        _("合同 %(number)s 还欠的本金 %(amount)s 元，出借人一方已作核销。"),
        _("核销只是记账，欠款没有免除，担保人的责任也没有免除，以后还款照样登记。"),
        sms=True,
    ),
}


def tell(
    member: Member,
    kind: str,
    *,
    about: models.Model,
    loan: Loan,
    at: datetime,
    link: str,
    due_on: date | None = None,
    notices: Mapping[str, Told] = NOTICES,
    **facts: Any,
) -> None:
    """Tell one party. The same (person, kind, ``about``, ``due_on``) is told once.

    ``facts`` fill the gaps of its texts as in ``filled``. ``notices`` are those of another chapter of
    the loan.
    """
    told = notices[kind]
    words = {"number": loan.number, **facts}
    notify(
        to=addressee_of(member),
        kind=kind,
        title=filled(told.sentence, **words),
        body=filled(told.body, **words),
        at=at,
        link=link,
        subject=about,
        due_on=due_on,
        scope=loan.union.path,
    )


def borrower_of(loan: Loan) -> Member:
    """Who borrowed."""
    return loan.membership.member


def lenders_of(shares: Iterable[Share]) -> list[Member]:
    """Who lent, in the order of the shares."""
    return [share.membership.member for share in shares]


def repayment_link(repayment: Repayment) -> str:
    """The page of a repayment, the same for both sides."""
    return reverse("repayment", args=[repayment.pk])


def loan_link(loan: Loan) -> str:
    """The borrower's page of a loan."""
    return reverse("loan", args=[loan.pk])


def share_link(share: Share) -> str:
    """The lender's page of a share."""
    return reverse("lent_share", args=[share.pk])


def extension_link(extension: Extension) -> str:
    """The page of an extension, the same for both sides."""
    return reverse("extension", args=[extension.pk])


def cost_link(cost: Cost) -> str:
    """The page of a cost, the same for both sides."""
    return reverse("cost", args=[cost.pk])
