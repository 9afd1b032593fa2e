"""A scene of a few minutes, to be changed by tests."""

SCENE = """
venue = "textbook"
seed = 1
fund = "1000"

[contracts.BTCUSDT]

[scene]
title = "A fall"
claim = "It is liquidated."
shows = ["ended", "equity_then", "equity", "margin_calls", "all_liquidations"]
moments = { "on the way" = "2m" }
days = ["trader"]
expect = [
  { contract = "BTCUSDT", figure = "ended", mode = "isolated", is = "liquidated" },
  { figure = "equity", mode = "cross", more_than = "isolated" },
]

[[accounts]]
name = "trader"
deposit = "1200"
mode = "isolated"
orders = [{ contract = "BTCUSDT", side = "buy", quantity = "0.1", leverage = 10, after = "1s" }]
top_ups = [{ contract = "BTCUSDT", amount = "1", after = "5s" }]

[path]
seed = 1
legs = [
  { lasts = "10s", per = "1s", trades = 1 },
  { lasts = "5m", per = "1s", trades = 1, to = { BTCUSDT = "0.89" } },
  { lasts = "5m", per = "1s", trades = 1, to = { BTCUSDT = "1" } },
]
[path.markets]
BTCUSDT = { start = "65000", noise = "1", size = "0.001", size_bits = 8 }
"""
