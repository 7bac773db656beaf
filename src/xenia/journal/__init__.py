"""What happened: entries, positions, seals, proofs; outbox, blobs, data keys."""
