"""The in-memory twin of the ledger: the real one on a database that lives in memory."""

from mailbot.edges.ledger.open import memory_ledger

__all__ = ["memory_ledger"]
