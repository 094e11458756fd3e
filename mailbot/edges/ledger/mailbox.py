"""What the ledger remembers of the mailbox: folders, UIDs, and how letters come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from mailbot.edges.ledger import events
from mailbot.edges.ledger.tables import UidState, folders, letters, uids
from mailbot.model import Stage
from mailbot.ports import Arrival, Event, FolderMemory

_CHUNK = 500  # how many values one IN (…) takes


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


# --- folders ---------------------------------------------------------------------------------------------------------


def folder(connection: Connection, name: str, uidvalidity: int) -> FolderMemory | None:
    """What is known of the folder under this UIDVALIDITY."""
    row = connection.execute(
        select(folders).where(folders.c.name == name, folders.c.uidvalidity == uidvalidity)
    ).one_or_none()
    if row is None:
        return None
    highest = connection.scalar(select(func.max(uids.c.uid)).where(uids.c.folder == row.id)) or 0
    present = select(func.count()).select_from(uids).where(uids.c.folder == row.id, uids.c.state != UidState.GONE)
    return FolderMemory(
        id=row.id,
        name=row.name,
        uidvalidity=row.uidvalidity,
        highest=highest,
        known=connection.scalar(present) or 0,
        listed_at=row.listed_at,
        audited_at=row.audited_at,
    )


def folder_seen(connection: Connection, name: str) -> bool:
    """Whether the folder was ever opened."""
    return connection.scalar(select(folders.c.id).where(folders.c.name == name).limit(1)) is not None


def adopting(connection: Connection, name: str) -> bool:
    """Whether UIDs of the folder are adopted and not fetched."""
    left = select(uids.c.uid).join(folders, folders.c.id == uids.c.folder)
    left = left.where(folders.c.name == name, uids.c.state == UidState.ADOPTED).limit(1)
    return connection.scalar(left) is not None


def open_folder(
    connection: Connection, name: str, uidvalidity: int, at: datetime, adopt: Sequence[int]
) -> FolderMemory:
    """Begin to remember a folder with its adopted UIDs; one that is open already stays as it is.

    What was still to be fetched under an older UIDVALIDITY is not there any more.
    """
    known = folder(connection, name, uidvalidity)
    if known is not None:
        return known
    older = select(folders.c.id).where(folders.c.name == name).scalar_subquery()
    left = (uids.c.folder.in_(older), uids.c.state == UidState.ADOPTED)
    connection.execute(update(uids).where(*left).values(state=UidState.GONE))
    made = connection.execute(
        insert(folders).values(name=name, uidvalidity=uidvalidity, opened_at=at).returning(folders.c.id)
    ).scalar_one()
    adopted = sorted(set(adopt))
    if adopted:
        rows = [{"folder": made, "uid": uid, "state": UidState.ADOPTED, "adopted": True} for uid in adopted]
        connection.execute(insert(uids), rows)
    events.note(connection, at, f"folder:{made}", "", "open", f"{name}, {len(adopted)} adopted")
    return FolderMemory(made, name, uidvalidity, adopted[-1] if adopted else 0, len(adopted), None, None)


def known(connection: Connection, folder: int) -> dict[int, tuple[datetime, int] | None]:
    """Every UID in the folder that did not go away -> (INTERNALDATE, RFC822.SIZE), None before it was fetched."""
    rows = connection.execute(
        select(uids.c.uid, uids.c.arrived_at, uids.c.bytes).where(
            uids.c.folder == folder, uids.c.state != UidState.GONE
        )
    )
    return {uid: None if arrived_at is None else (arrived_at, size) for uid, arrived_at, size in rows}


def unfetched(connection: Connection, folder: int) -> list[int]:
    """Adopted UIDs that were not fetched yet, ascending."""
    wanted = select(uids.c.uid).where(uids.c.folder == folder, uids.c.state == UidState.ADOPTED)
    return list(connection.scalars(wanted.order_by(uids.c.uid)))


def gone(connection: Connection, folder: int, missing: Sequence[int], at: datetime) -> None:
    """Mark these UIDs as no longer in the folder."""
    changed = 0
    for chunk in _chunks(missing):
        there = (uids.c.folder == folder, uids.c.uid.in_(chunk), uids.c.state != UidState.GONE)
        changed += connection.execute(update(uids).where(*there).values(state=UidState.GONE)).rowcount
    if changed:
        events.note(connection, at, f"folder:{folder}", "", "gone", f"{changed} messages are no longer there")


def polled(connection: Connection, folder: int, at: datetime, listed: bool, audited: bool) -> None:
    """Remember when the folder was last polled, listed and audited: a measurement, so no event."""
    times = {"polled_at": at} | ({"listed_at": at} if listed else {}) | ({"audited_at": at} if audited else {})
    connection.execute(update(folders).where(folders.c.id == folder).values(times))


def last_good_poll(connection: Connection, names: Sequence[str]) -> datetime | None:
    """The oldest of these folders' last good polls; None while there is one without."""
    last = select(func.max(folders.c.polled_at)).where(folders.c.name.in_(names)).group_by(folders.c.name)
    times: list[datetime | None] = list(connection.scalars(last))
    polled = [at for at in times if at is not None]
    return min(polled) if polled and len(polled) == len(set(names)) else None


# --- letters coming in -----------------------------------------------------------------------------------------------


def receive(connection: Connection, folder: int, arrivals: Sequence[Arrival], at: datetime) -> list[int]:
    """Record a batch; answers the ids of the letters whose bytes were not known before, in the order of the batch."""
    before = _uids(connection, folder, [arrival.uid for arrival in arrivals])
    ids = _letters(connection, [arrival.raw.sha256 for arrival in arrivals])
    fresh: dict[str, Arrival] = {}
    for arrival in arrivals:
        if arrival.raw.sha256 not in ids:
            fresh.setdefault(arrival.raw.sha256, arrival)
    rows = [_new_letter(arrival, before.get(arrival.uid), at) for arrival in fresh.values()]
    made: list[int] = []
    if rows:
        added = connection.execute(insert(letters).returning(letters.c.id, letters.c.sha256), rows)
        new = {sha256: letter for letter, sha256 in added}
        made = [new[sha256] for sha256 in fresh]
        ids |= new
    _remember(connection, folder, arrivals, before, ids)
    events.write(connection, _arrived(folder, arrivals, before, ids, set(made), at))
    return made


def _uids(connection: Connection, folder: int, wanted: Sequence[int]) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    for chunk in _chunks(wanted):
        rows = connection.execute(select(uids).where(uids.c.folder == folder, uids.c.uid.in_(chunk)))
        found |= {row.uid: row for row in rows}
    return found


def _letters(connection: Connection, hashes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(hashes):
        rows = connection.execute(select(letters.c.sha256, letters.c.id).where(letters.c.sha256.in_(chunk)))
        found |= {row.sha256: row.id for row in rows}
    return found


def _new_letter(arrival: Arrival, uid: Row[Any] | None, at: datetime) -> dict[str, object]:
    raw = arrival.raw
    return {
        "sha256": raw.sha256,
        "path": raw.path,
        "bytes": raw.bytes,
        "announced": raw.announced,
        "complete": raw.complete,
        "arrived_at": raw.arrived_at,
        "first_seen": at,
        "stage": Stage.RECEIVED,
        "adopted": uid is not None and uid.adopted and uid.letter is None,
        "too_old": arrival.too_old,
    }


def _remember(
    connection: Connection,
    folder: int,
    arrivals: Sequence[Arrival],
    before: dict[int, Row[Any]],
    ids: dict[str, int],
) -> None:
    """Let these UIDs stand for these letters, whatever they stood for before."""
    rows = {
        arrival.uid: {
            "folder": folder,
            "uid": arrival.uid,
            "state": UidState.KNOWN,
            "adopted": arrival.uid in before and before[arrival.uid].adopted,
            "letter": ids[arrival.raw.sha256],
            "arrived_at": arrival.raw.arrived_at,
            "bytes": arrival.raw.announced,
        }
        for arrival in arrivals
    }
    for chunk in _chunks(list(before)):
        connection.execute(delete(uids).where(uids.c.folder == folder, uids.c.uid.in_(chunk)))
    if rows:
        connection.execute(insert(uids), list(rows.values()))


def _arrived(
    folder: int,
    arrivals: Sequence[Arrival],
    before: dict[int, Row[Any]],
    ids: dict[str, int],
    made: set[int],
    at: datetime,
) -> list[Event]:
    changes = []
    for arrival in arrivals:
        letter, was = ids[arrival.raw.sha256], before.get(arrival.uid)
        where = f"folder:{folder} uid:{arrival.uid}"
        if letter in made:
            made.discard(letter)
            changes.append(Event(at, events.MAILBOT, f"letter:{letter}", "", Stage.RECEIVED, where))
        elif was is None or was.letter != letter:
            changes.append(Event(at, events.MAILBOT, f"letter:{letter}", "", "", f"another copy at {where}"))
    return changes
