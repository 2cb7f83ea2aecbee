"""A sidecar of one's own: found, started, waited for, and stopped with the block that needed it."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess
import threading
from collections import deque
from typing import Any, Deque, Dict, List, Optional, Sequence

from .errors import SnakepitError
from .session_context import SessionContext

_READY = "GRPC_READY:"
_BUILD = pathlib.Path("Sidecar", "bin", "Release", "net10.0")


class LaunchFailed(SnakepitError):
    """No sidecar could be found, or it ended, or did not say in time that it serves."""


class Sidecar:
    """A running sidecar. Leaving its block stops it."""

    def __init__(self, process: subprocess.Popen[str], timeout: float) -> None:
        self.process = process
        self.port = 0
        # What it has last said on stderr.
        self.log: Deque[str] = deque(maxlen=200)
        self._ready = threading.Event()
        self._readers = [
            threading.Thread(target=self._read_output, daemon=True), threading.Thread(target=self._read_log, daemon=True)]
        for reader in self._readers:
            reader.start()
        if not self._ready.wait(timeout) or not self.port:
            self.kill()
            self._readers[1].join(1)
            raise LaunchFailed(f"the sidecar did not say that it serves: {' '.join(self.log) or 'it said nothing'}")

    @property
    def address(self) -> str:
        """HOST:PORT where it serves."""
        return f"localhost:{self.port}"

    def connect(self, session_id: str, **options: Any) -> SessionContext:
        """A context of one of its sessions; options as of SessionContext.connect."""
        return SessionContext.connect(self.address, session_id, **options)

    def stop(self, timeout: float = 15.0) -> int:
        """Lets calls in flight end, and stops it; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return self.kill()
        finally:
            self._close()

    def kill(self) -> int:
        """Ends it at once, as a crash would."""
        self.process.kill()
        try:
            return self.process.wait()
        finally:
            self._close()

    def __enter__(self) -> Sidecar:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _close(self) -> None:
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(_READY):
                self.port = int(line[len(_READY):])
                self._ready.set()
        self._ready.set()

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line.rstrip())


def launch(
    binary: Optional[str] = None,
    *,
    data: Optional[str] = None,
    port: int = 0,
    arguments: Sequence[str] = (),
    environment: Optional[Dict[str, str]] = None,
    timeout: float = 60.0,
) -> Sidecar:
    """Starts a sidecar and returns when it serves.

    binary: the executable, or snakepit.dll; else SNAKEPIT_BIN, `snakepit` on the PATH, the source tree's build.
    data: the folder that keeps its sessions; without one they end with it. port: 0 = any free one.
    arguments: further ones of `snakepit serve`. environment: variables on top of this process's.
    """
    command = [*find_binary(binary), "serve", "--port", str(port)]
    command += ["--memory"] if data is None else ["--data", data]
    process = subprocess.Popen(
        [*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **(environment or {})})
    return Sidecar(process, timeout)


def find_binary(binary: Optional[str] = None) -> List[str]:
    """The command that runs snakepit. LaunchFailed, telling where it was looked for, if there is none."""
    asked = binary or os.environ.get("SNAKEPIT_BIN")
    if asked:
        if not os.path.exists(asked):
            raise LaunchFailed(f"there is no {asked}")
        return _command(pathlib.Path(asked))

    installed = shutil.which("snakepit")
    if installed:
        return [installed]
    for folder in (pathlib.Path(__file__).resolve(), pathlib.Path.cwd() / "any"):
        for parent in folder.parents:
            if (parent / _BUILD / "snakepit.dll").exists():
                return _command(parent / _BUILD / "snakepit.dll")
    raise LaunchFailed(
        "no sidecar was found: give its path, or set SNAKEPIT_BIN, or put snakepit on the PATH, or build the source tree's: "
        "dotnet build Sidecar -c Release")


def _command(binary: pathlib.Path) -> List[str]:
    return ["dotnet", str(binary)] if binary.suffix == ".dll" else [str(binary)]
