"""Warnings and liquidation, one file a stage; only the waterfall knows their order."""
