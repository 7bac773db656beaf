"""How numbers and dates are written where Django's own formats lack something; one folder a language."""
