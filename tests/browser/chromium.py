"""Chromium without a window, spoken to over its own protocol (Chrome DevTools Protocol).

One process for many pages. Each page has a fresh profile of nothing, and remembers what was
written to its console and what it asked of the network.
"""

import json
import shutil
import subprocess
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAIT_S = 60.0
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--no-default-browser-check", "--hide-scrollbars"),
    *("--remote-debugging-port=0", "--remote-debugging-address=127.0.0.1"),
)
_READY = "DevTools listening on "


def found() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def started(program: str) -> Iterator["Chromium"]:
    """A running browser with a profile of its own, which goes with it."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                address = _address(process)
                with connect(address, max_size=None, open_timeout=WAIT_S) as socket:
                    browser = Chromium(socket)
                    yield browser
                    browser.call("Browser.close")
            finally:
                process.kill()


def _address(process: "subprocess.Popen[str]") -> str:
    """Where the browser listens; what it writes after that is read away."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        if line.startswith(_READY):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line.removeprefix(_READY).strip()
        lines.append(line)
    raise AssertionError(f"the browser did not start: {''.join(lines)}")


class Chromium:
    """A connection to a browser; commands wait for their answer."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = count(1)
        self._listeners: dict[str, Callable[[str, dict[str, Any]], None]] = {}

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Send a command and return its result; events that come before it are handed on."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while (answer := self.receive()).get("id") != number:
            pass
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def receive(self) -> Any:
        """Wait for the next message; an event goes to its page first."""
        message = json.loads(self._socket.recv(timeout=WAIT_S))
        listener = self._listeners.get(message.get("sessionId", ""))
        if "method" in message and listener is not None:
            listener(message["method"], message["params"])
        return message

    @contextmanager
    def page(self, *, width: int, height: int, dark: bool = False) -> Iterator["Page"]:
        """A tab of its own, as wide and as dark as asked for."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(self, attached["sessionId"])
        self._listeners[attached["sessionId"]] = page.heard
        try:
            page.begin(width=width, height=height, dark=dark)
            yield page
        finally:
            del self._listeners[attached["sessionId"]]
            self.call("Target.disposeBrowserContext", browserContextId=context)


class Page:
    """A tab: `complaints` are what its console got, `requests` the addresses that it asked for."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._browser = browser
        self._session = session
        self._is_loaded = False
        self._width = 0

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command to this tab."""
        return self._browser.call(method, self._session, **parameters)

    def begin(self, *, width: int, height: int, dark: bool) -> None:
        """Listen to everything, then take on a size and a colour scheme."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self._width = width
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.prefer(dark=dark)

    def prefer(self, *, dark: bool) -> None:
        """Change the colour scheme."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def heard(self, method: str, event: dict[str, Any]) -> None:
        """Take in an event of this tab."""
        if method == "Page.loadEventFired":
            self._is_loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"][:200])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(event["exceptionDetails"])[:2_000])
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(event["args"])[:2_000])
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.complaints.append(event["entry"]["text"])

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded and has been drawn in the window's size.

        A page that comes from another process than the one before takes its size a little later.
        """
        self._is_loaded = False
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not self._is_loaded:
            self._browser.receive()
        self.settle()
        for _ in range(100):
            if self.ask("innerWidth") == self._width:
                break
            self.settle()
        self.settle()

    def settle(self) -> None:
        """Wait until everything that is due now has been drawn."""
        frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.ask(f"{frame}.then(() => true)")

    def ask(self, expression: str) -> Any:
        """What an expression of JavaScript comes to; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = "none" if kind == "mouseMoved" else "left"
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)
        self.settle()

    def picture(self, *, height: int | None = None) -> bytes:
        """A PNG of the window, or of the page from its top down to a height."""
        clip: dict[str, Any] = {}
        if height is not None:
            width = self.ask("innerWidth")
            place = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            clip = {"captureBeyondViewport": True, "clip": place}
        shot = self.call("Page.captureScreenshot", format="png", **clip)
        return b64decode(shot["data"])
