"""What a file is: its signature first, then its name, then what the sender declared (octet-stream says nothing)."""

from __future__ import annotations

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
    (b'x\x9f>"', "application/ms-tnef"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_ARCHIVES = frozenset(
    (
        "application/zip",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/x-tar",
        "application/ms-tnef",
    )
)


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
    if declared in ("", "application/octet-stream", "application/x-octet-stream", "application/unknown"):
        return _BY_NAME.get(extension, "application/octet-stream")
    return declared


def _zip_type(head: bytes, extension: str) -> str:
    for part, kind in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
        if part in head:
            return _OFFICE[kind]
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in head:
        return _OFFICE["odt"]
    if b"[Content_Types].xml" in head and extension in _OFFICE:
        return _OFFICE[extension]
    return "application/zip"


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
