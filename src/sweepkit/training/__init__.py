"""One trial from configuration to objective: load, split, fit, judge, record."""

from sweepkit.training.walk import train

__all__ = ["train"]
