"""Who owns what: the ledger, accounts and positions."""
