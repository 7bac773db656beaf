"""What the facts say when nobody can be found in them: measures, breakdowns, disclosure control, tables that may leave."""
