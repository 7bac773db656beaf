"""Rapid post: a folder or stick that makes a laptop without a line a unit."""
