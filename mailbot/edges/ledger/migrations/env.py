"""How Alembic runs the revisions: on the connection that `mailbot.edges.ledger.upgrade` hands over."""

from alembic import context

from mailbot.edges.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
