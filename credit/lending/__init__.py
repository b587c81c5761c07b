"""Members lend to members: requests, convening, contracts, delivery, repayment, close of day."""
