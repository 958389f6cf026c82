"""The only SQL: database, migrations, and one file a table."""
