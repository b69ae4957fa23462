"""Tables, migrations and the database connection.

fields            Our column types, the same on SQLite and MySQL
models            The tables
connection        The database connection of this execution environment
compiled_queries  Queries compiled once: the frequent reads that most requests need
bulk              Bulk inserts: many rows in few statements, on either database
migration_ops     Schema changes for migrations, repeatable
migrate           Brings the schema up to date: `python -m chalicelib.data.migrate`
"""
