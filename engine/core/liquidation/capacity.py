"""How much an insurance fund may still lose in a step (L23).

Sources: Bybit, docs/v5/market/adl-alert (a draw-down of 30 % of the peak of 8 h, until 25 %); OKX,
"insurance fund" (30 % within 8 h); Extended, docs (5 % a day); dYdX v4, x/clob (so much for an
account, losses counted without gains).
"""

import msgspec

from engine.core.liquidation.case import Case
from engine.core.money import PPM
from engine.core.state.fund import DAY_US, FundTrack
from engine.core.state.venue import State


class Capacity(msgspec.Struct):
    """`cash` limits what is lost less what is won, `gross`, if there is one, what is lost."""

    cash: int
    gross: int | None = None
    track: FundTrack | None = None

    def bears(self, gap: int) -> bool:
        """Say whether a further loss fits, or gain."""
        return gap <= self.cash and (self.gross is None or gap <= self.gross)

    def spend(self, gap: int) -> None:
        """Take a loss or gain into account."""
        self.cash -= gap
        if self.gross is not None:
            self.gross -= max(0, gap)

    def ran_out(self) -> None:
        """Note that a lot did not fit: where the draw-down was the limit, the fund stops."""
        if self.track is not None:
            self.track.stopped = True


def of_fund(state: State, case: Case, contract: str) -> Capacity:
    """Return what the fund of a contract may lose now, for this liquidation."""
    terms, key = state.rules.fund, state.fund_key(contract)
    cash = state.balance(key)
    gross = terms.account_loss_max - case.paid_by_fund if terms.account_loss_max else None
    track = state.tracks.get(key)
    if track is None:
        return Capacity(cash, gross)
    allowed: int = cash
    if terms.day_loss_ppm:
        began = track.cash_at(state.now_us // DAY_US * DAY_US, cash)
        allowed = min(allowed, began * terms.day_loss_ppm // PPM - (began - cash))
    if not terms.drawdown_ppm:
        return Capacity(max(0, allowed), gross)
    peak = track.peak(state.now_us - terms.drawdown_window_us, cash)
    lost = peak - cash
    track.stopped = track.stopped and lost * PPM > peak * terms.drawdown_stop_ppm
    drawable = 0 if track.stopped else max(0, peak * terms.drawdown_ppm // PPM - lost)
    is_limit = drawable < allowed
    return Capacity(max(0, min(allowed, drawable)), gross, track if is_limit else None)
