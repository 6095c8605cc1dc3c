"""What can be wrong with a model; loads nothing, so that who only asks a child process can know of it."""


class ModelError(Exception):
    """A model file that cannot be used, and why."""
