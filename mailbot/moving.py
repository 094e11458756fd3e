"""Submissions that have a new place: the ledger says so first, then the folder is renamed, whoever gets to it."""

from __future__ import annotations

from mailbot.ports import Ledger, Store
from mailbot.steps import At, Step, unhindered


def finish_moves(ledger: Ledger, store: Store, at: At = unhindered) -> int:
    """Move what has a new place and does not lie there yet; how many."""
    waiting = ledger.to_move()
    for submission, lies_in in waiting:
        store.move(lies_in, submission.folder)
        at(Step.MOVED)
        ledger.moved(submission.id)
        at(Step.MOVE_RECORDED)
    return len(waiting)
