"""The memorandum book: who owes whom, what moved, with which evidence; append-only."""
