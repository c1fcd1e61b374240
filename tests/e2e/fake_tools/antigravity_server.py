"""Stands for a language server of Antigravity: several ports of one process, only some of which speak the protocol.

Usage: antigravity_server.py PLAN [flags as the real one takes them]. The plan is a JSON file: `ports` are the ways of
the listeners in ascending order of their numbers, `certificate` a PEM file, `log` gets a line for every request,
`answers` maps methods to documents, `delay` is waited before anything listens, `greeting` is printed first.
Ways: "tls" and "plain" answer, "tls-404" and "plain-404" refuse everything, "silent" takes connections and says no
word.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_SERVICE = "/exa.language_server_pb.LanguageServerService/"


def main() -> None:
    """Listen until killed."""
    plan: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(plan.get("greeting", "ready"), flush=True)
    time.sleep(plan.get("delay", 0))
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in plan["ports"]]
    listeners.sort(key=lambda listener: listener.getsockname()[1])
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener, way in zip(listeners, plan["ports"], strict=True):
        if way != "silent":
            threading.Thread(target=_serve, args=(listener, way, plan), daemon=True).start()
    _note(plan, {"ports": ports})
    threading.Event().wait()


def _serve(listener: socket.socket, way: str, plan: dict[str, Any]) -> None:
    port = listener.getsockname()[1]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            method = self.path.removeprefix(_SERVICE)
            token = self.headers.get("x-codeium-csrf-token")
            _note(plan, {"port": port, "method": method, "token": token, "body": json.loads(body or b"null")})
            if token != plan.get("token"):
                self._answer(403, {"code": "permission_denied"})
            elif way.endswith("-404") or method not in plan["answers"]:
                self._answer(404, {})
            else:
                self._answer(200, plan["answers"][method])

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written to the terminal."""

        def _answer(self, status: int, document: object) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that speaks otherwise is no reason to write to the terminal."""

    server = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_address = listener.getsockname()
    if way.startswith("tls"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(plan["certificate"])
        server.socket = context.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


def _note(plan: dict[str, Any], line: dict[str, object]) -> None:
    with Path(plan["log"]).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
