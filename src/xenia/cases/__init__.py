"""How it is decided: procedures as folders, and the cases that run through them."""
