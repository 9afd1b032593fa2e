"""The command line: the composition root, the only module that knows all others."""
