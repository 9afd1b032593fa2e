"""How often an account may speak: a bucket of whole and broken tokens (O19)."""

from fractions import Fraction
from math import ceil

from engine.core.command import AnyCommand, CancelAll, CancelAllAfter, CancelOrder, Deposit
from tests.support.naive.state import State


def wait_for_token(state: State, command: AnyCommand) -> int | None:
    """Take a token, or tell after how many microseconds there will be one."""
    terms, account = state.rules.orders, getattr(command, "account", None)
    if terms.rate == 0 or account not in state.accounts or isinstance(command, Deposit):
        return None
    tokens, since = state.tokens.get(account, (Fraction(terms.burst), state.now))
    tokens = min(Fraction(terms.burst), tokens + Fraction(terms.rate, 10**6) * (state.now - since))
    least = 1 - terms.burst if isinstance(command, CancelOrder | CancelAll | CancelAllAfter) else 1
    if tokens < least:
        return ceil((least - tokens) / Fraction(terms.rate, 10**6))
    state.tokens[account] = tokens - 1, state.now
    return None
