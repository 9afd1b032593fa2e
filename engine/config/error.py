"""A mistake in a configuration file, said so that its author can mend it."""


class ConfigError(Exception):
    """What was found in which file under which key, what was expected, what to do."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        self.file = file
        self.key = key
        self.problem = problem
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
