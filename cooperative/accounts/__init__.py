"""Who signs in: accounts, phone codes, second factors, sessions."""
