# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop for tests that work the window as a person does: an X server with a window manager, a
session bus, the accessibility bus to see by, and the mouse.

STAMPDECK_SHOTS=FOLDER keeps pictures of the decisive moments there, and of the moment of a failure.
"""

import contextlib
import ctypes
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PATIENCE = 120  # seconds for each thing that is waited for
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
BUTTON = ("push button", "button")
FIELD = ("text", "entry")
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
WHEEL_UP, WHEEL_DOWN = 4, 5  # buttons of the mouse
SET_DEATH_SIGNAL, SET_SUBREAPER = 1, 36  # of prctl(2)


class Failure(Exception):
    """What was seen instead of what should be."""


def fail(words):
    raise Failure(words)


def wait_for(what, find, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        if time.monotonic() > deadline:
            fail(f"waited {seconds} s for {what}")
        time.sleep(0.05)


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


class Processes:
    """Ends what was started, in the reverse order, by its own id. Whatever those have left behind
    comes to us, and is ended too; and should we be killed, it is with us."""

    def __init__(self):
        self.all = []
        self.libc = ctypes.CDLL(None)
        self.libc.prctl(SET_SUBREAPER, 1, 0, 0, 0)

    def start(self, *args, **more):
        process = subprocess.Popen(
            args, preexec_fn=lambda: self.libc.prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0),
            **more)
        self.all.append(process)
        return process

    @staticmethod
    def finish(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def end(self):
        for process in reversed(self.all):
            self.finish(process)
        for sign in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + 10
            while (left := self.left_behind()) and time.monotonic() < deadline:
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, sign)
                with contextlib.suppress(ChildProcessError):
                    while os.waitpid(-1, os.WNOHANG)[0]:
                        pass
                time.sleep(0.05)

    @staticmethod
    def left_behind():
        path = f"/proc/self/task/{os.getpid()}/children"
        with open(path, encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]


def xdotool(*args):
    subprocess.run(["xdotool", *map(str, args)], check=True, timeout=PATIENCE)


def middle(box):
    return box.x + box.width // 2, box.y + box.height // 2


def is_in(x, y, box):
    return box.x < x < box.x + box.width and box.y < y < box.y + box.height


def click(box):
    x, y = middle(box)
    xdotool("mousemove", x, y, "click", 1)


class Api:
    """The Stamp API by plain HTTP, as a script has it."""

    def __init__(self, url, token=None):
        self.url = url
        self.token = token

    def ask(self, path, body=None):
        request = urllib.request.Request(self.url + path)
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        if body is not None:
            request.method = "POST"
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("If-Match", "*")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, path):
        return self.ask(path)

    def post(self, path, body):
        return self.ask(path, body)

    def status(self, path):
        try:
            self.ask(path)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def lifecycle(self, stamp):
        """None once it is gone, which it may be between two questions: so there is one."""
        try:
            return self.get("/v1/stamps/" + stamp)["lifecycle"]
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def fleet(self, stamps):
        """The fleet, once it has so many stamps."""
        return wait_for(f"a fleet of {stamps} stamps", lambda: (
            lambda fleet: fleet if len(fleet["stamps"]) == stamps else None)(self.get("/v1/fleet")))

    def refusals(self, path, body):
        """Why a request would be refused, by its plan: nothing is changed."""
        return [refusal["message"] for refusal in self.post(path + "?dryRun=true", body)["refusals"]]

    def is_settled(self, tenant, stamp):
        now = self.get("/v1/tenants/" + tenant)
        return now["stamp"] == stamp and not now["operation"]

    def owners(self):
        return {tenant["id"]: tenant["stamp"] for tenant in self.get("/v1/fleet")["tenants"]}

    def newest(self, kind):
        """The newest operation of a kind; None when there is none."""
        found = [operation for operation in self.get("/v1/operations")["operations"]
                 if operation["kind"] == kind]
        return max(found, key=lambda operation: operation["createdAt"], default=None)


class Tree:
    """The accessibility bus. What is not showing is not walked: a call takes a while."""

    def __init__(self):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.api = Atspi
        Atspi.init()

    def application(self, pid):
        desktop = self.api.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child and child.get_process_id() == pid:
                return child
        return None

    def has(self, node, state):
        return node.get_state_set().contains(getattr(self.api.StateType, state))

    def children(self, node):
        try:
            count = node.get_child_count()
        except Exception:  # it went away meanwhile
            return
        for index in range(min(count, 600)):
            try:
                child = node.get_child_at_index(index)
                if child and self.has(child, "SHOWING"):
                    yield child
            except Exception:
                continue

    def walk(self, node, depth=0):
        yield node
        if depth < 24:
            for child in self.children(node):
                yield from self.walk(child, depth + 1)

    def box(self, node):
        """Where it is on the screen; None when nowhere."""
        box = node.get_extents(self.api.CoordType.SCREEN)
        return box if box.width > 0 and box.height > 0 else None

    def find(self, root, pattern, role=None):
        """The first by that name, and where it is."""
        for node in self.walk(root):
            try:
                if re.fullmatch(pattern, node.get_name() or "") and (
                        role is None or node.get_role_name() in role):
                    box = self.box(node)
                    if box:
                        return node, box
            except Exception:
                continue
        return None

    def text(self, node):
        """What is in a field."""
        return self.api.Text.get_text(node, 0, -1)

    def number(self, node):
        """What a spin box is at."""
        return self.api.Value.get_current_value(node)

    def texts(self, root):
        """Every name and description, for what is only said."""
        words = []
        for node in self.walk(root):
            with contextlib.suppress(Exception):
                words += [node.get_name() or "", node.get_description() or ""]
        return "\n".join(words)


class Ear:
    """What a screen reader is told of the focus, in order: menus are heard in no other way."""

    def __init__(self, tree):
        from gi.repository import GLib
        self.loop = GLib.MainContext.default()
        self.told = []  # names
        self.listener = tree.api.EventListener.new(self.hear)
        self.listener.register("object:state-changed:focused")

    def hear(self, event):
        with contextlib.suppress(Exception):  # it may be gone again
            if event.detail1 and event.source.get_role_name() != "page tab":
                self.told.append(event.source.get_name() or "")

    def after(self, act, seconds=2):
        """The name that is told after something was done; None when nothing is."""
        while self.loop.iteration(False):
            pass
        self.told.clear()
        act()
        deadline = time.monotonic() + seconds
        while not self.told and time.monotonic() < deadline:
            if not self.loop.iteration(False):
                time.sleep(0.01)
        while self.loop.iteration(False):
            pass
        return self.told[-1] if self.told else None

    def until(self, key, what, most=60):
        """Presses a key till what is told matches."""
        heard = []
        for _ in range(most):
            told = self.after(lambda: xdotool("key", key))
            if told is not None and re.search(what, told):
                return told
            heard.append(told)
        fail(f"{key} never came to {what}: {heard}")


class Window:
    """One stampdeck, seen by the accessibility bus and worked by the mouse."""

    def __init__(self, desktop, process, x, y, width, height):
        self.desktop = desktop
        self.tree = desktop.tree
        self.process = process
        self.root = wait_for("stampdeck on the accessibility bus", self.application)
        self.id = wait_for("the window", lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(process.pid), "--name", "Stampdeck"],
            capture_output=True, text=True, check=False).stdout.split())[-1]
        xdotool("windowmove", self.id, x, y)
        xdotool("windowsize", self.id, width, height)
        wait_for("the window's size", lambda: any(
            box and (box.width, box.height) == (width, height)
            for box in map(self.tree.box, self.tree.children(self.root))))
        self.map = self.wait("map", ("list",))[0]

    def application(self):
        self.check()
        return self.tree.application(self.process.pid)

    def check(self):
        if self.process.poll() is not None:
            fail(f"stampdeck ended with {self.process.returncode}")

    def find(self, pattern, role=None):
        """In what lies over the window first: nobody can press what is under it."""
        for top in reversed(list(self.tree.children(self.root))):
            found = self.tree.find(top, pattern, role)
            if found:
                return found
        return None

    def wait(self, pattern, role=None):
        def found():
            self.check()
            return self.find(pattern, role)
        return wait_for(pattern, found)

    def wait_gone(self, pattern, role=None):
        wait_for(f"{pattern} to go", lambda: self.find(pattern, role) is None)

    def still(self, pattern, role=None, inside=None):
        """Once it is there and stays where it is; inside something of that name."""
        def found():
            self.check()
            if not inside:
                return self.find(pattern, role)
            around = self.find(inside)
            return around and self.tree.find(around[0], pattern, role)

        last = wait_for(pattern, found)
        while True:
            now = wait_for(pattern, found)
            if all(getattr(now[1], side) == getattr(last[1], side)
                   for side in ("x", "y", "width", "height")):
                return now
            last = now

    def press(self, pattern, role=BUTTON, inside=None):
        """Clicks it, once it stays where it is and can be pressed."""
        def enabled():
            found = self.still(pattern, role, inside)
            return found if self.tree.has(found[0], "ENABLED") else None
        click(wait_for(f"{pattern} to be enabled", enabled)[1])

    def says(self, pattern, words):
        """Its place, when its description has these words."""
        found = self.find(pattern)
        return found and re.search(words, found[0].get_description() or "") and found

    def on_map(self):
        """All that the map shows, by name: the things, and where they are."""
        seen = {}
        for node in self.tree.children(self.map):
            with contextlib.suppress(Exception):
                box = self.tree.box(node)
                if box:
                    seen[node.get_name()] = (node, box)
        return seen

    def thing(self, kind, name):
        """A stamp's tile, its drain handle, or a tenant's chip: ids may have their source before."""
        seen = self.on_map()
        return next((seen[each] for each in seen
                     if re.fullmatch(rf"{kind} (\S+/)?{re.escape(name)}", each)), None)

    def free_chip(self, fleet):
        """A tenant in sight that may go somewhere: not pinned, not bound to a region or a group."""
        free = [tenant for tenant in fleet["tenants"]
                if not any(tenant["constraints"][rule]
                           for rule in ("pinned", "regions", "antiAffinity", "exclusive"))]
        return wait_for("a tenant's chip", lambda: next(
            ((each, chip[1]) for each in free if (chip := self.thing("tenant", each["id"]))), None))

    def reach(self, kind, name):
        """As thing(), turning the wheel where it is out of sight, once it stays where it is."""
        sight = self.tree.box(self.map)
        last = None
        for turn in ([WHEEL_UP] * 20 + [WHEEL_DOWN] * 40) * 3:
            found = self.thing(kind, name)
            # Not half under an edge, where a drag would scroll.
            if found and found[1].y > sight.y + 30 \
                    and found[1].y + found[1].height < sight.y + sight.height - 30:
                place = (found[1].x, found[1].y)
                if place == last:
                    return found
                last = place
                continue
            xdotool("mousemove", sight.x + sight.width - 120, sight.y + sight.height // 2,
                    "click", turn)
        fail(f"{kind} {name} is nowhere on the map")

    def stamp_says(self, name, words):
        found = self.thing("stamp", name)
        return found and re.search(words, found[0].get_description() or "") and found[1]

    def wait_rest(self, name, lifecycle=""):
        """Till this window knows, too, that nobody acts on a stamp any more."""
        lifecycle = lifecycle and f", {lifecycle}"
        wait_for(f"{name} to come to rest", lambda: self.stamp_says(
            name, rf" tenants{lifecycle}, seen "))

    def wait_quiet(self):
        """Till this window knows of no operation that runs."""
        self.wait("none running")

    def wait_words(self, words):
        """Till an operation in the drawer is described by them."""
        wait_for(words, lambda: re.search(words, self.tree.texts(self.root), re.IGNORECASE))

    def focus(self):
        xdotool("windowactivate", "--sync", self.id)

    def quit(self):
        """Closes it; its process is to end with that, and well."""
        self.wait_quiet()  # else it asks
        self.focus()
        xdotool("key", "ctrl+q")
        wait_for("the end of stampdeck", lambda: self.process.poll() is not None)
        if self.process.returncode:
            fail(f"stampdeck ended with {self.process.returncode}")

    def zoom_to_chips(self):
        """Zooms in until tenants are drawn on their stamps."""
        for _ in range(8):
            seen = self.on_map()
            if any(name.startswith("tenant ") for name in seen):
                return
            before = {name: (box.width, box.height) for name, (_, box) in seen.items()}
            self.press("Zoom in")
            wait_for("the map to be larger", lambda: before != {
                name: (box.width, box.height) for name, (_, box) in self.on_map().items()})
        fail("no tenant is drawn however near the map is")

    def pick_up(self, box):
        x, y = middle(box)
        xdotool("mousemove", x, y, "mousedown", 1)
        for step in range(1, 8):
            xdotool("mousemove", x + 3 * step, y + 2 * step)
        self.wait("carry")

    def drop(self, what, target):
        """target() is asked for a place till the pointer is there: a map may scroll meanwhile."""
        at = None
        while True:
            box = wait_for(what, target)
            if at and is_in(*at, box):
                xdotool("mouseup", 1)
                return
            goal = middle(box)
            start = at or goal
            for step in range(1, 11):
                xdotool("mousemove", *(a + (b - a) * step // 10 for a, b in zip(start, goal)))
            at = goal

    def run_plan(self):
        self.wait("plan")
        self.press("Run")


class Desktop:
    """Screen, buses and a folder; all of it is gone when this is left."""

    def __init__(self, width, height):
        self.size = f"{width}x{height}x24"
        self.processes = Processes()
        self.place = None
        self.tree = None
        self.shots = 0

    def __enter__(self):
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def open(self):
        self.place = tempfile.mkdtemp(prefix="stampdeck-desktop-")
        os.environ["XDG_RUNTIME_DIR"] = self.place
        os.environ["GSETTINGS_BACKEND"] = "memory"
        os.environ["DISPLAY"] = ":" + self.first_word(
            "Xvfb", "-screen", "0", self.size, "-nolisten", "tcp", "-displayfd")
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self.first_word(
            "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", flag="={}")
        self.processes.start("openbox", **QUIET)
        # A window that is there before it is not managed, and can't be made active.
        wait_for("the window manager", lambda: subprocess.run(
            ["xdotool", "get_desktop"], check=False, timeout=PATIENCE, **QUIET).returncode == 0)
        self.tree = Tree()

    def first_word(self, *command, flag=None):
        """Starts something that says where it is to a descriptor."""
        read, write = os.pipe()
        command = [*command[:-1], command[-1] + flag.format(write)] if flag \
            else [*command, str(write)]
        self.processes.start(*command, pass_fds=[write], **QUIET)
        os.close(write)
        with os.fdopen(read) as file:
            word = file.readline().strip()
        if not word:
            fail(f"{command[0]} did not start")
        return word

    def file(self, name):
        return os.path.join(self.place, name)

    def stampd(self, program, source, *more):
        """A control plane over a simulated fleet; gives its URL."""
        server = self.processes.start(program, "--listen", "127.0.0.1:0", "--state",
                                      self.file("stampd"), "--source", source, *more,
                                      stdout=subprocess.PIPE, text=True)
        return first_line(server, r"listening on (http://\S+)", "stampd").group(1)

    def window(self, program, source, who="ada", at=(0, 0), size=(1600, 1000), **more):
        environment = dict(os.environ, QT_QPA_PLATFORM="xcb", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1",
                           QT_ACCESSIBILITY="1", LANGUAGE="C", LC_ALL="C.UTF-8", USER=who, **more)
        process = self.processes.start(program, "--source", source, "--state-dir", self.file(who),
                                       env=environment)
        return Window(self, process, *at, *size)

    def shot(self, name):
        folder = os.environ.get("STAMPDECK_SHOTS")
        if not folder:
            return
        self.shots += 1
        subprocess.run(["import", "-window", "root",
                        os.path.join(folder, f"{self.shots:02}-{name}.png")], check=False)

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.shot("failed")
        self.close()

    def close(self):
        for sign in ENDING:
            signal.signal(sign, signal.SIG_IGN)  # we are about it
        self.processes.end()
        if self.place:
            shutil.rmtree(self.place, ignore_errors=True)


def main(usage, size, run):
    """Runs a test with the programs that the command line names; exits with its outcome."""
    script = os.path.basename(sys.argv[0])
    if len(sys.argv) != 1 + len(usage.split()):
        sys.exit(f"usage: {script} {usage}")
    for sign in ENDING:
        signal.signal(sign, lambda *_: sys.exit(1))  # leaves by the same door
    began = time.monotonic()
    try:
        with Desktop(*size) as desktop:
            run(desktop, *sys.argv[1:])
    except Failure as failure:
        print("FAIL:", failure, flush=True)
        sys.exit(1)
    print(f"PASS in {time.monotonic() - began:.0f} s", flush=True)
