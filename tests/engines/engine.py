# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops real engines for tests and by hand. One program for each engine beside this file:

    tests/engines/ENGINE up [OPTION…]         starts it in the background and prints its environment
    tests/engines/ENGINE env                  prints that again, to be eval'ed
    tests/engines/ENGINE down                 stops it
    tests/engines/ENGINE run [OPTION…] CMD…   runs CMD with its environment, then stops it
    tests/engines/ENGINE hold [OPTION…]       runs it until standard input ends (for test programs)

Everything listens on free ports of 127.0.0.1 and keeps its files in a folder that goes with it. Each
engine is the child of a supervisor, this program, and is killed by the kernel when the supervisor
dies, however it dies (PR_SET_PDEATHSIG). The supervisor of `hold` ends with who started it, whose end of
a pipe closes then; that of `run` by the kernel's word too. What a killed supervisor left in its folder
goes at the next start.

Exit status 77 says that the engine can't be started here and why, by name; with CI=true that is a
failure, 1.

`hold` first prints a line of JSON: {"engine", "version", "instances": [{"url", "cluster", "pid"}…]}.
From there it takes "kill N" and "start N" (the Nth instance, on the same ports with the same files)
and answers "done", or "failed WHY", a line each.
"""
import argparse
import ctypes
import fcntl
import json
import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SKIPPED = 77
START_SECONDS = 60


class Skip(Exception):
    """This engine can't be started on this machine."""


class Broken(Exception):
    """It could, and did not start."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


LIBC = ctypes.CDLL(None, use_errno=True)


def signal_at_end_of(parent, number):
    """The kernel sends this process a signal when `parent`, which started it, dies."""
    pr_set_pdeathsig = 1
    if LIBC.prctl(pr_set_pdeathsig, number) != 0 or os.getppid() != parent:
        os._exit(1)


def die_with(parent):
    """For the child between fork and exec."""
    return lambda: signal_at_end_of(parent, signal.SIGKILL)


class Instance:
    """One process of an engine, in a folder of its own."""

    def __init__(self, engine, number, folder):
        self.engine = engine
        self.number = number
        self.folder = folder
        self.port = None
        self.cluster_port = None
        self.process = None
        os.mkdir(folder)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-20:])

    def spawn(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                self.engine.command(self), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.folder, preexec_fn=die_with(os.getpid()), start_new_session=True)

    def start(self):
        """On free ports, or on those that it had. A port may be taken in between: then on others."""
        again = self.port is not None
        for attempt in range(5):
            if not again:
                self.port, self.cluster_port = free_port(), free_port()
            self.spawn()
            end = time.monotonic() + START_SECONDS
            while time.monotonic() < end and self.process.poll() is None:
                try:
                    with urllib.request.urlopen(self.url + "/-/ready", timeout=2) as answer:
                        if answer.status == 200:
                            return
                except (OSError, urllib.error.URLError):
                    pass
                time.sleep(0.02)
            self.stop()
            if "address already in use" not in self.log():
                break
        raise Broken(f"{self.engine.name} did not start; the end of its log:\n{self.log()}")

    def stop(self):
        """Its files go with it, so there is nothing to be saved."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def describe(self):
        return {"url": self.url, "cluster": f"127.0.0.1:{self.cluster_port}",
                "pid": self.process.pid}


class Engine:
    """What one engine needs; the programs beside this file say so of theirs."""
    name = ""
    program = ""
    package = ""
    variable = ""  # of the environment: all URLs, separated by spaces
    default_config = ""

    def __init__(self, options):
        self.options = options
        self.instances = []

    def command(self, instance):
        raise NotImplementedError

    def add_options(self, parser):
        parser.add_argument("--config", metavar="FILE", help="instead of a minimal one")

    def prepare(self, instance):
        """What is to be done in its folder before the first start."""

    def count(self):
        return 1

    def config_of(self, instance):
        return os.path.join(instance.folder, "config.yml")

    def find(self):
        path = shutil.which(self.program)
        if not path:
            raise Skip(f"{self.program} is not installed (Debian: {self.package})")
        return path

    def version(self):
        out = subprocess.run([self.find(), "--version"], capture_output=True, text=True, check=False)
        words = (out.stdout + out.stderr).split()
        return words[words.index("version") + 1].rstrip(",") if "version" in words else ""

    def start(self, folder):
        self.find()
        for number in range(self.count()):
            instance = Instance(self, number, os.path.join(folder, str(number)))
            self.instances.append(instance)
            if self.options.config:
                shutil.copy(self.options.config, self.config_of(instance))
            else:
                with open(self.config_of(instance), "w", encoding="utf-8") as file:
                    file.write(self.default_config)
            self.prepare(instance)
            instance.start()

    def stop(self):
        for instance in self.instances:
            instance.stop()

    def environment(self, description):
        urls = " ".join(instance["url"] for instance in description["instances"])
        return {self.variable: urls}

    def describe(self):
        return {"engine": self.name, "version": self.version(),
                "instances": [instance.describe() for instance in self.instances]}


class Folder:
    """A folder that is locked while its supervisor lives, and removed by it or by the next one."""
    PREFIX = "stampdeck-engine-"

    def __init__(self):
        self.sweep()
        self.path = tempfile.mkdtemp(prefix=self.PREFIX)
        self.lock = open(os.path.join(self.path, "lock"), "w", encoding="utf-8")
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    @classmethod
    def sweep(cls):
        for name in os.listdir(tempfile.gettempdir()):
            path = os.path.join(tempfile.gettempdir(), name)
            if not name.startswith(cls.PREFIX) or os.stat(path).st_uid != os.getuid():
                continue
            try:
                with open(os.path.join(path, "lock"), "r+", encoding="utf-8") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path, ignore_errors=True)
            except OSError:
                pass  # somebody else's, alive or not yet locked

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Supervisor:
    """Owns one engine and its folder from start() to stop()."""

    def __init__(self, engine):
        self.engine = engine
        self.folder = None

    def __enter__(self):
        def end(*_):
            raise SystemExit(0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, end)
        self.folder = Folder()
        try:
            self.engine.start(self.folder.path)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.engine.stop()
        self.folder.remove()

    def obey(self, line):
        words = line.split()
        try:
            instance = self.engine.instances[int(words[1])]
            {"kill": instance.stop, "start": instance.start}[words[0]]()
        except (Broken, ValueError, IndexError, KeyError) as error:
            return "failed " + str(error).replace("\n", " | ")
        return "done"

    def until_end_of_input(self):
        buffered = b""
        while True:
            select.select([sys.stdin], [], [])
            piece = os.read(sys.stdin.fileno(), 4096)
            if not piece:
                return
            buffered += piece
            while b"\n" in buffered:
                line, buffered = buffered.split(b"\n", 1)
                print(self.obey(line.decode()), flush=True)


def state_file(engine):
    return os.path.join(tempfile.gettempdir(), f"stampdeck-{engine.name}-{os.getuid()}.json")


def running(engine):
    """The description of what `up` has started, or None."""
    try:
        with open(state_file(engine), encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return None  # its supervisor holds it while it lives
            except OSError:
                return json.load(file)
    except (OSError, ValueError):
        return None


def print_environment(engine, description):
    for name, value in engine.environment(description).items():
        print(f"export {name}={shlex.quote(value)}")


def up(engine):
    if running(engine):
        raise Broken(f"{engine.name} is up already")
    engine.find()
    reads, writes = os.pipe()
    if os.fork() == 0:
        os.close(reads)
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1):
            os.dup2(null, fd)
        try:
            with Supervisor(engine):
                # Never truncated before it is locked: who reads it sees all or a free lock.
                with open(state_file(engine), "a+", encoding="utf-8") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    file.truncate(0)
                    json.dump(engine.describe() | {"supervisor": os.getpid()}, file)
                    file.flush()
                    os.dup2(null, 2)
                    os.write(writes, b"up")
                    os.close(writes)
                    while True:
                        signal.pause()
        except (Broken, Skip) as error:
            print(error, file=sys.stderr)
            os._exit(1)
        finally:
            if os.path.exists(state_file(engine)):
                os.unlink(state_file(engine))
    os.close(writes)
    if os.read(reads, 2) != b"up":
        raise Broken(f"{engine.name} is not up")
    print_environment(engine, running(engine))


def down(engine):
    description = running(engine)
    if not description:
        return
    os.kill(description["supervisor"], signal.SIGTERM)
    while running(engine):
        time.sleep(0.02)


def run(engine, command):
    parent = os.getppid()
    with Supervisor(engine) as supervisor:
        signal_at_end_of(parent, signal.SIGTERM)
        environment = os.environ | supervisor.engine.environment(engine.describe())
        # It gets the interrupts of the terminal itself; who is killed takes it along.
        child = subprocess.Popen(command, env=environment, preexec_fn=die_with(os.getpid()))
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def main(engine_class):
    engine = engine_class(None)
    parser = argparse.ArgumentParser(
        prog=f"tests/engines/{engine.name}", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("up", "down", "env", "run", "hold"):
        sub = verbs.add_parser(verb)
        if verb in ("up", "run", "hold"):
            engine.add_options(sub)
        if verb == "run":
            sub.add_argument("command", nargs=argparse.REMAINDER, metavar="CMD")
    options = parser.parse_args()
    engine.options = options
    try:
        if options.verb == "up":
            up(engine)
        elif options.verb == "down":
            down(engine)
        elif options.verb == "env":
            description = running(engine)
            if not description:
                raise Broken(f"{engine.name} is not up")
            print_environment(engine, description)
        elif options.verb == "run":
            if not options.command:
                parser.error("run needs a command")
            sys.exit(run(engine, options.command))
        else:
            with Supervisor(engine) as supervisor:
                print(json.dumps(engine.describe()), flush=True)
                supervisor.until_end_of_input()
    except Skip as reason:
        in_ci = os.environ.get("CI") == "true"
        print(f"{'failed' if in_ci else 'skipped'}: {engine.name}: {reason}", file=sys.stderr)
        sys.exit(1 if in_ci else SKIPPED)
    except Broken as error:
        print(error, file=sys.stderr)
        sys.exit(1)
