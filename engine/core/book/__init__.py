"""Resting orders, the replayed market's liquidity, and both merged."""
