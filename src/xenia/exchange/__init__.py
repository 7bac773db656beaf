"""Messages with other authorities: signed, received, answered."""
