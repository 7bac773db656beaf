"""Figures of others, read as they are: Eurostat's and UNHCR's tables, beside our own."""
