"""Proofs that run long: forgetting. They run in a scratch installation of their own."""
