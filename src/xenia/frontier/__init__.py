"""The crossing: check, assessment, second line, decision."""
