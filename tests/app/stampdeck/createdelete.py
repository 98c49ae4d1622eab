#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stamp comes and goes, on a real stampd. By the window, under a real X server: the wizard is gone
through with the mouse alone, plain HTTP shows the new stamp active; it is drained and deleted, after
what will go was shown and its name was typed right. Another one goes by the undo of its creation,
which asks for the name as well. And by stampctl, with the guards that it has.

createdelete.py STAMPDECK STAMPD STAMPCTL
"""

import re
import subprocess

from desktop import BUTTON, FIELD, Api, fail, main, middle, wait_for, xdotool


class Script:
    """stampctl on the same stampd, as a pipeline has it."""

    def __init__(self, desktop, program, url):
        self.command = [program, "--source", "rest=" + url, "--state-dir", desktop.file("script")]

    def run(self, status, *words):
        print("stampctl", *words, flush=True)
        ended = subprocess.run([*self.command, *words], stdin=subprocess.DEVNULL, timeout=300,
                               capture_output=True, text=True, check=False)
        if ended.returncode != status:
            fail(f"stampctl {' '.join(words)} exits {ended.returncode}, not {status}: "
                 f"{ended.stdout}{ended.stderr}")
        return ended.stdout + ended.stderr


def lifecycle(api, name):
    return api.lifecycle(name)


def open_wizard(window):
    """By the list of actions, in which the wheel finds what is farther down."""
    window.press("Actions")
    field = window.wait("Find an action, a stamp or a tenant")[1]
    x, y = middle(field)
    xdotool("mousemove", x, y + 200)

    def entry():
        found = window.find("New stamp…", ("list item",))
        # Not half below the edge.
        if found and found[1].y + found[1].height < field.y + 400:
            return found
        xdotool("click", 5)
        return None
    wait_for("the action", entry)
    window.press("New stamp…", ("list item",))
    window.wait("create")


def named_by_wizard(window):
    """The name that the wizard suggests."""
    field = window.wait("Name", FIELD)[0]
    return window.tree.text(field)


def through_wizard(desktop, window, api, changes):
    """With the mouse alone; gives the name of what was made."""
    open_wizard(window)
    if changes:
        window.press("template large", None)
    desktop.shot("templates")
    window.press("Next")
    web, box = window.still("web", ("spin button",))
    default = window.tree.text(web)
    if changes:
        xdotool("mousemove", box.x + box.width - 9, box.y + 8, "click", 1)
        wait_for("one replica more", lambda: window.tree.text(web) == str(int(default) + 1))
    desktop.shot("parameters")
    window.press("Next")
    window.wait("Region")
    name = named_by_wizard(window)
    desktop.shot("place")
    if api.status("/v1/stamps/" + name) != 404:
        fail(f"{name} is there already")
    window.press("Plan…")
    plan = window.wait("plan")[0]
    said = window.tree.texts(plan)
    desktop.shot("plan")
    if f"Create {name}" not in said or "What will come" not in said:
        fail(f"the plan does not say what will come: {said}")
    if api.status("/v1/stamps/" + name) != 404:
        fail(f"{name} came before Run was pressed")
    window.press("Run")
    wait_for(f"{name} to be active", lambda: lifecycle(api, name) == "active")
    window.wait_rest(name)
    print(f"{name} is made", flush=True)
    return name


def type_name(desktop, window, api, name):
    """In the plan of a deletion: a wrong name first, then the right one; then it is called off no
    more."""
    window.wait("plan")
    said = window.tree.texts(window.wait("plan")[0])
    if "What will go" not in said or "region" not in said or "components" not in said:
        fail(f"the plan does not say what will go: {said}")

    def is_enabled():
        return window.tree.has(window.wait("Run", BUTTON)[0], "ENABLED")

    if is_enabled():
        fail("Run can be pressed before the name is typed")
    field = window.still(f"Type {re.escape(name)} to run this", FIELD)
    xdotool("mousemove", *middle(field[1]), "click", 1)
    for wrong in (name[:-1], name + "x"):
        xdotool("type", wrong)
        wait_for("what is typed", lambda w=wrong:
                 window.tree.text(field[0]) == w)
        if is_enabled():
            fail(f"Run can be pressed at {wrong}")
        desktop.shot("wrong-name")
        xdotool("key", "ctrl+a", "key", "Delete")
    xdotool("type", name)
    wait_for("Run", is_enabled)
    desktop.shot("right-name")
    if lifecycle(api, name) in ("deleting", None):
        fail(f"{name} went before Run was pressed")
    window.press("Run")
    window.wait("Call off", BUTTON)
    desktop.shot("call-off")
    if lifecycle(api, name) in ("deleting", None):
        fail(f"{name} went before it could be called off")
    wait_for(f"{name} to be gone", lambda: api.status("/v1/stamps/" + name) == 404)
    window.wait_gone("plan")
    print(f"{name} is gone", flush=True)


def by_window(desktop, window, api):
    name = through_wizard(desktop, window, api, changes=True)
    if api.get("/v1/stamps/" + name)["updatedBy"] == "":
        fail("nobody has made it")
    xdotool("mousemove", *middle(window.thing("stamp", name)[1]), "click", 1)
    window.press("Drain…")
    window.run_plan()
    wait_for(f"{name} to be drained", lambda: lifecycle(api, name) == "drained")
    window.wait_rest(name, "drained")
    window.press("Delete…")
    type_name(desktop, window, api, name)
    wait_for("its tile to go", lambda: not window.thing("stamp", name))
    desktop.shot("gone")


def by_undo(desktop, window, api):
    name = through_wizard(desktop, window, api, changes=False)
    desktop.shot("made")
    window.press("Undo", inside=f"Create {re.escape(name)} from small")
    window.wait(f"Undo: Create {re.escape(name)} from small")
    type_name(desktop, window, api, name)
    wait_for("its tile to go", lambda: not window.thing("stamp", name))


def by_stampctl(script, window, api):
    region = api.get("/v1/fleet")["stamps"][0]["region"]
    name = "by-stampctl"
    script.run(2, "create", name, "--template", "no-such", "--region", region, "--yes")
    said = script.run(2, "create", name, "--template", "small", "--region", region, "--set",
                      "web=99", "--yes")
    if "16" not in said:
        fail(f"a value out of its range is refused without the range: {said}")
    script.run(0, "create", name, "--template", "small", "--region", region, "--set", "web=3",
               "--yes")
    made = api.get("/v1/stamps/" + name)
    web = next(each for each in made["components"] if each["name"] == "web")
    if made["lifecycle"] != "active" or web["desired"] != 3:
        fail(f"not what was asked for: {made}")
    wait_for("the window to see it", lambda: window.thing("stamp", name))
    script.run(3, "delete", name, "--confirm", name)  # not drained
    script.run(0, "drain", name, "--yes")
    for guard in ([], ["--confirm", name + "x"]):
        script.run(2, "delete", name, *guard)
        if lifecycle(api, name) != "drained":
            fail(f"delete {guard} was enough")
    script.run(0, "delete", name, "--confirm", name)
    wait_for(f"{name} to be gone", lambda: api.status("/v1/stamps/" + name) == 404)
    wait_for("the window to see it", lambda: not window.thing("stamp", name))
    print(f"{name} is gone", flush=True)


def run(desktop, stampdeck, stampd, stampctl):
    url = desktop.stampd(stampd, "demo:simulator=3,tenantsPerStamp=2,calm=true,failureRate=0,"
                                 "seed=7,startSeconds=1,timeScale=10")
    api = Api(url)
    api.fleet(3)
    window = desktop.window(stampdeck, "rest=" + url)
    wait_for("the stamps", lambda: len(window.on_map()) >= 3)
    by_window(desktop, window, api)
    by_undo(desktop, window, api)
    by_stampctl(Script(desktop, stampctl, url), window, api)
    window.quit()


if __name__ == "__main__":
    main("STAMPDECK STAMPD STAMPCTL", (1600, 1040), run)
