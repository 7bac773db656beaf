"""What is known: registers behind one small port, and one search over all of them."""
