"""What waits for whom: work items and proposals."""
