"""A row of everything in lending for a township of ``tests.two_townships``: the member borrows and lends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cooperative.membership.models import Member, Membership
from credit.lending.models import Loan, Share
from credit.lending.rules import Method, Terms
from credit.lending.services.projecting import project_share, record_delivery
from tests.factories import lending, panels
from tests.factories.membership import MembershipFactory
from tests.factories.scoring import agree
from tests.township_scoring import row_of as row_of_score
from tests.township_scoring import scoring_rows

if TYPE_CHECKING:
    from tests.two_townships import Township

CAP = Decimal("0.120000")
SLIP = "银行单"


def lending_rows(here: Township, other: Member) -> None:
    """Requests, loans and shares between the township's member and ``other``, both ways."""
    own = Membership.objects.filter(member=here.member, union=here.union).latest("pk")
    neighbour = MembershipFactory(
        member=other, union=here.union, cooperative=here.rows["membership.cooperative"]
    )
    asked = lending.LoanRequestFactory(
        membership=neighbour, convening=True, purpose_note=here.name("用途")
    )
    spare = lending.SpareMoneyFactory(membership=own)
    pledge = lending.PledgeFactory(
        request=asked, membership=own, spare_money=spare, note=here.name("附言")
    )
    borrowed = _share(here, own, neighbour)
    lent = _share(here, neighbour, own)
    loan = borrowed.loan
    repayment = lending.RepaymentFactory(share=borrowed, slip_number=here.name("单"))
    extension = lending.ExtensionFactory(loan=loan, reason=here.name("原因"))
    here.keep(
        spare,
        pledge,
        lending.ContractCopyFactory(loan=loan),
        lending.SignatureFactory(loan=loan),
        lending.MediationFactory(loan=loan, summary=here.name("调解")),
        lending.HandBackFactory(share=borrowed, note=here.name("退")),
        lending.CostFactory(share=borrowed, reason=here.name("费用")),
        lending.WriteOffFactory(loan=loan, reason=here.name("核销")),
        lending.ExtensionConsentFactory(share=borrowed, extension=extension),
        lending.NightMarkFactory(share=borrowed),
        lending.UnionDayFactory(union=here.union, on=_next_day(here)),
        lending.LprRateFactory(),  # the same for everybody: it carries no mark
        extension,
        repayment,
        borrowed,
        loan,
        loan.request,
        *_panel(here, own, neighbour),
    )
    here.rows["lent_share"] = lent
    scoring_rows(here)


def _panel(here: Township, own: Membership, neighbour: Membership) -> list[Any]:
    """An open panel on which the member rates the neighbour."""
    agree(neighbour.member)
    panel = panels.PanelReviewFactory(union=here.union, open=True, closes_on=date(2036, 5, 20))
    subject = panels.PanelSubjectFactory(panel=panel, member=neighbour.member)
    return [panel, subject, panels.PanelSeatFactory(panel=panel, member=own.member)]


def _next_day(here: Township) -> date:
    """A day whose figures the union does not have yet."""
    return lending.TODAY + timedelta(days=here.union.lending_days.count())


def _share(here: Township, borrower: Membership, lender: Membership) -> Share:
    """A formed share with its events, as the services would leave it."""
    request = lending.LoanRequestFactory(
        membership=borrower, contracted=True, purpose_note=here.name("用途")
    )
    terms = Terms.for_loan(
        principal=request.amount,
        disbursed_on=lending.TODAY,
        annual_rate=lending.RATE,
        method=Method.BULLET,
        instalments=request.term_months,
    )
    loan: Loan = lending.LoanFactory(
        request=request, active=True, terms=terms.to_json(), reason=here.name("说明")
    )
    share: Share = lending.ShareFactory(
        loan=loan,
        membership=lender,
        formed=True,
        slip_number=f"{here.name(SLIP)}{loan.pk}",
        note=here.name("附言"),
    )
    record_delivery(share=share, cap_rate=CAP, by=borrower.member.user, at=lending.NOON)
    project_share(share, at=lending.NOON)
    return share


def row_of(name: str, rows: dict[str, Any]) -> int:
    """The key that leads to a row of the township's member at an address below ``/credit/``."""
    score = row_of_score(name, rows)
    if score is not None:
        return score
    label = next((label for label, names in _PLACES.items() if name in names), "lending.loan")
    return int(rows[label].pk)


_PLACES = {
    "lending.loanrequest": {"my_request", "my_request_edit", "my_request_withdraw"},
    "lending.pledge": {
        "invitation",
        "invitation_pledge",
        "invitation_decline",
        "invitation_release",
    },
    "lending.share": {"arrival", "arrival_amount", "arrival_dispute"},
    "lent_share": {
        "lent_share",
        "transfer",
        "transfer_take_back",
        "repayment_received",
        "return_overpaid",
    },
    "lending.repayment": {
        "repayment",
        "repayment_confirm",
        "repayment_dispute",
        "repayment_withdraw",
        "repayment_receipt",
    },
    "lending.cost": {"cost", "cost_object"},
    "lending.handback": {"hand_back", "hand_back_confirm", "hand_back_deny"},
    "lending.extension": {"extension", "extension_withdraw"},
    "scoring.panelreview": {"panel_review"},
    "scoring.panelsubject": {"panel_person", "panel_recuse"},
}
