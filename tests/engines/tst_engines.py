#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds engine.py to its word: nothing of an engine survives a run, not even one that was killed.
tst_engines.py ENGINE"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ENGINE = sys.argv.pop(1)
PROGRAM = os.path.join(HERE, ENGINE)


def lives(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def answers(url):
    try:
        with urllib.request.urlopen(url + "/-/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class TestEngine(unittest.TestCase):
    def setUp(self):
        # Of its own, so that what stays behind is seen, and nobody else's is.
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.environment = os.environ | {"TMPDIR": self.folder.name}

    def verb(self, *words, **more):
        return subprocess.run([PROGRAM, *words], env=self.environment | more, text=True,
                              capture_output=True, check=False)

    def start(self, *command):
        process = subprocess.Popen(command, env=self.environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait(self, what, condition):
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end, f"waited in vain until {what}")
            time.sleep(0.01)

    def left(self):
        return [name for name in os.listdir(self.folder.name) if name.startswith("stampdeck-")]

    def assert_nothing_left(self, *pids):
        self.wait("its processes are gone", lambda: not any(lives(pid) for pid in pids))
        self.wait("its files are gone", lambda: not self.left())

    def test_ends_when_its_input_ends(self):
        holder = self.start(PROGRAM, "hold")
        said = json.loads(holder.stdout.readline())
        instance = said["instances"][0]
        self.assertEqual(said["engine"], ENGINE)
        self.assertTrue(answers(instance["url"]))
        holder.stdin.close()
        self.assertEqual(holder.wait(20), 0)
        self.assert_nothing_left(instance["pid"])

    def test_ends_when_its_owner_is_killed(self):
        # The owner is a shell that keeps the other end of the pipe and is killed without a word.
        owner = self.start("bash", "-c", f'coproc "{PROGRAM}" hold; echo $COPROC_PID;'
                                         'cat <&"${COPROC[0]}"')
        supervisor = int(owner.stdout.readline())
        pid = json.loads(owner.stdout.readline())["instances"][0]["pid"]
        self.assertTrue(lives(pid) and lives(supervisor))
        owner.kill()
        self.assert_nothing_left(pid, supervisor)

    def test_ends_when_its_supervisor_is_killed(self):
        holder = self.start(PROGRAM, "hold")
        pid = json.loads(holder.stdout.readline())["instances"][0]["pid"]
        holder.kill()
        self.wait("the engine is gone", lambda: not lives(pid))
        self.assertEqual(len(self.left()), 1)  # its folder, until the next start
        self.assertEqual(self.verb("run", "true").returncode, 0)
        self.assert_nothing_left(pid)

    def test_kills_and_starts_again(self):
        holder = self.start(PROGRAM, "hold")
        instance = json.loads(holder.stdout.readline())["instances"][0]
        for line, is_up in (("kill 0", False), ("start 0", True)):
            print(line, file=holder.stdin, flush=True)
            self.assertEqual(holder.stdout.readline(), "done\n")
            self.assertEqual(answers(instance["url"]), is_up)
        print("kill 7", file=holder.stdin, flush=True)
        self.assertTrue(holder.stdout.readline().startswith("failed "))
        holder.stdin.close()
        holder.wait(20)
        self.assert_nothing_left(instance["pid"])

    def test_runs_a_command(self):
        ran = self.verb("run", "bash", "-c", "env; exit 3")
        self.assertEqual(ran.returncode, 3)
        self.assertIn(f"STAMPDECK_{ENGINE.upper()}_URL=http://127.0.0.1:", ran.stdout)
        self.assert_nothing_left()

    def test_ends_with_who_runs_it(self):
        owner = self.start("bash", "-c", f'"{PROGRAM}" run bash -c "pgrep -P \\$PPID; sleep 600"; true')
        pids = [int(owner.stdout.readline()), int(owner.stdout.readline())]
        owner.kill()
        self.assert_nothing_left(*pids)

    def test_up_and_down_by_hand(self):
        up = self.verb("up")
        self.assertEqual(up.returncode, 0, up.stderr)
        self.addCleanup(self.verb, "down")
        url = up.stdout.split("=")[1].strip().strip("'")
        self.assertTrue(answers(url))
        self.assertEqual(self.verb("env").stdout, up.stdout)
        again = self.verb("up")
        self.assertEqual(again.returncode, 1)
        self.assertIn("is up already", again.stderr)
        self.assertEqual(self.verb("down").returncode, 0)
        self.assertFalse(answers(url))
        self.assertEqual(self.verb("env").returncode, 1)
        self.assertEqual(self.left(), [])

    def test_up_ends_when_its_supervisor_is_killed(self):
        self.assertEqual(self.verb("up").returncode, 0)
        self.addCleanup(self.verb, "down")
        state = [name for name in self.left() if name.endswith(".json")][0]
        with open(os.path.join(self.folder.name, state), encoding="utf-8") as file:
            said = json.load(file)
        os.kill(said["supervisor"], signal.SIGKILL)
        pid = said["instances"][0]["pid"]
        self.wait("the engine is gone", lambda: not lives(pid))
        self.assertEqual(self.verb("env").returncode, 1)
        self.assertEqual(self.verb("up").returncode, 0)

    def test_says_what_is_not_there(self):
        for ci, status, word in (("", 77, "skipped"), ("true", 1, "failed")):
            said = self.verb("run", "true", PATH="/nowhere", CI=ci)
            self.assertEqual(said.returncode, status)
            self.assertTrue(said.stderr.startswith(f"{word}: {ENGINE}: "), said.stderr)
            self.assertIn("is not installed (Debian: ", said.stderr)

    def test_says_why_it_does_not_start(self):
        config = os.path.join(self.folder.name, "wrong.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("nonsense: true\n")
        said = self.verb("run", "--config", config, "true")
        self.assertEqual(said.returncode, 1)
        self.assertIn("nonsense", said.stderr)
        self.assert_nothing_left()


if __name__ == "__main__":
    there = subprocess.run([PROGRAM, "run", "true"], check=False)
    if there.returncode == 77:
        sys.exit(77)
    unittest.main()
