"""What a file is: its signature first, then its name, then what the sender declared (octet-stream says nothing)."""

from __future__ import annotations

from mailbot.letter.headers import letter_fields, split_headers
from mailbot.model import Role

_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
}
_OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
    "dps": "application/vnd.ms-powerpoint",
}
_BY_NAME = {
    "txt": "text/plain",
    "md": "text/markdown",
    "html": "text/html",
    "htm": "text/html",
    "eml": "message/rfc822",
    "markdown": "text/markdown",
    "mht": "multipart/related",
    "mhtml": "multipart/related",
    "rtf": "application/rtf",
    "heic": "image/heic",
}
APPLE_FORK = "application/applefile"
"""What a Mac keeps of a file beside its content; it bears the file's own name."""

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b'x\x9f>"', "application/ms-tnef"),  # winmail.dat
    (b"\0\5\x16\7", APPLE_FORK),
)
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/", b"ppt/", b"mimetype")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_ARCHIVES = frozenset(
    (
        "application/zip", "application/vnd.rar", "application/x-7z-compressed", "application/gzip",
        "application/x-tar", "application/x-bzip2", "application/x-xz", "application/ms-tnef",
    )
)  # fmt: skip
_LETTERS = frozenset(("message/rfc822", "message/global", "message/news"))
_SAY_NOTHING = frozenset(("", "application/octet-stream", "application/x-octet-stream", "application/unknown"))
_SURE = 3  # so many header fields make a letter of what has neither name nor type


def media_type(head: bytes, name: str, declared: str) -> str:
    """The media type of a file that begins with `head` (some KiB suffice) and is called `name`."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(head, extension)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLE.get(extension, "application/x-ole-storage")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    if head[4:8] == b"ftyp" and head[8:12] in _AVIF_BRANDS:
        return "image/avif"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    for signature, found in _SIGNATURES:
        if head.startswith(signature) and (signature != b"BM" or head[6:10] == b"\0\0\0\0"):
            return found
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if declared in _LETTERS:
        return "message/rfc822"
    if declared in _SAY_NOTHING:
        found = _BY_NAME.get(extension, "application/octet-stream")
        fields = letter_fields(split_headers(head)) if found in ("message/rfc822", "application/octet-stream") else 0
        if found == "message/rfc822":
            return found if fields > 1 else "application/octet-stream"
        return "message/rfc822" if fields >= _SURE and not extension else found
    return declared


def _zip_type(head: bytes, extension: str) -> str:
    """An office's file, or an archive: also one that begins with an office's file, stored as it is (APPNOTE 4.3.7)."""
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    if not name.startswith(_OFFICE_PARTS):
        return "application/zip"
    for part, kind in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
        if part in head:
            return _OFFICE[kind]
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in head:
        return _OFFICE["odt"]
    if b"[Content_Types].xml" in head and extension in _OFFICE:
        return _OFFICE[extension]
    return "application/zip"


def pixels(head: bytes) -> tuple[int, int] | None:
    """Width and height of an image that begins so, where its header tells (PNG, GIF, JPEG); None otherwise."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if head.startswith(b"GIF8") and len(head) >= 10:
        return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return _jpeg_pixels(head) if head.startswith(b"\xff\xd8") else None


def _jpeg_pixels(head: bytes) -> tuple[int, int] | None:
    """Out of the frame header (ITU-T T.81, B.2.2), if it is within these bytes."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(head[at + 7 : at + 9], "big"), int.from_bytes(head[at + 5 : at + 7], "big")
        at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4], "big"))
    return None


def role(media: str) -> Role:
    """What a file of this type is for, until its content is read."""
    if media.startswith("image/"):
        return Role.PICTURE
    if media in _ARCHIVES:
        return Role.ARCHIVE
    return Role.FORWARDED if media == "message/rfc822" else Role.OTHER


_EXTENSIONS = {
    **{kind: f".{extension}" for extension, kind in (*_OFFICE.items(), *_OLE.items(), *_BY_NAME.items())},
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/zip": ".zip",
}


def extension(media: str) -> str:
    """The usual ending of a file's name with its dot, "" when there is none."""
    return _EXTENSIONS.get(media, "")
