"""Xenia: the open migration and border management system."""

__version__ = "0.1.0"
