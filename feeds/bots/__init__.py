"""Bots that trade on a running lab over its topics, as anybody's would."""
