"""What clients and ticks do: orders, fills, transfers, settings."""
