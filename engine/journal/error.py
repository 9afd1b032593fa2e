"""What can be wrong with a run's folder."""


class JournalError(Exception):
    """The folder or one of its files is not what a run writes; says which and what to do."""
