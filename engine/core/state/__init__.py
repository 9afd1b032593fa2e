"""What the exchange knows, and the questions that may be asked of it."""
