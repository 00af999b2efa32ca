"""A real Chromium for tests of pages: found where there is one, without a network, and loud where it is absent."""

from __future__ import annotations

import base64
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page might ask for, no name resolves and no proxy answers; a test may serve from its own machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-server=127.0.0.1:9",
)
#: Addresses that leave no machine: the pages, what they carry, and the browser's own first tab.
INSIDE = ("data:", "about:", "blob:", "file:", "chrome:", "chrome-untrusted:")
#: Only a broken page is waited for as long as this.
LONGEST_WAIT_S = 60
DESKTOP, PHONE = (1280, 900), (390, 844)
#: The package that carries axe-core (4.9 or newer: older ones know nothing of WCAG 2.2), and the file in it.
AXE_PACKAGE, AXE_FILE = "selenium-axe-python", "selenium_axe_python/axe-core/axe.min.js"


def find_chromium() -> tuple[str, str]:
    """Return the paths of Chromium and its driver, or skip the test, saying loudly what is missing."""
    browser = os.environ.get("ONRAMP_CHROMIUM") or next(
        (path for name in CHROMIUM if (path := shutil.which(name))), None
    )
    driver = os.environ.get("ONRAMP_CHROMEDRIVER") or shutil.which("chromedriver")
    if not browser or not driver:
        missing = "Chromium" if not browser else "chromedriver"
        pytest.skip(
            f"NO PAGE WAS OPENED: {missing} is not installed (Debian: apt-get install chromium chromium-driver)"
        )
    return browser, driver


def axe_script() -> str:
    """Return axe-core, from the file named by ONRAMP_AXE where a newer one is available, or skip, saying so loudly."""
    own = os.environ.get("ONRAMP_AXE")
    try:
        file = Path(own) if own else Path(str(distribution(AXE_PACKAGE).locate_file(AXE_FILE)))
        return file.read_text(encoding="utf-8")
    except (PackageNotFoundError, OSError):
        pytest.skip(f"NO ACCESSIBILITY CHECK WAS RUN: the package {AXE_PACKAGE} is not installed")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback and give its address."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def chromium(profile: Path, size: tuple[int, int] = DESKTOP, flags: Sequence[str] = ()) -> Iterator[webdriver.Chrome]:
    """Open Chromium with an empty profile; phone sizes are emulated with touch, the last of two equal flags counts."""
    browser, driver = find_chromium()
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", *flags):
        options.add_argument(flag)
    if size == PHONE:
        metrics = {"width": size[0], "height": size[1], "pixelRatio": 2, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    opened.set_page_load_timeout(LONGEST_WAIT_S)
    opened.set_script_timeout(LONGEST_WAIT_S)
    try:
        yield opened
    finally:
        opened.quit()


class Page:
    """One page as a test looks at it."""

    def __init__(self, driver: webdriver.Chrome, file: Path, fragment: str = "") -> None:
        self.driver = driver
        driver.get("about:blank")
        self.logs()
        self.requests()
        driver.get(file.as_uri() + fragment)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script gives."""
        return self.driver.execute_script(script, *arguments)

    def until(self, script: str, *arguments: Any) -> Any:
        """Wait until a script gives something true, however slow the machine is, and return it."""
        return self.wait_for(lambda: self.run(script, *arguments), f"never true: {script}")

    def wait_for(self, condition: Callable[[], Any], message: str = "") -> Any:
        """Wait until a condition gives something true and return it."""
        waiting = WebDriverWait(self.driver, LONGEST_WAIT_S, poll_frequency=0.02)
        return waiting.until(lambda _: condition(), message)

    def ready(self) -> Page:
        """Wait until the map is drawn."""
        assert self.until("return document.documentElement.dataset.ready") == "yes"
        return self

    def logs(self) -> list[str]:
        """Return what the page complained about since last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the outside addresses asked for since last asked, but for those the page's own policy held back."""
        return [url for url, _ in self.requests_with_headers()]

    def requests_with_headers(self) -> list[tuple[str, dict[str, str]]]:
        """Return what `requests` does, each address with the headers sent to it."""
        asked: dict[str, tuple[str, dict[str, str]]] = {}
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            params = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                asked[params["requestId"]] = params["request"]["url"], params["request"]["headers"]
            elif message["method"] == "Network.loadingFailed" and params.get("blockedReason") == "csp":
                asked.pop(params["requestId"], None)
        return [(url, sent) for url, sent in asked.values() if not url.startswith(INSIDE)]

    def files_asked_for(self) -> list[str]:
        """Return the other files the page made the browser load."""
        return self.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def axe(self) -> list[str]:
        """Return violations of WCAG 2.0–2.2 A/AA and best practice, one line each."""
        # The page's own policy lets no script in, so axe is brought in by the debugger.
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe_script()})
        result = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations'], "
            "runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', "
            "'wcag22aa', 'best-practice']}).then(r => done(r.violations.map(v => v.id + ': ' + v.help + ' – ' + "
            "v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | '))))"
            ".catch(e => done(['axe failed: ' + e]));"
        )
        return list(result)

    def printed(self) -> bytes:
        """Return the page as it is printed, on US Letter."""
        letter = {"paperWidth": 8.5, "paperHeight": 11, "printBackground": True, "preferCSSPageSize": False}
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", letter)["data"])
