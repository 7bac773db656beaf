"""Django's SQLite backend over SQLCipher: `ENGINE` of a unit's database."""
