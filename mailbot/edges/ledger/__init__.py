"""The ledger on a SQL database (SQLite today): the only package that imports SQLAlchemy, and Alembic when need be.

`open` makes the ledger, `ledger` is the port's face, `tables` the schema; each of `mailbox`, `letters`, `sketches`,
`history`, `outbox`, `digest` and `keeping` holds the statements of one theme as functions of a connection, so that one
transaction can be made of several. `lock` keeps a second worker away.
"""
