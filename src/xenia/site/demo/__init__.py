"""The demo world: an invented state with one airport. Nobody in it exists."""
