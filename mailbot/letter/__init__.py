"""Bytes -> `Letter`: MIME, charsets, machine marks, kinds. The only place that imports mail-parser."""
