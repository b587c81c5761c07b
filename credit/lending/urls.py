"""Addresses of the members' pages of lending, under ``/credit/``."""

from django.urls import URLPattern, URLResolver, path

from credit.lending.views import (
    asking,
    contracts,
    costs,
    delivery,
    extending,
    hand_backs,
    inviting,
    loans,
    overview,
    place,
    repaying,
    requests,
    spare,
    statements,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", place.credit, name="credit"),
    path("mine/", overview.my_lending, name="my_lending"),
    path("statement/", statements.lending_statement, name="lending_statement"),
    path("statement/file/", statements.lending_statement_file, name="lending_statement_file"),
    # spare money
    path("spare-money/", spare.spare_money, name="spare_money"),
    path("spare-money/change/", spare.change_spare_money, name="spare_money_change"),
    path("spare-money/withdraw/", spare.withdraw_spare_money, name="spare_money_withdraw"),
    # asking
    path("ask/", asking.ask_for_money, name="ask_for_money"),
    path("ask/check/", asking.ask_check, name="ask_check"),
    path("ask/<slug:step>/", asking.ask_step, name="ask_step"),
    path("requests/<int:pk>/", requests.my_request, name="my_request"),
    path("requests/<int:pk>/edit/", requests.edit_request, name="my_request_edit"),
    path("requests/<int:pk>/withdraw/", requests.withdraw_request, name="my_request_withdraw"),
    # answering
    path("invitations/<int:pk>/", inviting.invitation, name="invitation"),
    path("invitations/<int:pk>/pledge/", inviting.pledge_money, name="invitation_pledge"),
    path("invitations/<int:pk>/decline/", inviting.decline_invitation, name="invitation_decline"),
    path("invitations/<int:pk>/release/", inviting.release_money, name="invitation_release"),
    # the contract
    path("loans/<int:pk>/sign/", contracts.sign_contract, name="sign_contract"),
    path("loans/<int:pk>/sign/code/", contracts.send_signing_code, name="sign_contract_code"),
    path("loans/<int:pk>/contract/", contracts.contract_file, name="contract_file"),
    path("loans/<int:pk>/cancel/", contracts.cancel_contract, name="contract_cancel"),
    # the transfer
    path("shares/<int:pk>/transfer/", delivery.transfer, name="transfer"),
    path("shares/<int:pk>/transfer/take-back/", delivery.take_back, name="transfer_take_back"),
    path("shares/<int:pk>/arrival/", delivery.arrival, name="arrival"),
    path("shares/<int:pk>/arrival/amount/", delivery.amount_differs, name="arrival_amount"),
    path("shares/<int:pk>/arrival/dispute/", delivery.not_arrived, name="arrival_dispute"),
    path("hand-backs/<int:pk>/", hand_backs.hand_back, name="hand_back"),
    path("hand-backs/<int:pk>/confirm/", hand_backs.confirm, name="hand_back_confirm"),
    path("hand-backs/<int:pk>/deny/", hand_backs.deny, name="hand_back_deny"),
    # the running loan
    path("loans/<int:pk>/", loans.loan, name="loan"),
    path("loans/<int:pk>/payoff/", loans.payoff, name="loan_payoff"),
    path("loans/<int:pk>/repay/", repaying.repay, name="repay"),
    path("loans/<int:pk>/extend/", extending.ask_for_extension, name="ask_extension"),
    path("loans/<int:pk>/statement/", statements.loan_statement, name="loan_statement"),
    path(
        "loans/<int:pk>/statement/file/", statements.loan_statement_file, name="loan_statement_file"
    ),
    path("shares/<int:pk>/", loans.lent_share, name="lent_share"),
    path("shares/<int:pk>/received/", repaying.received, name="repayment_received"),
    path("shares/<int:pk>/return/", repaying.return_overpaid, name="return_overpaid"),
    path("repayments/<int:pk>/", repaying.repayment, name="repayment"),
    path("repayments/<int:pk>/confirm/", repaying.confirm, name="repayment_confirm"),
    path("repayments/<int:pk>/dispute/", repaying.dispute, name="repayment_dispute"),
    path("repayments/<int:pk>/withdraw/", repaying.withdraw, name="repayment_withdraw"),
    path("repayments/<int:pk>/receipt/", repaying.receipt, name="repayment_receipt"),
    path("costs/<int:pk>/", costs.cost, name="cost"),
    path("costs/<int:pk>/object/", costs.object_to, name="cost_object"),
    path("extensions/<int:pk>/", extending.extension, name="extension"),
    path("extensions/<int:pk>/withdraw/", extending.withdraw, name="extension_withdraw"),
]
