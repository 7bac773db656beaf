"""List files of the world, read record by record: our documented CSV and the UN consolidated XML. Pure, size-limited."""
