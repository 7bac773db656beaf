"""The second line: procedures for hits, interviews, photographs of pages, refusals, handing over."""
