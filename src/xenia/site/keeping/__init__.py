"""Keeping the installation alive: backup and restore, doctor, health, metrics, logs."""
