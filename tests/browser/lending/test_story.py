"""A mutual loan from the first question to the last yuan, on phones, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.dates import today
from credit.lending.models import Loan, LoanRequest, Repayment
from tests.browser.lending.look import fits
from tests.browser.steps import follow, quoted
from tests.lending_story import Story, lending_story
from tests.phones import Phones

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story() -> Story:
    """Borrower, two lenders, officers; the clock is the real one."""
    return lending_story()


class Walk:
    """One page in which one member after the other signs in, and every page is looked at."""

    def __init__(self, page: Page, signed_in: Any, enter: Any, look: Callable[[str], None]) -> None:
        self.page, self.signed_in, self.enter, self.look = page, signed_in, enter, look

    def as_(self, membership: Any, address: str) -> None:
        """Go on as this member, at an address."""
        self.enter(self.page, self.signed_in(membership.member.user))
        self.page.goto(address)

    def press(self, name: str) -> None:
        """Press the button or link of this name, and wait for the page that it opens."""
        page = self.page
        button = page.get_by_role("button", name=name, exact=True)
        follow(button.or_(page.get_by_role("link", name=name, exact=True)).first)

    def sees(self, text: str) -> None:
        """Wait until the page shows a text."""
        expect(self.page.locator("main")).to_contain_text(text)


def ask(walk: Walk, story: Story) -> LoanRequest:
    """The borrower answers question after question and sends the request."""
    page = walk.page
    walk.as_(story.borrower, reverse("home"))
    walk.look("home")
    follow(page.get_by_role("link", name="我要借款").first)
    walk.sees("借款要走五步")
    walk.look("ask-start")
    walk.press("开始填写")
    walk.look("ask-purpose")
    page.get_by_text("买化肥农药", exact=True).check()
    walk.press("下一步")
    walk.look("ask-detail")
    page.get_by_label("具体做什么").fill("三十亩玉米追肥，要尿素四十袋")
    walk.press("下一步")
    walk.look("ask-amount")
    page.get_by_label("要借多少").fill("12000")
    walk.press("下一步")
    walk.look("ask-when")
    page.get_by_label("哪天要用").fill(today().isoformat())
    walk.press("下一步")
    walk.look("ask-method")
    page.get_by_text("到期还本付息", exact=True).check()
    walk.press("下一步")
    walk.look("ask-term")
    page.get_by_label("借几个月").fill("6")
    walk.press("下一步")
    quoted(page.get_by_label("最高愿意付多少利息"), "8")
    expect(page.locator("#quote")).to_contain_text("一共付利息")
    walk.look("ask-rate")
    walk.press("下一步")
    walk.look("ask-payee")
    page.get_by_text("直接转给借款人", exact=True).check()
    walk.press("下一步")
    walk.look("ask-account")
    page.get_by_label("开户行").fill("农业银行双城支行")
    page.get_by_label("账号").first.fill("6228 4804 0256 4890 019")
    walk.press("下一步")
    walk.sees("和银行卡的校验位对不上")
    walk.look("ask-account-doubtful")
    page.get_by_label("账号", exact=True).fill("6228 4804 0256 4890 018")
    walk.press("下一步")
    walk.sees("请核对，再提交")
    walk.sees("王秋实，农业银行双城支行，6228 4804 0256 4890 018")
    walk.look("ask-check")
    page.get_by_label("钱只用在上面写的地方，不转借给别人").check()
    walk.press("提交申请")
    walk.sees("申请已经送到工会")
    walk.look("request")
    return LoanRequest.objects.get()


def lend(walk: Walk, story: Story, request: LoanRequest) -> Loan:
    """Both lenders promise their part; the officer draws the contract."""
    page = walk.page
    walk.as_(story.stranger, reverse("spare_money"))
    walk.look("spare-form")
    page.get_by_label("有多少钱暂时用不上").fill("30000")
    page.get_by_label("这是我自己的钱").check()
    walk.press("登记余钱")
    walk.sees("已登记")
    walk.look("spare")
    for pledge, amount in zip(story.convened(request), ("8000", "4000"), strict=True):
        walk.as_(pledge.membership, reverse("home"))
        walk.sees("回个话")
        follow(page.get_by_role("link", name="回个话"))
        quoted(page.get_by_label("您愿意借多少"), amount)
        expect(page.locator("#quote")).to_contain_text("按时还清一共还给您")
        walk.look("invitation")
        walk.press("答应借出")
        walk.sees("您答应借")
        walk.look("pledged")
    walk.as_(story.borrower, reverse("my_request", args=[request.pk]))
    walk.sees("已经凑齐")
    walk.look("covered")
    return story.drawn(request)


def sign(walk: Walk, story: Story, loan: Loan, phones: Phones) -> None:
    """Everybody signs with a code."""
    page = walk.page
    for party in (story.borrower, *story.lenders):
        walk.as_(party, reverse("home"))
        follow(page.get_by_role("link", name="签互助借款合同"))
        walk.sees("合同说了什么")
        walk.look("sign")
        walk.press("看过了，发验证码")
        expect(page.get_by_label("短信里的 6 位数字")).to_be_visible()
        walk.look("sign-code")
        page.get_by_label("短信里的 6 位数字").fill(phones.code)
        walk.press("签字")
        walk.sees("签好了")
        walk.look("signed")
    loan.refresh_from_db()
    assert loan.state == "signed"


def deliver(walk: Walk, story: Story, loan: Loan) -> None:
    """Each lender transfers, the borrower confirms."""
    page = walk.page
    for share in story.shares(loan):
        walk.as_(share.membership, reverse("home"))
        follow(page.get_by_role("link", name="转给王秋实"))
        walk.look("transfer")
        number = page.locator(".account-number")
        expect(number).to_be_visible()
        assert number.evaluate("n => n.textContent") == "6228480402564890018"
        page.get_by_label("银行流水号").fill(f"ICBC{share.pk:08d}")
        walk.press("我已经转了，登记")
        walk.sees("等借款人确认到账")
        walk.look("transferred")
        walk.sees("尾号 0018")
        expect(number).to_have_count(0)
        walk.as_(story.borrower, reverse("home"))
        follow(page.get_by_role("link", name="确认收到").first)
        walk.look("arrival")
        follow(page.get_by_role("button", name="确认收到"))
        walk.sees("还款计划")
    walk.look("loan")
    walk.as_(story.lenders[0], reverse("lent_share", args=[story.shares(loan)[0].pk]))
    walk.sees("该还您的")
    walk.look("share")


def pay_back(walk: Walk, story: Story, loan: Loan) -> None:
    """The borrower pays everybody off at once, the lenders confirm, the loan is settled."""
    page = walk.page
    walk.as_(story.borrower, reverse("loan_payoff", args=[loan.pk]))
    walk.look("payoff")
    walk.press("去还款")
    walk.look("repay")
    follow(page.get_by_role("link", name="李春梅"))
    walk.sees("还给李春梅")
    quoted(page.get_by_label("转了多少"), "8000")
    expect(page.locator("#quote")).to_contain_text("¥8,000.00")
    walk.look("repay-one")
    walk.press("我已经转了，登记")
    walk.sees("等对方确认")
    walk.look("repayment")
    walk.as_(story.borrower, reverse("repay", args=[loan.pk]))
    follow(page.get_by_role("link", name="赵铁柱"))
    page.get_by_label("转了多少").fill("4000")
    walk.press("我已经转了，登记")
    walk.sees("等对方确认")
    for row in Repayment.objects.order_by("pk"):
        walk.as_(row.share.membership, reverse("repayment", args=[row.pk]))
        walk.look("confirm-repayment")
        follow(page.get_by_role("button", name="确认").first)
        walk.sees("已确认，收据开好了")
        walk.look("repaid")
    walk.as_(story.borrower, reverse("loan", args=[loan.pk]))
    walk.sees("已经还清")
    walk.look("settled")
    walk.as_(story.borrower, reverse("my_lending"))
    walk.look("mine")
    walk.as_(story.borrower, reverse("credit"))
    walk.look("credit")


def whole_story(walk: Walk, story: Story, phones: Phones) -> None:
    """From the question to the last yuan."""
    request = ask(walk, story)
    loan = lend(walk, story, request)
    sign(walk, story, loan, phones)
    deliver(walk, story, loan)
    pay_back(walk, story, loan)
    loan.refresh_from_db()
    assert loan.state == "settled"


def test_a_loan_from_question_to_last_yuan(
    phone: Page, story: Story, signed_in: Any, enter: Any, accessible: Any, phones: Phones
) -> None:
    seen: set[str] = set()

    def look(name: str) -> None:
        fits(phone, None if name in seen else accessible, name)
        seen.add(name)

    whole_story(Walk(phone, signed_in, enter, look), story, phones)


def test_the_same_without_scripts(
    phone_without_js: Page, story: Story, signed_in: Any, enter: Any, phones: Phones
) -> None:
    whole_story(Walk(phone_without_js, signed_in, enter, lambda name: None), story, phones)
