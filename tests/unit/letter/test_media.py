"""What a file is, whatever it is called and declared."""

from __future__ import annotations

import pytest

from mailbot.letter.media import extension, media_type, role
from mailbot.model import Role
from tests.unit.letter.build import DOCX

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("head", "name", "declared", "expected"),
    [
        (DOCX, "a.docx", OCTETS, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (DOCX, "照片.jpg", "image/jpeg", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04" + b"\0" * 22 + b"\x06\0\0\0a.docx" + DOCX, "a.zip", OCTETS, "application/zip"),
        (b"PK\x03\x04", "a.zip", "application/msword", "application/zip"),
        (OLE, "a.doc", OCTETS, "application/msword"),
        (OLE, "a.wps", OCTETS, "application/vnd.ms-works"),
        (OLE, "a", OCTETS, "application/x-ole-storage"),
        (b"%PDF-1.7", "a.docx", "application/msword", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "a", "", "image/jpeg"),
        (b"\x00\x00\x00\x18ftypheic", "IMG_1.mp4", "video/mp4", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", "a.mp4", "video/mp4", "video/mp4"),
        (b"BMW", "a.txt", OCTETS, "text/plain"),
        (b"RIFF\0\0\0\0WEBP", "a", OCTETS, "image/webp"),
        (b"\x00\x00\x00\x1cftypavif", "a", "", "image/avif"),
        (b"BZh91AY", "a.bz2", OCTETS, "application/x-bzip2"),
        (b"\xfd7zXZ\0", "a", "", "application/x-xz"),
        (b'x\x9f>"', "winmail.dat", OCTETS, "application/ms-tnef"),
        (bytes(257) + b"ustar\0", "a", "", "application/x-tar"),
        (b"MIME-Version: 1.0", "a.mht", OCTETS, "multipart/related"),
        (b"MZ", "a.exe", OCTETS, OCTETS),
        ("稿件".encode(), "a.txt", OCTETS, "text/plain"),
    ],
)
def test_signature_before_name_before_declaration(head: bytes, name: str, declared: str, expected: str) -> None:
    """The signature decides; without one the declared type, and for octet-stream the name."""
    assert media_type(head, name, declared) == expected


def test_roles_and_names_by_type() -> None:
    """Pictures, archives and letters have their roles; a nameless file gets the usual ending."""
    assert [role(kind) for kind in ("image/png", "application/ms-tnef", "message/rfc822", "text/plain")] == [
        Role.PICTURE,
        Role.ARCHIVE,
        Role.FORWARDED,
        Role.OTHER,
    ]
    assert (extension("image/jpeg"), extension("application/x-unknown")) == (".jpg", "")
