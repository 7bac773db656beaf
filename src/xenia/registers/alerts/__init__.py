"""National alerts: who is to be refused, arrested, protected, found or observed."""
