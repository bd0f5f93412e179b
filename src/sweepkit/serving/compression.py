"""Unpack a compressed body without ever holding more than the limit."""

from __future__ import annotations

import zlib

from sweepkit.serving.refusal import bad_request, quote, too_large, unsupported

# Adding 16 makes zlib read gzip's header and check its sum.
_GZIP_WINDOW = zlib.MAX_WBITS | 16


def unpack(body: bytes, encoding: str | None, max_bytes: int) -> bytes:
    """Return the body as its sender wrote it.

    Args:
        body: What came over the wire.
        encoding: The header Content-Encoding.
        max_bytes: Largest size, packed and unpacked.

    Raises:
        RequestRefused: 413 if it is larger, 415 if it is packed in a way not read
            here, 400 if it is damaged.
    """
    if len(body) > max_bytes:
        raise _too_many_bytes(max_bytes)
    if encoding is None:
        return body
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        raise unsupported(
            f"The content encoding {quote(encoding)} is not read here; send the body "
            f"as it is or packed by gzip."
        )
    return _inflate(body, max_bytes)


def _inflate(body: bytes, max_bytes: int) -> bytes:
    """Unpack gzip; stops one byte after the limit, however much there is."""
    packer = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = packer.decompress(body, max_bytes + 1)
    except zlib.error:
        raise bad_request("The body is not gzip, though its header says so.") from None
    if len(unpacked) > max_bytes:
        raise _too_many_bytes(max_bytes)
    if not packer.eof or packer.unused_data:
        raise bad_request(
            "The gzip body is cut short or holds more than one member; pack it again "
            "and send all of it."
        )
    return unpacked


def _too_many_bytes(max_bytes: int) -> Exception:
    return too_large(
        f"The body has more than {max_bytes} bytes, the limit of this server "
        f"(serving.max_bytes); send the rows in several requests."
    )
