"""The exchange itself: pure, synchronous, integers only; time comes from the commands."""
