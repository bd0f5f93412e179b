"""Hydra callbacks around a sweep: its record in MLflow, and its best model."""
