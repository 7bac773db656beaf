"""The roof: settings, addresses, layout, translations, command line, demo world."""
