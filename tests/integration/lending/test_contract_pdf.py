"""The contract as a document: complete, Chinese, verifiable, the same bytes for the same content."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from cooperative.notices.models import Notice
from core.documents import content_digest, render_pdf
from core.documents.register import document_head
from core.errors import Refused
from credit.lending.models import ContractCopy, Loan
from credit.lending.services import contract_files, contracts
from tests.factories.contracting import AT, covered_case, drawn_case, rules_in_force, signed_case
from tests.factories.membership import VillageFactory
from tests.pdf import fonts_of, forbidden_words, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules() -> None:
    rules_in_force()


def test_the_pdf_says_everything_that_binds():
    case = covered_case(
        "5000.50", "6999.50", purpose_note="玉米追肥", method="equal_principal", term_months=3
    )
    village = VillageFactory(name="同兴村村委会", parent__name="幸福镇")
    case.borrower.member.division = village
    case.borrower.member.save()
    loan = case.draw()
    pdf = contracts.contract_pdf(loan)
    text = text_of(pdf)
    for party in case.parties:
        assert party.member.name in text
        assert party.member.identity_number in text
    for words in (
        loan.number,
        case.request.membership.union.name,
        "幸福镇同兴村",
        "12,000.00元（人民币壹万贰仟元整）",
        "5,000.50元（人民币伍仟元伍角）",
        "6,999.50元（人民币陆仟玖佰玖拾玖元伍角）",
        "买化肥农药：玉米追肥",
        "年利率为6.00%",
        "一年期贷款市场报价利率为3.00%（2026年5月20日公布）",
        "4倍，即法律保护的利率上限，为12.00%",
        "到账当天计息，还款当天不计息",
        "按实际天数计算，一年按三百六十五天",
        "自到账之日起按当日的上限计息",
        "按年利率6.00%计算逾期利息",
        "一、实现债权的有关费用；二、利息（含逾期利息）；三、本金（民法典第五百六十一条）",
        "利息只算到实际还款之日，不收违约金和手续费",
        "不转借他人",
        "自己的自有资金",
        "这笔借款无担保",
        "没有在“担保人”处签字的人，不是担保人",
        "工会和平台不收取、不保管、不划转任何款项，不提供担保，不承诺还款",
        "向借款人住所地的人民法院起诉",
        "和手写签名有同等效力",
        "在2026年5月27日以前（含当日）签完字",
        "全部签字后，各出借人应在7日内",
        "2026年8月20日到期；还款方式：等额本金",
        f"户名：{case.borrower.member.name}；开户行：农业银行双城支行；账号：6228480402564890018",
        "出借人只转入“要点”所列收款账户",
    ):
        assert words in text, words
    for role in ("借款人", "出借人一", "出借人二"):
        assert re.search(rf"{role}王秋.签字日期", text), role
    assert forbidden_words(pdf) == []
    assert fonts_of(pdf)
    assert all(fonts_of(pdf).values())


def test_the_pdf_carries_a_schedule_for_each_lender_and_one_for_the_borrower():
    case = drawn_case("5000.00", "7000.00", method="equal_principal", term_months=3)
    text = text_of(contracts.contract_pdf(case.loan))
    # 5 000 × 6 % × 31 / 365 = 25.48; 7 000 × 6 % × 31 / 365 = 35.67
    assert "12026年6月20日1,666.6725.481,692.15" in text
    assert "12026年6月20日2,333.3335.672,369.00" in text
    assert "12026年6月20日4,000.0061.154,061.15" in text
    assert "合计5,000.00" in text
    assert "合计12,000.00" in text


def test_a_supplier_is_named_as_payee():
    case = drawn_case(payee="supplier", payee_name="兴农农资店")
    text = text_of(contracts.contract_pdf(case.loan))
    assert "借款人委托各出借人" in text
    assert "供货商“兴农农资店”" in text
    assert "转入借款人本人的银行账户" not in text


def test_the_hash_is_that_of_the_file_that_was_kept():
    loan = drawn_case().loan
    pdf = contracts.contract_pdf(loan)
    assert hashlib.sha256(pdf).hexdigest() == loan.contract_sha256
    contract_files.check_whole(Loan.objects.get(pk=loan.pk))


def test_the_same_content_sets_the_same_bytes_again():
    loan = drawn_case().loan
    record = contracts.record_of(loan)
    data = contract_files.content_of(loan)
    with translation.override("zh-hans"):
        head = document_head(
            number=loan.number, title="互助借款合同", digest=record.content_sha256, at=AT
        )
        again = render_pdf("loan_contract", {**data, "document": head})
    assert again == contracts.contract_pdf(loan)


def test_an_officer_who_reads_english_draws_the_same_chinese_contract():
    case = covered_case()
    with translation.override("en"):
        loan = case.draw()
    told = Notice.objects.get(
        kind="lending.contract_drawn", person=f"member:{case.borrower.member_id}"
    )
    assert told.title == f"合同 {loan.number} 已经起草，请在2026年5月27日（周三）以前看清并签字。"
    text = text_of(contracts.contract_pdf(loan))
    assert "第1页，共" in text
    assert "还款方式：到期还本付息" in text
    assert "Page" not in text


def test_the_digest_binds_every_word():
    loan = drawn_case().loan
    data = contract_files.content_of(loan)
    changed = {**data, "articles": data["articles"][:-1]}
    assert content_digest(data) != content_digest(changed)


def test_anybody_can_verify_the_contract_by_its_number():
    loan = drawn_case().loan
    page = Client().get(f"/verify/{loan.number}/")
    assert page.status_code == 200
    assert "互助借款合同" in page.content.decode()
    assert loan.membership.member.name not in page.content.decode()


def test_a_preview_masks_identity_and_account_numbers():
    case = drawn_case()
    shown = str(contracts.preview_of(case.loan))
    assert "6228" not in shown
    assert shown.count("***************0018") == 2
    for party in case.parties:
        assert party.member.identity_number not in shown
        assert party.member.name in shown


def test_neither_content_nor_file_lies_readable_in_the_database():
    case = drawn_case()
    number = case.borrower.member.identity_number
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_contract FROM lending_loan")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT sealed_pdf FROM lending_contractcopy")
        (kept,) = cursor.fetchone()
    assert number not in stored
    assert not kept.startswith("JVBERi")


def test_the_signed_copy_says_who_signed_which_file_when_and_how():
    case = signed_case()
    pdf = contracts.contract_pdf(case.loan)
    text = text_of(pdf)
    assert "互助借款合同（签署件）" in text
    assert "第十五条" in text
    assert case.loan.contract_sha256 in text
    for party, role in zip(case.parties, ("借款人", "出借人一", "出借人二"), strict=True):
        line = f"{role}{party.member.name}2026年5月20日（周三）12:00{party.member.user.phone[-4:]}"
        assert line in text
    assert "192.0.2.7安卓手机" in text
    assert forbidden_words(pdf) == []
    assert all(fonts_of(pdf).values())


def test_both_copies_can_be_verified_and_stay_as_they_were():
    case = signed_case()
    unsigned, signed = ContractCopy.objects.order_by("pk")
    assert (unsigned.kind, signed.kind) == ("unsigned", "signed")
    assert unsigned.record.number == case.loan.number
    assert unsigned.record.sha256 == case.loan.contract_sha256
    assert signed.record.number != case.loan.number
    assert hashlib.sha256(contracts.contract_pdf(case.loan)).hexdigest() == signed.record.sha256
    page = Client().get(f"/verify/{signed.record.number}/").content.decode()
    assert "互助借款合同（签署件）" in page


@pytest.mark.parametrize("column", ["sealed_contract", "file"])
def test_a_contract_that_is_not_what_was_drawn_is_noticed(column):
    loan = drawn_case().loan
    if column == "file":
        ContractCopy.objects.filter(loan=loan).update(sealed_pdf="JVBERg==")
    else:
        loan.sealed_contract = loan.sealed_contract.replace("6.00%", "5.00%")
        loan.save(update_fields=["sealed_contract"])
    with pytest.raises(Refused) as caught:
        contract_files.check_whole(Loan.objects.get(pk=loan.pk))
    assert caught.value.code == "contract_changed"
