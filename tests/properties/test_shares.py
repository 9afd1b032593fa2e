"""A loss that is shared adds up to the loss, and nobody gives more than he has."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.core.margin.bankruptcy import Settlement, share_of
from engine.core.money import shares

WEIGHTS = st.dictionaries(
    st.text("abcxyz:", min_size=1, max_size=3), st.integers(1, 10**13), min_size=1, max_size=12
)
EQUITIES = st.integers(-(10**12), 10**12)


@given(WEIGHTS, st.data())
def test_shares_add_up_and_never_exceed_weights(
    weights: dict[str, int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(weights.values())))
    given_shares = shares(amount, weights.items())
    assert [owner for owner, _ in given_shares] == sorted(weights)
    assert sum(share for _, share in given_shares) == amount
    for owner, share in given_shares:
        assert 0 <= share <= weights[owner]


@given(WEIGHTS, st.integers(0, 10**15))
def test_a_share_is_proportional_to_the_unit(weights: dict[str, int], amount: int) -> None:
    total = sum(weights.values())
    for owner, share in shares(amount, weights.items()):
        assert abs(share - Fraction(amount * weights[owner], total)) < 1


@given(WEIGHTS, st.integers(0, 10**15))
def test_shares_do_not_depend_on_the_order_in_which_weights_come(
    weights: dict[str, int], amount: int
) -> None:
    backwards = list(reversed(weights.items()))
    assert shares(amount, weights.items()) == shares(amount, backwards)


@given(st.integers(0, 11), st.integers(2, 9))
def test_equal_weights_leave_the_remainder_to_the_first_ids(amount: int, owners: int) -> None:
    parts = [share for _, share in shares(amount, [(str(n), 7) for n in range(owners)])]
    assert parts == sorted(parts, reverse=True)
    assert max(parts) - min(parts) <= 1


@given(EQUITIES, st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
def test_equity_shared_position_by_position_is_used_up(equity: int, kept: list[int]) -> None:
    left, together = equity, sum(kept)
    for keep in kept:
        share = share_of(left, keep, together)
        assert abs(share - Fraction(equity * keep, sum(kept))) <= len(kept)
        left -= share
        together -= keep
    assert left == 0


@given(st.sampled_from((1, -1)), st.integers(1, 5_000), st.integers(1, 10**9), EQUITIES)
def test_lots_settled_one_by_one_give_exactly_the_share(
    sign: int, quantity: int, mark_value: int, share: int
) -> None:
    lots = Settlement(sign=sign, quantity=quantity, mark_value=mark_value, share=share)
    each = [lots.part(k, k + 1) for k in range(quantity)]
    given_up = [sign * (part.at_mark - part.value) for part in each]
    assert sum(given_up) == share
    assert max(given_up) - min(given_up) <= 1
    whole = lots.part(0, quantity).value
    assert sum(part.value for part in each) == whole == lots.bankruptcy_value
