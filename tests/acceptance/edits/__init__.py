"""Edits of models, by what they change; every module has a table `EDITS`."""
