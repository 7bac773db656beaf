"""Documents reported stolen, lost, revoked or invalid: a hit concerns the document, not the person."""
