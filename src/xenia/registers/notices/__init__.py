"""Notices and sanctions lists of international bodies."""
