#!/usr/bin/env python3
"""Opens a bundle with the built package, in Node and in a headless Chromium, and learns from a purchase.

    cargo xtask package
    python3 python/load_bundle.py factors.safetensors
"""

import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHROME = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
SECONDS = 180

NODE = """
import { readFileSync } from 'node:fs';
const [pkg, bundle] = process.argv.slice(2);
const { initSync, Core } = await import(`${pkg}/homebody.js`);
initSync({ module: readFileSync(new URL(`${pkg}/homebody_bg.wasm`)) });
console.log(new Core(readFileSync(bundle), 'check').bundle());
"""

# Buys what stands last in the list, and asks again.
PAGE = b"""<!doctype html><script type="module">
let said;
try {
  const { openProfile } = await import('/pkg/index.js');
  const profile = await openProfile({ factors: '/factors.safetensors' });
  const list = () => profile.recommend({ limit: 12 }).map(({ id }) => id);
  const before = list();
  const refused = profile.record('purchase', before.at(-1));
  said = { before, after: list(), refused: refused ?? null };
} catch (error) {
  said = { error: `${error.code ?? error.name}: ${error.message}` };
}
await fetch('/said', { method: 'POST', body: JSON.stringify(said) });
</script>"""


def in_node(bundle: Path) -> str:
    """The version that the module read from it."""
    if shutil.which("node") is None:
        return "skipped, there is no node"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "load.mjs"
        script.write_text(NODE)
        command = ["node", script, (ROOT / "pkg").as_uri(), bundle]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Node could not open {bundle}:\n{done.stderr}")
    return done.stdout.strip()


def in_chromium(bundle: Path) -> str:
    """How the list moved after one purchase."""
    names = [os.environ["CHROME"]] if "CHROME" in os.environ else CHROME
    chrome = next(filter(None, map(shutil.which, names)), None)
    if chrome is None:
        return f"skipped, there is none of {', '.join(names)}; CHROME may name one"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(bundle)) as server, tempfile.TemporaryDirectory() as folder:
        server.said, server.heard = None, threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [chrome, *QUIET, f"--user-data-dir={folder}/profile", f"http://127.0.0.1:{server.server_port}/"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        heard = server.heard.wait(SECONDS)
        browser.terminate()
        browser.wait()
        server.shutdown()
    if not heard:
        raise SystemExit(f"{chrome} said nothing in {SECONDS} seconds")
    said = server.said
    if "error" in said or said["refused"] or not said["before"]:
        raise SystemExit(f"the browser could not use {bundle}: {said}")
    if said["before"] == said["after"]:
        raise SystemExit(f"a purchase changed nothing in the list {said['before']}")
    new = len(set(said["after"]) - set(said["before"]))
    return f"opened; after one purchase {new} of {len(said['after'])} items in the list are others"


def handler(bundle: Path):
    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm", ".js": "text/javascript"}

        def __init__(self, *arguments):
            super().__init__(*arguments, directory=ROOT)

        def do_GET(self):
            own = {"/": ("text/html", lambda: PAGE), "/factors.safetensors": ("application/octet-stream", bundle.read_bytes)}
            if self.path not in own:
                return super().do_GET()
            kind, body = own[self.path][0], own[self.path][1]()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.server.said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()
            self.server.heard.set()

        def log_message(self, *_):
            pass

    return Handler


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    bundle = Path(sys.argv[1]).absolute()
    if not (ROOT / "pkg" / "homebody_bg.wasm").exists():
        raise SystemExit("pkg/ is not built: cargo xtask package")
    print(f"Node: {in_node(bundle)}")
    print(f"Chromium: {in_chromium(bundle)}")


if __name__ == "__main__":
    main()
