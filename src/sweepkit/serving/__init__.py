"""Answering with the champion: the MLflow scoring protocol over HTTP."""
