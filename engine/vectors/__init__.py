"""Numeric examples of venues and other projects, computed by the engine's own code."""
