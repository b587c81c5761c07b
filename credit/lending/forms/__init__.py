"""Short forms of the members' pages of lending; the rules are the services'."""

from credit.lending.forms.asking import ASK_FORMS, AccountForm, AskForm, DeclareForm, HarvestFormSet
from credit.lending.forms.lending import (
    CodeForm,
    DeclineForm,
    PledgeForm,
    ReasonForm,
    SpareMoneyForm,
)
from credit.lending.forms.paying import (
    ArrivalForm,
    ArrivedAmountForm,
    ExtensionForm,
    PayoffForm,
    RepaymentForm,
    ReturnForm,
    SplitForm,
    TransferForm,
)

__all__ = [
    "ASK_FORMS",
    "AccountForm",
    "ArrivalForm",
    "ArrivedAmountForm",
    "AskForm",
    "CodeForm",
    "DeclareForm",
    "DeclineForm",
    "ExtensionForm",
    "HarvestFormSet",
    "PayoffForm",
    "PledgeForm",
    "ReasonForm",
    "RepaymentForm",
    "ReturnForm",
    "SpareMoneyForm",
    "SplitForm",
    "TransferForm",
]
