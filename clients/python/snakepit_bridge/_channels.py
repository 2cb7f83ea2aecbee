"""How a channel is opened: in cleartext or by TLS, and with a token that says who calls."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

import grpc

from ._calls import CHANNEL_OPTIONS

PemFile = Union[str, "os.PathLike[str]", bytes]
Token = Union[str, Callable[[], str]]


@dataclass(frozen=True)
class Tls:
    """What a connection by TLS believes and shows: paths of PEM files, or their contents as bytes.

    ca: the authorities that the server's certificate may be of; None = those that grpc knows. certificate and key: shown to
    a server that asks for them. server_name: the name that the server's certificate has, where it is not the address's host.
    """

    ca: Optional[PemFile] = None
    certificate: Optional[PemFile] = None
    key: Optional[PemFile] = None
    server_name: Optional[str] = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("tls: a certificate and its key belong together")

    def credentials(self) -> grpc.ChannelCredentials:
        """As grpc takes them. ValueError names a file that cannot be read."""
        return grpc.ssl_channel_credentials(_read("ca", self.ca), _read("key", self.key), _read("certificate", self.certificate))


class Security(NamedTuple):
    """How a connection is made secure, as it was asked for."""

    tls: Union[bool, Tls, None] = None
    token: Optional[Token] = None
    # grpc's own, in the place of tls.
    credentials: Optional[grpc.ChannelCredentials] = None

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> Security:
        """As snakepit's command line reads it: SNAKEPIT_TLS, SNAKEPIT_TLS_CA, _CLIENT_CERT, _CLIENT_KEY, _SERVER_NAME, SNAKEPIT_TOKEN."""
        tls = Tls(
            variables.get("SNAKEPIT_TLS_CA") or None, variables.get("SNAKEPIT_TLS_CLIENT_CERT") or None,
            variables.get("SNAKEPIT_TLS_CLIENT_KEY") or None, variables.get("SNAKEPIT_TLS_SERVER_NAME") or None)
        asked = variables.get("SNAKEPIT_TLS") in ("true", "1") or tls != Tls()
        return cls(tls if asked else None, variables.get("SNAKEPIT_TOKEN") or None)


def open_channel(address: str, security: Security, options: Sequence[Any] = ()) -> grpc.Channel:
    """A channel for threads. ValueError where what was asked for contradicts itself, or would show the token to everyone."""
    credentials, every = _prepare(address, security, options)
    channel = grpc.insecure_channel(address, every) if credentials is None else grpc.secure_channel(address, credentials, every)
    return channel if security.token is None else grpc.intercept_channel(channel, _TokenOnCalls(security.token))


def open_aio_channel(address: str, security: Security, options: Sequence[Any] = ()) -> grpc.aio.Channel:
    """The same for asyncio."""
    credentials, every = _prepare(address, security, options)
    interceptors = None if security.token is None else [kind(security.token) for kind in _AIO_INTERCEPTORS]
    if credentials is None:
        return grpc.aio.insecure_channel(address, every, interceptors=interceptors)
    return grpc.aio.secure_channel(address, credentials, every, interceptors=interceptors)


def _prepare(
    address: str, security: Security, options: Sequence[Any]
) -> Tuple[Optional[grpc.ChannelCredentials], List[Tuple[str, Any]]]:
    every = [*CHANNEL_OPTIONS, *options]
    credentials = security.credentials
    if security.tls:
        if credentials is not None:
            raise ValueError("give either tls or credentials")
        tls = security.tls if isinstance(security.tls, Tls) else Tls()
        credentials = tls.credentials()
        if tls.server_name is not None:
            every.append(("grpc.ssl_target_name_override", tls.server_name))
    if security.token is not None and credentials is None and not _is_loopback(address):
        raise ValueError(f"the token would go to {address} in cleartext: give tls too")
    return credentials, every


def _is_loopback(address: str) -> bool:
    if address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read(what: str, file: Optional[PemFile]) -> Optional[bytes]:
    if file is None or isinstance(file, bytes):
        return file
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        raise ValueError(f"tls: the {what} cannot be read: {error}") from error


def _details_with(token: Token, details: Any) -> Any:
    word = (token() if callable(token) else token).strip()
    if not word or not word.isascii() or not word.isprintable() or " " in word:
        # Not the token itself: what goes wrong is logged.
        raise ValueError("a token is one word of printable ASCII")
    metadata = [*(details.metadata or ()), ("authorization", f"Bearer {word}")]
    return _Details(
        details.method, details.timeout, metadata, details.credentials, details.wait_for_ready, getattr(details, "compression", None))


class _Details(NamedTuple):
    method: Any
    timeout: Optional[float]
    metadata: Any
    credentials: Any
    wait_for_ready: Optional[bool]
    compression: Any


class _Interceptor:
    def __init__(self, token: Token) -> None:
        self._token = token


class _TokenOnCalls(
    _Interceptor, grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor,  # type: ignore[misc]
    grpc.StreamUnaryClientInterceptor, grpc.StreamStreamClientInterceptor,  # type: ignore[misc]
):
    def _intercept(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(_details_with(self._token, details), request)

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = _intercept


def _aio_details_with(token: Token, details: Any) -> Any:
    full = _details_with(token, details)
    return grpc.aio.ClientCallDetails(
        full.method, full.timeout, grpc.aio.Metadata(*full.metadata), full.credentials, full.wait_for_ready)


class _AioUnaryUnary(_Interceptor, grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[misc]
    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return await continuation(_aio_details_with(self._token, details), request)


class _AioUnaryStream(_Interceptor, grpc.aio.UnaryStreamClientInterceptor):  # type: ignore[misc]
    async def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return await continuation(_aio_details_with(self._token, details), request)


class _AioStreamUnary(_Interceptor, grpc.aio.StreamUnaryClientInterceptor):  # type: ignore[misc]
    async def intercept_stream_unary(self, continuation: Any, details: Any, requests: Any) -> Any:
        return await continuation(_aio_details_with(self._token, details), requests)


class _AioStreamStream(_Interceptor, grpc.aio.StreamStreamClientInterceptor):  # type: ignore[misc]
    async def intercept_stream_stream(self, continuation: Any, details: Any, requests: Any) -> Any:
        return await continuation(_aio_details_with(self._token, details), requests)


_AIO_INTERCEPTORS = (_AioUnaryUnary, _AioUnaryStream, _AioStreamUnary, _AioStreamStream)
