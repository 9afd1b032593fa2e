"""The only reader of configs/: strict, exact, frozen."""
