"""From a table to a tracked, registered model with one config and one command."""

__version__ = "0.1.0"
