"""Searching hyperparameters: a Hydra sweeper, its worker pool, and what they keep."""
