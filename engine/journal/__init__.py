"""A run's log on disk: write, read, rerun, first difference."""
