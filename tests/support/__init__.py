"""What the tests share: small venues, seeded commands and the slow exchange."""
