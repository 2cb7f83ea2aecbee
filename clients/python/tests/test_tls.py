"""Connections by TLS, to a sidecar with a certificate that the tests make; and tokens."""

import asyncio
import shutil
import subprocess
from concurrent import futures

import grpc
import pytest
from snakepit_bridge import AsyncSessionContext, NotTrusted, SessionContext, Tls, ToolHost, Unavailable, WorkerServer, launch, tool
from snakepit_bridge._channels import Security, open_aio_channel, open_channel
from snakepit_bridge._proto import snakepit_bridge_pb2 as pb
from snakepit_bridge._proto import snakepit_bridge_pb2_grpc as pb_grpc

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


class Authority:
    """One that signs certificates, in a folder of its own."""

    def __init__(self, folder, name):
        self._folder = folder
        folder.mkdir()
        self.certificate = folder / "ca.pem"
        self._run("req", "-x509", *_new_key(folder / "ca.key"), "-out", self.certificate, "-days", "30", "-subj", f"/CN={name}")

    def issue(self, name, host="localhost"):
        """A certificate and its key."""
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        request, more = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        more.write_text(f"subjectAltName=DNS:{host}")
        self._run("req", *_new_key(key), "-out", request, "-subj", f"/CN={name}")
        self._run(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._folder / "ca.key", "-CAcreateserial",
            "-out", certificate, "-days", "30", "-extfile", more)
        return certificate, key

    @staticmethod
    def _run(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def _new_key(path):
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "ours", "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "stranger", "stranger")


def served(authority, *arguments, host="localhost"):
    certificate, key = authority.issue("server", host)
    return launch(arguments=["--tls-cert", str(certificate), "--tls-key", str(key), *arguments])


@pytest.fixture(scope="module")
def secure(authority):
    with served(authority) as running:
        yield running


@pytest.fixture
def tls(authority):
    return Tls(ca=authority.certificate)


def test_a_session_is_used_by_tls(secure, tls, session_id):
    with SessionContext.connect(secure.address, session_id, tls=tls) as session:
        session["x"] = 1
        with session.watch("x") as watch:
            session["x"] = 2
            assert next(iter(watch)).value == 2
        assert session["x"] == 2


def test_asyncio_does_it_too(secure, tls, session_id):
    async def use():
        async with await AsyncSessionContext.connect(secure.address, session_id, tls=tls) as session:
            await session.assign("x", 1)
            return await session.get_variable("x")

    assert asyncio.run(use()) == 1


def test_credentials_of_grpc_do_too(secure, authority, session_id):
    credentials = grpc.ssl_channel_credentials(authority.certificate.read_bytes())
    with SessionContext.connect(secure.address, session_id, credentials=credentials) as session:
        assert session.get_session().variable_count == 0


def test_a_server_of_another_authority_is_not_trusted_and_not_tried_again(secure, stranger, session_id):
    # Were it tried again, that would take the whole timeout, and be another error.
    with pytest.raises(NotTrusted, match="(?i)certificate.verify.failed"):
        SessionContext.connect(secure.address, session_id, tls=Tls(ca=stranger.certificate), timeout=600)
    with pytest.raises(NotTrusted):
        SessionContext.connect(secure.address, session_id, tls=True, timeout=600)
    with pytest.raises(NotTrusted):
        asyncio.run(AsyncSessionContext.connect(secure.address, session_id, tls=Tls(ca=stranger.certificate), timeout=600))


def test_a_server_of_another_name_is_not_trusted_unless_that_is_asked_for(authority, tls, session_id):
    with served(authority, host="example.org") as other:
        with pytest.raises(NotTrusted, match="localhost is not in peer certificate"):
            SessionContext.connect(other.address, session_id, tls=tls, timeout=600)
        named = Tls(ca=authority.certificate, server_name="example.org")
        SessionContext.connect(other.address, session_id, tls=named).close()


def test_cleartext_gets_nothing_from_a_server_of_tls(secure, session_id):
    with pytest.raises(Unavailable):
        SessionContext.connect(secure.address, session_id, timeout=1)


def test_a_server_that_asks_for_certificates_lets_in_who_has_one_of_its_authority(authority, stranger, session_id):
    ca = authority.certificate
    with served(authority, "--tls-client-ca", str(ca)) as careful:
        SessionContext.connect(careful.address, session_id, tls=Tls(ca, *authority.issue("client"))).close()
        for refused in (Tls(ca), Tls(ca, *stranger.issue("client"))):
            with pytest.raises(Unavailable):
                SessionContext.connect(careful.address, session_id, tls=refused, timeout=1)


@tool
def double(x: int) -> int:
    return 2 * x


def test_hosts_of_tools_attach_by_tls(secure, tls, session_id):
    with ToolHost.attach(secure.address, double, sessions=[session_id], tls=tls):
        with SessionContext.connect(secure.address, session_id, tls=tls) as session:
            assert session.call_tool("double", x=21) == 42


def test_a_host_does_not_go_on_trying_a_server_it_does_not_trust(secure, stranger):
    with pytest.raises(NotTrusted):
        ToolHost.attach(secure.address, double, tls=Tls(ca=stranger.certificate), timeout=600)


def test_a_worker_takes_what_its_environment_says(secure, authority, session_id, monkeypatch):
    monkeypatch.setenv("SNAKEPIT_TLS_CA", str(authority.certificate))
    with WorkerServer([double], secure.address, announce=True):
        with SessionContext.connect(secure.address, session_id, tls=Tls(ca=authority.certificate)) as session:
            assert session.call_tool("double", x=4) == 8


def test_the_environment_says_the_same_as_to_the_command_line():
    assert Security.from_environment({}) == Security()
    assert Security.from_environment({"SNAKEPIT_TLS": "true"}) == Security(Tls())
    assert Security.from_environment({
        "SNAKEPIT_TLS_CA": "a", "SNAKEPIT_TLS_CLIENT_CERT": "b", "SNAKEPIT_TLS_CLIENT_KEY": "c", "SNAKEPIT_TLS_SERVER_NAME": "d",
        "SNAKEPIT_TOKEN": "e",
    }) == Security(Tls("a", "b", "c", "d"), "e")


def test_half_of_a_pair_and_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(ValueError, match="a certificate and its key belong together"):
        Tls(certificate="a")
    with pytest.raises(ValueError, match="the ca cannot be read: .*missing.pem"):
        Tls(ca=tmp_path / "missing.pem").credentials()
    with pytest.raises(ValueError, match="either tls or credentials"):
        open_channel("localhost:1", Security(tls=True, credentials=grpc.ssl_channel_credentials()))


class Listener(pb_grpc.BridgeServiceServicer):
    """Notes the authorization of each call."""

    def __init__(self):
        self.heard = []

    def Ping(self, request, context):
        self.heard.append(dict(context.invocation_metadata()).get("authorization"))
        return pb.PingResponse()

    def WatchVariables(self, request, context):
        self.heard.append(dict(context.invocation_metadata()).get("authorization"))
        yield pb.VariableUpdate()


@pytest.fixture
def listener():
    heard = Listener()
    server = grpc.server(futures.ThreadPoolExecutor(4))
    pb_grpc.add_BridgeServiceServicer_to_server(heard, server)
    heard.address = f"localhost:{server.add_insecure_port('localhost:0')}"
    server.start()
    yield heard
    server.stop(None)


def test_each_call_brings_the_token_that_holds_when_it_is_made(listener):
    tokens = iter(["one", "two"])
    with open_channel(listener.address, Security(token=lambda: next(tokens))) as channel:
        stub = pb_grpc.BridgeServiceStub(channel)
        stub.Ping(pb.PingRequest(), timeout=30)
        list(stub.WatchVariables(pb.WatchVariablesRequest(), timeout=30))
    assert listener.heard == ["Bearer one", "Bearer two"]


def test_calls_of_asyncio_bring_it_too(listener):
    async def call():
        async with open_aio_channel(listener.address, Security(token="secret")) as channel:
            stub = pb_grpc.BridgeServiceStub(channel)
            await stub.Ping(pb.PingRequest(), timeout=30)
            return [update async for update in stub.WatchVariables(pb.WatchVariablesRequest(), timeout=30)]

    assert len(asyncio.run(call())) == 1
    assert listener.heard == ["Bearer secret", "Bearer secret"]


def test_a_token_does_not_leave_the_machine_in_cleartext():
    for address in ("example.org:50051", "10.0.0.1:50051", "[fe80::1]:50051"):
        with pytest.raises(ValueError, match="in cleartext: give tls too"):
            open_channel(address, Security(token="secret"))
    for address in ("localhost:1", "127.0.0.1:1", "[::1]:1"):
        open_channel(address, Security(token="secret")).close()
    open_channel("example.org:50051", Security(tls=True, token="secret")).close()


def test_a_bad_token_is_refused_without_being_told(listener):
    with open_channel(listener.address, Security(token="two words")) as channel:
        with pytest.raises(ValueError, match="one word of printable ASCII$"):
            pb_grpc.BridgeServiceStub(channel).Ping(pb.PingRequest(), timeout=30)
