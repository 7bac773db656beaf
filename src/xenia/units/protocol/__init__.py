"""How entries go up, as bytes and as state machines. Pure: clock, chance, network and disk come from outside."""
