"""Pictures of every page that somebody can walk to, in four modes: to be looked at."""
