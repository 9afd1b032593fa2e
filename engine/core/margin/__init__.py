"""The arithmetic of margin: pure functions of positions and prices."""
