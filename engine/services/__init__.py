"""The tasks of one process: feed, venue, recorder."""
