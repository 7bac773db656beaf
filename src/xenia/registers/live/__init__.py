"""Records in the main database: alerts entered by officers, and urgent changes laid over a list version."""
