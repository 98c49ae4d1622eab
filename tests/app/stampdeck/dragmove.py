#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a tenant, as a person and a script see it: under a real X server with a window manager,
against a real stampd on a port, the mouse drags a tenant's chip from its stamp to another, presses
Run, and plain HTTP shows two placements serving for a while, never none, and one at the target in the
end; undo brings it back.

dragmove.py STAMPDECK STAMPD; run it inside dbus-run-session (it does that itself).
"""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PATIENCE = 120  # seconds for each thing that is waited for


def fail(words):
    print("FAIL:", words, flush=True)
    sys.exit(1)


class Processes:
    """Ends what was started, in the reverse order, by its own id."""

    def __init__(self):
        self.all = []

    def start(self, *args, **more):
        process = subprocess.Popen(args, **more)
        self.all.append(process)
        return process

    def end(self):
        for process in reversed(self.all):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def wait_for(what, find, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(0.1)
    fail(f"waited {seconds} s for {what}")


def first_line(process, pattern, what):
    """Waits for a line of the process's output that matches."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            fail(f"{what} ended with {process.returncode}")
        if select.select([process.stdout], [], [], 1)[0]:
            match = re.search(pattern, process.stdout.readline())
            if match:
                return match
    fail(f"{what} did not say {pattern}")


class Tree:
    """The accessibility bus."""

    def __init__(self):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.api = Atspi
        Atspi.init()

    def application(self, name):
        desktop = self.api.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child and name in (child.get_name() or "").lower():
                return child
        return None

    def walk(self, node, depth=0):
        if node is None or depth > 24:
            return
        yield node
        try:
            count = node.get_child_count()
        except Exception:  # it went away meanwhile
            return
        for index in range(min(count, 600)):
            try:
                child = node.get_child_at_index(index)
            except Exception:
                continue
            yield from self.walk(child, depth + 1)

    def find(self, root, matches, role=None):
        for node in self.walk(root):
            try:
                name = node.get_name() or ""
                if matches(name) and (role is None or node.get_role_name() in role):
                    if not node.get_state_set().contains(self.api.StateType.SHOWING):
                        continue
                    box = node.get_extents(self.api.CoordType.SCREEN)
                    if box.width > 0 and box.height > 0:
                        return node, box
            except Exception:
                continue
        return None


def xdotool(*args):
    subprocess.run(["xdotool", *map(str, args)], check=True)


def middle(box):
    return box.x + box.width // 2, box.y + box.height // 2


def click(box):
    x, y = middle(box)
    xdotool("mousemove", x, y)
    xdotool("click", 1)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


class Watch(threading.Thread):
    """Asks for one tenant again and again, as any script could."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url = url
        self.seen = []
        self.least_serving = 99
        self.most_serving = 0
        self.error = None
        self.ending = threading.Event()

    def run(self):
        while not self.ending.is_set():
            try:
                tenant = get(self.url)
            except Exception as error:
                self.error = error
                return
            # A placement that drains still serves: it ends when the other one is verified.
            serving = sum(1 for place in tenant["placements"]
                          if place["state"] in ("serving", "draining"))
            self.least_serving = min(self.least_serving, serving)
            self.most_serving = max(self.most_serving, serving)
            state = (tenant["stamp"],
                     tuple((place["stamp"], place["state"]) for place in tenant["placements"]))
            if not self.seen or self.seen[-1] != state:
                self.seen.append(state)
                print("  ", *state, flush=True)
            time.sleep(0.03)

    def settled_at(self, stamp):
        return self.seen and self.seen[-1] == (stamp, ((stamp, "serving"),))

    def check(self, what):
        if self.error:
            fail(f"{what}: {self.error}")
        if self.least_serving < 1:
            fail(f"{what}: the tenant was served by none: {self.seen}")
        if self.most_serving < 2:
            fail(f"{what}: never two placements at once: {self.seen}")


def run(stampdeck, stampd, place):
    processes = Processes()
    try:
        read, write = os.pipe()
        processes.start("Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24",
                        "-nolisten", "tcp", pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        display = os.read(read, 16).decode().strip()
        if not display:
            fail("Xvfb gave no display")
        os.environ["DISPLAY"] = ":" + display
        processes.start("openbox", stderr=subprocess.DEVNULL)

        server = processes.start(
            stampd, "--listen", "127.0.0.1:0", "--state", os.path.join(place, "stampd"),
            "--source", "demo:simulator=3,tenantsPerStamp=4,calm=true,failureRate=0,seed=7",
            stdout=subprocess.PIPE, text=True)
        url = first_line(server, r"listening on (http://\S+)", "stampd").group(1)
        fleet = wait_for("the fleet of stampd",
                         lambda: (lambda f: f if len(f["stamps"]) == 3 else None)(
                             get(url + "/v1/fleet")))
        print(f"stampd at {url}: {len(fleet['stamps'])} stamps", flush=True)

        environment = dict(os.environ, QT_QPA_PLATFORM="xcb", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1",
                           QT_ACCESSIBILITY="1", LANGUAGE="C", LC_ALL="C.UTF-8")
        window = processes.start(stampdeck, "--source", "rest=" + url, "--state-dir",
                                 os.path.join(place, "state"), env=environment)
        tree = Tree()
        root = wait_for("stampdeck on the accessibility bus",
                        lambda: window.poll() is None and tree.application("stampdeck"))

        # Chips are drawn on the largest tiles only.
        zoom = wait_for("the zoom", lambda: tree.find(root, lambda text: text == "Zoom in"))
        for _ in range(3):
            click(zoom[1])
            time.sleep(0.5)

        # A tenant that may go somewhere: not pinned, and not bound to a region or a group.
        free = {t["id"].split("/")[-1]: t for t in fleet["tenants"]
                if not t["constraints"]["pinned"] and not t["constraints"]["regions"]
                and not t["constraints"]["antiAffinity"] and not t["constraints"]["exclusive"]}

        def chip():
            for name, tenant in free.items():
                found = tree.find(root, lambda text, name=name: re.fullmatch(
                    rf"tenant (\S+/)?{re.escape(name)}", text) is not None)
                if found:
                    return tenant, found[1]
            return None

        tenant, at = wait_for("a tenant's chip", chip)
        source = tenant["stamp"]
        name = tenant["id"].split("/")[-1]
        print(f"dragging {name} away from {source}", flush=True)

        # Pick it up: then every stamp says whether it can.
        x, y = middle(at)
        xdotool("mousemove", x, y)
        xdotool("mousedown", 1)
        for step in range(1, 8):
            xdotool("mousemove", x + 3 * step, y + 2 * step)
            time.sleep(0.05)

        def target():
            for stamp in fleet["stamps"]:
                if stamp["name"] == source:
                    continue
                found = tree.find(root, lambda text, s=stamp: re.fullmatch(
                    rf"stamp (\S+/)?{re.escape(s['name'])}", text) is not None)
                said = found[0].get_description() or "" if found else ""
                if re.match(r"can take|best|tight", said):
                    return stamp["name"], found[1]
            return None

        goal, there = wait_for("a stamp that can take it", target)
        gx, gy = middle(there)
        for step in range(1, 11):
            xdotool("mousemove", x + (gx - x) * step // 10, y + (gy - y) * step // 10)
            time.sleep(0.05)
        time.sleep(0.3)
        xdotool("mouseup", 1)

        wait_for("the plan", lambda: tree.find(root, lambda text: text == "plan"))
        button = wait_for("Run", lambda: tree.find(root, lambda text: text == "Run",
                                                   ("push button", "button")))
        watch = Watch(f"{url}/v1/tenants/{name}")
        watch.start()
        wait_for("the first answer", lambda: watch.seen or watch.error)
        if not watch.settled_at(source):
            fail(f"something moved before Run was pressed: {watch.seen}")
        click(button[1])
        wait_for(f"{name} on {goal}", lambda: watch.error or watch.settled_at(goal))
        watch.ending.set()
        watch.join()
        watch.check("move")
        print(f"{name} is on {goal}", flush=True)

        undo = wait_for("Undo", lambda: tree.find(root, lambda text: text == "Undo",
                                                  ("push button", "button")))
        back = Watch(f"{url}/v1/tenants/{name}")
        back.start()
        wait_for("the first answer", lambda: back.seen or back.error)
        click(undo[1])
        wait_for(f"{name} back on {source}", lambda: back.error or back.settled_at(source))
        back.ending.set()
        back.join()
        back.check("undo")
        print(f"{name} is back on {source}", flush=True)
        if window.poll() is not None:
            fail(f"stampdeck ended with {window.returncode}")
    finally:
        processes.end()


def main():
    if len(sys.argv) < 3:
        fail("usage: dragmove.py STAMPDECK STAMPD")
    if os.environ.get("STAMPDECK_OWN_BUS") != "1":
        environment = dict(os.environ, STAMPDECK_OWN_BUS="1")
        os.execvpe("dbus-run-session", ["dbus-run-session", "--", sys.executable] + sys.argv,
                   environment)
    place = tempfile.mkdtemp(prefix="stampdeck-dragmove-")
    os.environ["XDG_RUNTIME_DIR"] = place
    os.chmod(place, 0o700)
    try:
        run(sys.argv[1], sys.argv[2], place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print("PASS", flush=True)


if __name__ == "__main__":
    main()
