"""A relay between a client and the server that counts the bytes it passes on."""

import socket
import threading


class Relay:
    """Takes one connection at a time of its own address, `target`, to the server's."""

    def __init__(self, target):
        host, port = target.rsplit(":", 1)
        self._server = (host.strip("[]"), int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.target = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0
        self.received = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _accept(self):
        try:
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._pass_on, args=(client, server, "sent"), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(server, client, "received"), daemon=True).start()
        except OSError:
            pass  # closed: the check is over

    def _pass_on(self, source, sink, counter):
        try:
            while data := source.recv(65536):
                setattr(self, counter, getattr(self, counter) + len(data))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side has gone: the other learns it from its own end
