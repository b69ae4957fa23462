"""Tables, migrations and the database connection.

fields            Our column types, the same on SQLite and MySQL
models            The tables, by subject
connection        The database connection of this execution environment
compiled_queries  Queries compiled once: the frequent reads that most requests need
locks             Locks by name, held until the end of a transaction
bulk              Bulk inserts: many rows in few statements, on either database
keys              Fills in keys of names that rows of an earlier version lack
earner_notes      Makes comments private that an earlier version published against its promise
migration_ops     Statements of migrations: idempotent schema changes, and values on either database
migrate           Applies pending migrations: `python -m chalicelib.data.migrate`
"""
