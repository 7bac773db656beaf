"""Migrations of the follower."""
