"""A started installation: prepared, served and worked for, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """Cadre as an operator starts it: `prepare`, then a server and a worker as processes."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = data
        self._log = (data / "server.log").open("wb")
        self._environment = {
            **os.environ,
            "CADRE_ENV": "development",
            "CADRE_DATA": str(data),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "WARNING",
            **environment,
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.command("prepare")
        self._processes = [self._begin("serve"), self._begin("jobs", "work")]
        self._wait_until_ready()

    def command(self, *arguments: str) -> None:
        """Run a command of Cadre to its end."""
        done = subprocess.run(
            self._flask(*arguments),
            cwd=ROOT,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} failed:\n{self.log()}")

    def program(self, *arguments: str) -> str:
        """Run a program of Python beside the installation; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=self._log,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} failed:\n{self.log()}")
        return done.stdout.decode()

    def kill(self) -> None:
        """End the server at once, as `kill -9` does; the worker stays."""
        server = self._processes.pop(0)
        server.kill()
        server.wait(timeout=15)

    def serve_again(self) -> None:
        """Start the server anew on the same port and data."""
        self._processes.insert(0, self._begin("serve"))
        self._wait_until_ready()

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
        self._log.close()

    def log(self) -> str:
        return (self.data / "server.log").read_text(errors="replace")[-4000:]

    def _begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._flask(*arguments),
            cwd=ROOT,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
        )

    def _flask(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]

    def _wait_until_ready(self) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=1):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError(f"the server did not get ready:\n{self.log()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
