"""The contract as a document: issued, kept as it was set, proved whole, handed out."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import business_date
from core.documents import Issued, content_digest, issue_document
from core.errors import Refused
from core.formats import format_day
from core.masking import mask_account, mask_id
from core.models import DocumentRecord
from core.sentences import filled
from credit.lending.models import ContractCopy, Loan
from credit.lending.rules.accounts import PayeeAccount, grouped

TEMPLATE = "loan_contract"
KIND = "loan_contract"
SIGNED_KIND = "signed_loan_contract"
DOCUMENT_KINDS = {KIND: _("互助借款合同"), SIGNED_KIND: _("互助借款合同（签署件）")}


def issue_contract(
    *, title: str, data: Mapping[str, Any], kind: str, number: str | None, scope: str, at: datetime
) -> Issued:
    """Set and record a contract, in Chinese whatever language is on; inside a transaction."""
    with translation.override("zh-hans"):
        return issue_document(
            template_name=TEMPLATE,
            kind=kind,
            title=title,
            data=data,
            at=at,
            scope=scope,
            number=number,
        )


def sealed_content(title: str, data: Mapping[str, Any], at: datetime) -> str:
    """All from which a contract was set, to be sealed beside it."""
    return json.dumps(
        {"title": title, "issued_at": at.isoformat(), "data": data}, ensure_ascii=False
    )


def content_of(loan: Loan) -> dict[str, Any]:
    """What the contract says, whole: for its parties alone."""
    data: dict[str, Any] = json.loads(loan.sealed_contract)["data"]
    return data


def account_of(loan: Loan) -> PayeeAccount | None:
    """The account that the contract freezes; None for one that names none or is erased."""
    if loan.contract_erased_at is not None:
        return None
    kept = json.loads(loan.sealed_contract).get("data", {}).get("account")
    return PayeeAccount(**kept) if kept else None


def preview_of(loan: Loan) -> dict[str, Any]:
    """What the contract says with identity and account numbers masked, for a page."""
    data = content_of(loan)
    account = PayeeAccount(**data["account"])
    hidden = replace(account, number=mask_account(account.number))
    data["account"] = asdict(hidden)
    data["summary"] = [
        [label, text.replace(grouped(account.number), hidden.number)]
        for label, text in data["summary"]
    ]
    for party in (*data["parties"], *data["guarantors"]):
        party["identity_number"] = mask_id(party["identity_number"])
    return data


def keep_copy(loan: Loan, kind: str, issued: Issued) -> ContractCopy:
    """Keep the very bytes of an issued contract."""
    return ContractCopy.objects.create(
        loan=loan,
        kind=kind,
        record=issued.record,
        sealed_pdf=base64.b64encode(issued.pdf).decode("ascii"),
    )


def contract_pdf(loan: Loan) -> bytes:
    """The contract as a file: the signed copy once everybody has signed, else what waits to be.

    Raises:
        Refused: ``contract_erased``, after its years of keeping.
    """
    if loan.contract_erased_at is not None:
        raise Refused(
            "contract_erased",
            erased_words(loan),
            way_on=_("您自己留着的那份仍然可以核对防改码。"),
            loan=loan.pk,
        )
    copies = {copy.kind: copy for copy in loan.copies.order_by("pk")}
    copy = copies.get(ContractCopy.Kind.SIGNED) or copies[ContractCopy.Kind.UNSIGNED]
    return base64.b64decode(copy.sealed_pdf)


def erased_words(loan: Loan) -> str | Promise:
    """That a contract has been erased, and when; for one that has been."""
    assert loan.contract_erased_at is not None
    return filled(
        _("合同 %(number)s 保存期满，内容和文件已在%(day)s删除，编号、签字时间和防改码还留着。"),
        number=loan.number,
        day=format_day(business_date(loan.contract_erased_at)),
    )


def check_whole(loan: Loan) -> None:
    """Let only a contract pass that is, file and content, what was drawn.

    Raises:
        Refused: ``contract_changed``.
    """
    copy = loan.copies.select_related("record").get(kind=ContractCopy.Kind.UNSIGNED)
    file_hash = hashlib.sha256(base64.b64decode(copy.sealed_pdf)).hexdigest()
    hashes = {file_hash, loan.contract_sha256, copy.record.sha256}
    if len(hashes) > 1 or _content_hash(loan) != copy.record.content_sha256:
        raise Refused(
            "contract_changed",
            _("合同 %(number)s 的文件和起草时不一致，不能签字。") % {"number": loan.number},
            way_on=_("请告诉工会，取消后重新起草。"),
            loan=loan.pk,
        )


def _content_hash(loan: Loan) -> str:
    kept = json.loads(loan.sealed_contract)
    at = datetime.fromisoformat(kept["issued_at"])
    content = {"number": loan.number, "title": kept["title"], "issued_at": at}
    return content_digest({**kept["data"], **content})


def record_of(loan: Loan) -> DocumentRecord:
    """The row by which anybody can verify the file that ``contract_pdf`` hands out."""
    return loan.copies.select_related("record").order_by("-pk")[0].record
