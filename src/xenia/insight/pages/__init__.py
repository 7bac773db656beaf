"""The pages of the statistics: asking, tables as pictures and files, saved questions."""
