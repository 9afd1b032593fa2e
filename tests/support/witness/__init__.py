"""Witnesses watch the engine at work and know one thing each that is always true."""
