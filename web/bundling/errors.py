"""What a build refuses to go on with."""


class BuildError(Exception):
    """Something outside this program is not as it must be. The text is one sentence for a person."""
