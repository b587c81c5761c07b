"""Asking for money: question by question, mended, refused, taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from credit.lending.models import LoanRequest, RequestDraft
from credit.lending.services import requests, reviewing
from tests.lending_story import Story

ACCOUNT = {
    "account_holder": "王秋实",
    "account_bank": "农业银行双城支行",
    "account_number": "6228 4804 0256 4890 018",
}
ANSWERS = [
    ("purpose", {"purpose": "fertiliser"}),
    ("detail", {"purpose_note": "三十亩玉米追肥"}),
    ("amount", {"amount": "12,000"}),
    ("when", {"wanted_on": "2026-05-25"}),
    ("method", {"method": "bullet"}),
    ("term", {"term_months": "6"}),
    ("rate", {"rate_percent": "8"}),
    ("payee", {"payee": "borrower"}),
    ("account", ACCOUNT),
]


def answer_all(client: Any, until: str = "") -> Any:
    """Answer one question after the other, up to and without ``until``."""
    response = None
    for step, given in ANSWERS:
        if step == until:
            break
        response = client.post(reverse("ask_step", args=[step]), given)
        assert response.status_code == 302, (step, response.content.decode()[-3000:])
    return response


def test_question_by_question_until_the_request_is_sent(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    assert "开始填写" in client.get(reverse("ask_for_money")).content.decode()
    for step, given in ANSWERS:
        url = reverse("ask_step", args=[step])
        assert client.get(url).status_code == 200
        client.post(url, given)
    page = client.get(reverse("ask_check")).content.decode()
    assert "一共付利息 483.95 元，连本金还 12,483.95 元。" in page
    assert "人民币壹万贰仟元整" in page
    response = client.post(reverse("ask_check"), {"own_use": "on"})
    request = LoanRequest.objects.get()
    assert response.url == reverse("my_request", args=[request.pk])
    assert request.amount == Decimal("12000.00")
    assert request.highest_rate == Decimal("0.08")
    assert not RequestDraft.objects.exists()


def test_a_break_keeps_the_answers(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="when")
    page = client.get(reverse("ask_for_money")).content.decode()
    assert "接着填" in page
    assert reverse("ask_step", args=["when"]) in page
    later = client.get(reverse("ask_step", args=["rate"]))
    assert later.url == reverse("ask_step", args=["when"])


def test_harvest_dates_instead_of_a_term(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="method")
    chosen = client.post(reverse("ask_step", args=["method"]), {"method": "custom"})
    assert chosen.url == reverse("ask_step", args=["dates"])
    assert client.get(chosen.url).status_code == 200
    rows = {"form-TOTAL_FORMS": "4", "form-INITIAL_FORMS": "0"}
    rows |= {"form-0-on": "2026-10-10", "form-0-principal": "8000"}
    rows |= {"form-1-on": "2026-11-20", "form-1-principal": "4000"}
    for n in (2, 3):
        rows |= {f"form-{n}-on": "", f"form-{n}-principal": ""}
    assert client.post(chosen.url, rows).url == reverse("ask_step", args=["rate"])
    assert client.get(chosen.url).status_code == 200
    client.post(reverse("ask_step", args=["rate"]), {"rate_percent": "8"})
    client.post(reverse("ask_step", args=["payee"]), {"payee": "borrower"})
    client.post(reverse("ask_step", args=["account"]), ACCOUNT)
    client.post(reverse("ask_check"), {"own_use": "on"})
    request = LoanRequest.objects.get()
    assert request.custom_due == [
        {"on": "2026-10-10", "principal": "8000.00"},
        {"on": "2026-11-20", "principal": "4000.00"},
    ]


def test_a_day_without_an_amount_is_asked_for(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="method")
    client.post(reverse("ask_step", args=["method"]), {"method": "custom"})
    rows = {"form-TOTAL_FORMS": "4", "form-INITIAL_FORMS": "0", "form-0-on": "2026-10-10"}
    response = client.post(reverse("ask_step", args=["dates"]), rows)
    assert response.status_code == 422
    assert "这天还多少本金" in response.content.decode()


def test_the_quote_answers_htmx_and_a_button_alike(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="rate")
    url = reverse("ask_step", args=["rate"])
    part = client.get(url, {"rate_percent": "8"}, headers={"HX-Request": "true"})
    page = client.post(url, {"rate_percent": "8", "quote": "1"})
    assert page.status_code == 200
    for text in ("¥483.95", "¥12,483.95", "11月25日（周三） 还"):
        assert text in part.content.decode()
        assert text in page.content.decode()
    assert "<html" not in part.content.decode()
    assert "highest_rate" not in RequestDraft.objects.get().answers


def test_a_rate_above_the_ceiling_is_refused_with_numbers(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client)
    client.post(reverse("ask_step", args=["rate"]), {"rate_percent": "13"})
    response = client.post(reverse("ask_check"), {"own_use": "on"})
    assert response.status_code == 422
    assert "12" in response.content.decode()
    assert "现在还不能提交" in response.content.decode()
    assert not LoanRequest.objects.exists()


def test_too_much_is_refused_with_rule_numbers_and_way_on(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client)
    client.post(reverse("ask_step", args=["amount"]), {"amount": "150000"})
    page = client.post(reverse("ask_check"), {"own_use": "on"})
    assert page.status_code == 422
    assert "100,000" in page.content.decode()
    assert "way-on" in page.content.decode()


def test_without_the_promise_nothing_is_sent(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client)
    response = client.post(reverse("ask_check"))
    assert response.status_code == 422
    assert "请先确认这一条" in response.content.decode()
    assert not LoanRequest.objects.exists()


def test_a_supplier_needs_a_name(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="payee")
    url = reverse("ask_step", args=["payee"])
    assert client.post(url, {"payee": "supplier"}).status_code == 422
    assert client.post(url, {"payee": "supplier", "payee_name": "丰收农资店"}).status_code == 302


def answered(client: Any, **change: str) -> Any:
    """The page that answers an account."""
    return client.post(reverse("ask_step", args=["account"]), ACCOUNT | change)


def test_the_account_must_be_the_payee_s(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="account")
    page = client.get(reverse("ask_step", args=["account"])).content.decode()
    assert 'value="王秋实"' in page
    other = answered(client, account_holder="王大海")
    assert other.status_code == 422
    assert "收款方是王秋实，户名填的是王大海" in other.content.decode()
    assert "请换成收款方自己名下的账户" in other.content.decode()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("6228 4804 O256 4890 018", "账号只有数字"),
        ("1234567", "账号是 8 到 30 位数字，您填了 7 位。"),
        ("6228480402564890019", "和银行卡的校验位对不上"),
    ],
)
def test_a_number_that_cannot_be_is_asked_for_again(
    story: Story, as_member: Any, number: str, words: str
) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="account")
    response = answered(client, account_number=number)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_doubtful_number_passes_once_it_was_looked_at_again(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client, until="account")
    response = answered(client, account_number="6228480402564890019", checked="on")
    assert response.url == reverse("ask_check")
    assert RequestDraft.objects.get().account_number == "6228480402564890019"
    assert "checked" not in RequestDraft.objects.get().answers


def test_another_payee_asks_for_another_account(story: Story, as_member: Any) -> None:
    client = as_member(story.borrower)
    answer_all(client)
    payee = reverse("ask_step", args=["payee"])
    again = client.post(payee, {"payee": "borrower"})
    assert again.url == reverse("ask_check")
    moved = client.post(payee, {"payee": "supplier", "payee_name": "丰收农资店"})
    assert moved.url == reverse("ask_step", args=["account"])
    page = client.get(moved.url).content.decode()
    assert 'value="丰收农资店"' in page
    assert "6228" not in page


def test_the_account_of_the_last_request_is_offered(story: Story, as_member: Any) -> None:
    request = story.asked()
    requests.withdraw_request(request_id=request.pk, by=story.borrower.member.user, at=story.at)
    client = as_member(story.borrower)
    answer_all(client, until="account")
    page = client.get(reverse("ask_step", args=["account"])).content.decode()
    assert 'value="6228480402564890018"' in page
    assert 'value="农业银行双城支行"' in page


def test_one_request_at_a_time(story: Story, as_member: Any) -> None:
    request = story.asked()
    client = as_member(story.borrower)
    assert client.get(reverse("ask_for_money")).url == reverse("my_request", args=[request.pk])
    assert client.get(reverse("ask_check")).url == reverse("ask_for_money")


@pytest.mark.parametrize("trait", ["waiting", "suspended"])
def test_who_may_not_borrow_learns_why(story: Story, as_member: Any, trait: str) -> None:
    row = story.borrower
    if trait == "waiting":
        row.waiting_ends_on = story.today.replace(month=11)
    else:
        row.state = "suspended"
    row.save()
    page = as_member(row).get(reverse("ask_for_money")).content.decode()
    assert "why-not" in page
    assert "开始填写" not in page
    assert as_member(row).get(reverse("ask_step", args=["purpose"])).status_code == 302


def test_a_returned_request_is_mended_and_sent_again(story: Story, as_member: Any) -> None:
    request = story.asked()
    reviewing.return_request(
        request_id=request.pk, reason="请写清要多少袋。", by=story.convener, at=story.at
    )
    client = as_member(story.borrower)
    page = client.get(reverse("my_request", args=[request.pk])).content.decode()
    assert "请写清要多少袋。" in page
    assert client.post(reverse("my_request_edit", args=[request.pk])).url == reverse("ask_check")
    url = reverse("ask_step", args=["detail"])
    client.post(f"{url}?again=1", {"purpose_note": "尿素四十袋"})
    response = client.post(reverse("ask_check"), {"own_use": "on"})
    assert response.url == reverse("my_request", args=[request.pk])
    request.refresh_from_db()
    assert (request.state, request.purpose_note) == ("submitted", "尿素四十袋")


def test_a_refused_request_says_why_and_what_next(story: Story, as_member: Any) -> None:
    request = story.asked()
    reviewing.refuse_request(
        request_id=request.pk, reason="用途不是生产。", by=story.convener, at=story.at
    )
    page = as_member(story.borrower).get(reverse("my_request", args=[request.pk]))
    assert "用途不是生产。" in page.content.decode()
    assert "换个办法再申请" in page.content.decode()


def test_withdrawing_asks_first(story: Story, as_member: Any) -> None:
    request = story.asked()
    client = as_member(story.borrower)
    url = reverse("my_request_withdraw", args=[request.pk])
    assert "能不能反悔" in client.get(url).content.decode()
    request.refresh_from_db()
    assert request.state == "submitted"
    assert client.post(url).status_code == 302
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert client.get(url).status_code == 404
    again = client.post(url)
    assert again.status_code == 422
    assert "why-not" in again.content.decode()


def test_names_are_masked_until_the_contract(story: Story, as_member: Any) -> None:
    request = story.asked()
    pledges = story.convened(request)
    lender = as_member(story.lenders[0])
    lender.post(reverse("invitation_pledge", args=[pledges[0].pk]), {"amount": "8000"})
    page = as_member(story.borrower).get(reverse("my_request", args=[request.pk]))
    text = page.content.decode()
    assert "李*梅" in text
    assert "李春梅" not in text
    assert "4,000 元" in text


def test_others_do_not_see_a_request(story: Story, as_member: Any, client: Any) -> None:
    request = story.asked()
    for name in ("my_request", "my_request_withdraw", "my_request_edit"):
        url = reverse(name, args=[request.pk])
        for other in (story.stranger, story.outsider, story.lenders[0]):
            assert as_member(other).get(url).status_code == 404
            assert as_member(other).post(url).status_code in (404, 405)
        assert client.get(url).status_code == 302
    request.refresh_from_db()
    assert request.state == "submitted"
