"""What a request says: who asks, the statement, settings, parameters, and how to pack."""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import lz4.block
import lz4.frame
from aiohttp import web
from clickhouse_cityhash.cityhash import CityHash128

from clickhouse.embedded import native, sql
from clickhouse.embedded.access import User
from clickhouse.embedded.engine import Query
from clickhouse.embedded.faults import Fault

# Arguments of the interface itself: everything else in the URL is a setting of the query.
OWN = frozenset(
    {
        "query",
        "database",
        "user",
        "password",
        "default_format",
        "query_id",
        "session_id",
        "session_timeout",
        "session_check",
        "quota_key",
        "role",
        "compress",
        "decompress",
        "enable_http_compression",
        "buffer_size",
        "wait_end_of_query",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "client_protocol_version",
        "stacktrace",
        "cancel_http_readonly_queries_on_client_close",
        "http_native_compression_disable_checksumming_on_decompress",
    }
)
NAME = re.compile(r"\w+")
LZ4, STORED, HEADER, CHECKSUM = 0x82, 0x02, 9, 16
LARGEST = 1 << 30  # bytes of a body, unpacked
FRAME = 1_048_576  # bytes of an answer in one of ClickHouse's own compressed frames


@dataclass(frozen=True)
class Packing:
    """How the answer is packed: an HTTP content encoding, or ClickHouse's own frames."""

    encoding: str
    frames: bool

    def pack(self, body: bytes) -> bytes:
        """The answer as it goes out."""
        if self.frames:
            pieces = [body[at : at + FRAME] for at in range(0, len(body), FRAME)]
            return b"".join(framed(piece) for piece in pieces)
        if self.encoding == "lz4":
            packed: bytes = lz4.frame.compress(body)
            return packed
        return gzip.compress(body, 1) if self.encoding == "gzip" else body


def who(request: web.Request, users: Mapping[str, User]) -> User:
    """The user who asks: by header, basic authentication or URL. Raises Fault."""
    name, password = _credentials(request)
    user = users.get(name)
    if user is None or user.password != password:
        reason = f"{name}: Authentication failed: password is incorrect, or there is no such user."
        raise Fault(516, "AUTHENTICATION_FAILED", reason)
    return user


def _credentials(request: web.Request) -> tuple[str, str]:
    headers, arguments = request.headers, request.query
    if "X-ClickHouse-User" in headers:
        return headers["X-ClickHouse-User"], headers.get("X-ClickHouse-Key", "")
    kind, _, encoded = headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, password = "", ""
        return name, password
    return arguments.get("user", "default"), arguments.get("password", "")


@dataclass(frozen=True)
class Received:
    """A request as it came, its body still in ClickHouse's own frames or LZ4."""

    arguments: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    may_write: bool


async def received(request: web.Request) -> Received:
    """The whole of a request. Raises Fault."""
    arguments = dict(request.query)
    if request.content_type == "multipart/form-data":
        form = await request.post()
        arguments |= {key: str(value) for key, value in form.items()}
        body = b""
    else:
        body = await _body(request)
    # As in ClickHouse, a GET changes nothing: a link or an image in a page must not.
    return Received(arguments, request.headers, body, request.method == "POST")


def understood(request: Received, user: User, home: str, identity: str) -> Query:
    """The query of a request. Takes its time with a large body. Raises Fault."""
    arguments, headers = request.arguments, request.headers
    body = unpacked(request.body, headers.get("Content-Encoding", ""), arguments)
    others = {k: v for k, v in arguments.items() if k not in OWN and not k.startswith("param_")}
    for name in others:
        if not NAME.fullmatch(name):
            raise Fault(115, "UNKNOWN_SETTING", f"Unknown setting '{name}'")
    try:
        statement = sql.split(arguments.get("query"), body)
    except UnicodeDecodeError as error:
        raise Fault(62, "SYNTAX_ERROR", "The query is not UTF-8") from error
    return Query(
        identity=identity,
        may_write=request.may_write,
        statement=statement,
        user=user,
        database=arguments.get("database")
        or headers.get("X-ClickHouse-Database")
        or (home if user.reader else "default"),
        default_format=arguments.get("default_format")
        or headers.get("X-ClickHouse-Format")
        or "TabSeparated",
        revision=native.revision(arguments.get("client_protocol_version", "0")),
        settings=others,
        parameters={k[6:]: v for k, v in arguments.items() if k.startswith("param_")},
    )


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.RequestPayloadError as error:
        raise Fault(271, "CANNOT_DECOMPRESS", str(error)) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise Fault(307, "TOO_MANY_BYTES", "The body is too large: insert in parts") from error


def packing(request: web.Request) -> Packing:
    """How the answer of a request may be packed."""
    if request.query.get("compress") == "1":
        return Packing("", frames=True)
    accepted = request.headers.get("Accept-Encoding", "")
    if request.query.get("enable_http_compression") == "1":
        for encoding in ("lz4", "gzip"):
            if encoding in accepted:
                return Packing(encoding, frames=False)
    return Packing("", frames=False)


def unpacked(body: bytes, encoding: str, arguments: Mapping[str, str]) -> bytes:
    """The body without its compression. Raises Fault. (gzip and deflate are aiohttp's already.)"""
    try:
        if encoding == "lz4":
            return _unpacked_frames(body)
        if encoding not in ("", "gzip", "deflate", "identity"):
            raise Fault(352, "UNKNOWN_COMPRESSION_METHOD", f"Content-Encoding {encoding}: use gzip")
        return unframed(body) if arguments.get("decompress") == "1" else body
    except (RuntimeError, ValueError, OverflowError, zlib.error) as error:
        raise Fault(271, "CANNOT_DECOMPRESS", f"The body is no {encoding or 'LZ4'}") from error


def _unpacked_frames(body: bytes) -> bytes:
    """LZ4 frames one after the other: clickhouse-connect makes one of each block it inserts."""
    pieces: list[bytes] = []
    rest, total = memoryview(body), 0
    while rest:
        plain, read = lz4.frame.decompress(rest, return_bytes_read=True)
        pieces.append(plain)
        rest, total = rest[read:], total + len(plain)
        if total > LARGEST:
            raise Fault(307, "TOO_MANY_BYTES", "The body is too large: insert in parts")
    return b"".join(pieces)


def framed(piece: bytes) -> bytes:
    """One of ClickHouse's own frames: checksum, method, sizes, LZ4."""
    packed: bytes = lz4.block.compress(piece, store_size=False)
    sizes = (len(packed) + HEADER).to_bytes(4, "little") + len(piece).to_bytes(4, "little")
    frame = bytes([LZ4]) + sizes + packed
    return _checksum(frame) + frame


def unframed(body: bytes) -> bytes:
    """What is in ClickHouse's own frames. Raises Fault."""
    pieces: list[bytes] = []
    rest, total = memoryview(body), 0
    while rest:
        size = int.from_bytes(rest[CHECKSUM + 1 : CHECKSUM + 5], "little")
        frame = bytes(rest[CHECKSUM : CHECKSUM + size])
        if len(frame) != size or size < HEADER or _checksum(frame) != rest[:CHECKSUM]:
            raise Fault(40, "CHECKSUM_DOESNT_MATCH", "A compressed frame is damaged or cut off")
        plain = int.from_bytes(frame[5:9], "little")
        total += plain
        if total > LARGEST:
            raise Fault(307, "TOO_MANY_BYTES", "The body is too large: insert in parts")
        pieces.append(_plain(frame, plain))
        rest = rest[CHECKSUM + size :]
    return b"".join(pieces)


def _plain(frame: bytes, size: int) -> bytes:
    if frame[0] == STORED:
        return frame[HEADER:]
    if frame[0] != LZ4:
        raise Fault(352, "UNKNOWN_COMPRESSION_METHOD", "A compressed frame is not LZ4: use LZ4")
    plain: bytes = lz4.block.decompress(frame[HEADER:], uncompressed_size=size)
    return plain


def _checksum(frame: bytes) -> bytes:
    number: int = CityHash128(frame)
    low, high = number & (2**64 - 1), number >> 64
    return high.to_bytes(8, "little") + low.to_bytes(8, "little")
