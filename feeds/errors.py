"""The one way in which a feed says that its user has to do something."""


class FeedError(Exception):
    """The user's mistake, told so that he can mend it.

    The message names the file (and line, where there is one), what was found, what was expected
    and what to do. The command line prints it as it is and ends with exit code 2.
    """
