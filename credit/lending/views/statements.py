"""Statements as page, PDF and xlsx: of one loan, or of all that a member borrowed and lent."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cooperative.membership.access import member_page
from cooperative.membership.models import Member
from cooperative.membership.selectors.members import live_membership
from core.dates import business_date, today
from credit.lending.access import access_party_loan
from credit.lending.models import Loan, Share
from credit.lending.selectors.overview import share_of, years_of
from credit.lending.selectors.statements import (
    Statement,
    statement_of_loan,
    statement_of_member,
)
from credit.lending.services import papers
from credit.lending.views.common import XLSX, download, show


@require_GET
@member_page
def lending_statement(request: HttpRequest) -> HttpResponse:
    """A year of everything."""
    member = request.member  # type: ignore[attr-defined]
    years = years_of(member, today())
    year = _year(request.GET.get("year", ""), years)
    context = {"statement": _of_year(member, year), "year": year, "years": years}
    return show(request, "lending/statement.html", **context)


@require_POST
@member_page
def lending_statement_file(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    member = request.member  # type: ignore[attr-defined]
    year = _year(request.POST.get("year", ""), years_of(member, today()))
    membership = live_membership(member)
    scope = membership.union.path if membership else ""
    name = _("%(year)s 年借款对账单") % {"year": year}
    return _file(request, _of_year(member, year), name, None, scope)


@require_GET
@member_page
def loan_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One loan from its contract to today: all of it for the borrower, their share for a lender."""
    loan, share = _party(request, pk)
    statement = _of_loan(loan, share)
    return show(request, "lending/loan_statement.html", loan=loan, share=share, statement=statement)


@require_POST
@member_page
def loan_statement_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a file."""
    loan, share = _party(request, pk)
    name = _("借款对账单 %(number)s") % {"number": loan.number}
    return _file(request, _of_loan(loan, share), name, loan, loan.union.path)


def _party(request: HttpRequest, pk: int) -> tuple[Loan, Share | None]:
    member = request.member  # type: ignore[attr-defined]
    loan = access_party_loan(member, pk)
    return loan, share_of(loan, member)


def _of_loan(loan: Loan, share: Share | None) -> Statement:
    return statement_of_loan(
        loan, business_date(loan.signed_at or loan.drawn_at), today(), share=share
    )


def _of_year(member: Member, year: int) -> Statement:
    return statement_of_member(member, date(year, 1, 1), min(date(year, 12, 31), today()))


def _year(text: str, years: list[int]) -> int:
    """One of the years; the newest when none or another is named."""
    return next((year for year in years if str(year) == text), years[0])


def _file(
    request: HttpRequest, statement: Statement, name: str, loan: Loan | None, scope: str
) -> HttpResponse:
    kind = request.POST.get("kind")
    if kind == "xlsx":
        return download(papers.statement_xlsx(statement=statement), name, XLSX)
    if kind != "pdf":
        raise Http404
    owner = request.member.name  # type: ignore[attr-defined]
    return download(
        papers.statement_pdf(
            statement=statement,
            owner=owner,
            loan=loan,
            scope=scope,
            by=request.user,
            at=timezone.now(),
        ),
        name,
    )
