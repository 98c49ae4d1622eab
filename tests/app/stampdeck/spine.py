#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every action of the spine, by every way to it: the menu of a tile, the menu of a row of the Stamps
table, the palette, and keys. Under a real X server with a window manager, against a real stampd whose
state is asked by plain HTTP after each. The last two ways are gone with the pointer in a corner.

spine.py STAMPDECK STAMPD
"""

import re

from desktop import FIELD, Api, Ear, fail, main, middle, wait_for, xdotool

CORNER = (1599, 999)
# What the palette is asked for, what a menu says, the keys.
ACTIONS = {
    "create": ("New stamp", "New stamp…", "ctrl+n"),
    "scale": ("Scale", "Scale…", "ctrl+r"),
    "cordon": ("Cordon", "Cordon…", "ctrl+d"),
    "uncordon": ("Uncordon", "Uncordon…", "ctrl+shift+d"),
    "move": ("Move tenants", "Move tenants…", "ctrl+x"),
    "drain": ("Drain", "Drain…", "ctrl+e"),
    "evacuate": ("Evacuate its region", "Evacuate its region…", "ctrl+shift+e"),
    "delete": ("Delete stamp", "Delete stamp…", "ctrl+Delete"),
    "undo": ("Undo the last operation", "Undo the last operation", "u"),
    "pause": ("Pause the operation", "Pause the operation", "ctrl+p"),
    "resume": ("Resume the operation", "Resume the operation", "ctrl+shift+p"),
    "cancel": ("Cancel the operation", "Cancel the operation", "ctrl+period"),
    "roll back": ("Roll back the operation", "Roll back the operation", "ctrl+shift+u"),
}
VERBS = ("pause", "resume", "cancel", "roll back")


class Hand:
    """How somebody works the window; what is asked for is on `window`."""

    def __init__(self, desktop, window, api, ear):
        self.desktop = desktop
        self.window = window
        self.api = api
        self.ear = ear

    def press_key(self, *keys):
        xdotool("key", "--delay", 20, *keys)

    def invoke(self, action, stamp):
        """Asks for it; where it is about a stamp, for that one."""
        raise NotImplementedError

    def choose_in_menu(self, action):
        """With the menu open: items are heard one by one, as a screen reader tells them."""
        text = re.escape(ACTIONS[action][1])
        if action in VERBS:
            self.ear.until("Down", r"^(Operation|\w+ .*\d\d)$")
            told = self.ear.after(lambda: self.press_key("Right"))
            if not (told and re.search(text, told)):
                self.ear.until("Down", text)
        else:
            self.ear.until("Down", "^" + text + "$")
        self.press_key("Return")

    def run_plan(self, pace=None):
        """Of the dialog that is open now."""
        self.window.wait("plan")
        if pace:
            self.set_pace(pace)
        self.ear.until("Tab", "^Run$")
        self.press_key("space")
        self.window.wait_gone("plan")

    def set_pace(self, pace):
        field = self.window.wait("At once", ("spin button",))[0]
        self.ear.until("Tab", "^At once$")
        self.press_key("ctrl+a")
        xdotool("type", str(pace))
        wait_for("the pace", lambda: self.window.tree.number(field) == pace)
        self.window.wait(f"{pace} at a time")

    def open_by_palette(self, text, roles=("list item", "table cell")):
        self.press_key("ctrl+k")
        self.window.wait("Find an action, a stamp or a tenant", FIELD)
        xdotool("type", "--delay", 10, text)
        wait_for(f"{text} in the palette", lambda: self.window.find(
            rf"{re.escape(text)}.*", roles))
        self.press_key("Return")
        self.window.wait_gone("Find an action, a stamp or a tenant", FIELD)


class MapHand(Hand):
    """The menu of a tile, opened with the mouse."""
    name = "map"

    def invoke(self, action, stamp):
        self.press_key("ctrl+1")
        box = self.window.reach("stamp", stamp)[1]
        xdotool("mousemove", *middle(box), "click", 3)
        self.choose_in_menu(action)
        xdotool("mousemove", *CORNER)


class TableHand(Hand):
    """The menu of a row of the Stamps table, opened with the mouse."""
    name = "table"

    def invoke(self, action, stamp):
        self.press_key("ctrl+2")
        box = self.window.still(stamp, ("table cell",))[1]
        xdotool("mousemove", *middle(box), "click", 3)
        self.choose_in_menu(action)
        xdotool("mousemove", *CORNER)


class PaletteHand(Hand):
    """The palette, for the stamp and for what is to be done with it."""
    name = "palette"

    def invoke(self, action, stamp):
        self.open_by_palette(stamp)
        self.open_by_palette(ACTIONS[action][0])


class KeyHand(Hand):
    """The tile is walked to by arrows, and a key acts on it."""
    name = "keyboard"

    def invoke(self, action, stamp):
        self.press_key("ctrl+1")
        for _ in range(8):
            if re.match("map$|stamp ", self.ear.after(lambda: self.press_key("F6")) or ""):
                break
        else:
            fail("F6 never comes to the map")
        if not re.search(rf"[ /]{stamp}$", self.ear.after(lambda: self.press_key("Home")) or ""):
            self.ear.until("Right", rf"[ /]{stamp}$")
        self.press_key(ACTIONS[action][2])


class Spine:
    """The actions, in an order in which each finds what it needs; all of it is taken back."""

    def __init__(self, hand):
        self.hand = hand
        self.api = hand.api
        self.window = hand.window

    def lifecycle(self, name):
        return self.api.lifecycle(name)

    def wait_lifecycle(self, name, wanted):
        wait_for(f"{name} to be {wanted}", lambda: self.lifecycle(name) == wanted)
        self.window.wait_quiet()

    def say(self, words):
        print(f"{self.hand.name}: {words}", flush=True)

    def run(self):
        before = self.api.owners()
        made = self.create()
        self.scale(made)
        self.cordon(self.drainable())
        self.move()
        self.verbs()
        self.evacuate()
        self.delete(made)
        if self.api.owners() != before:
            fail(f"tenants are not where they were: {self.api.owners()}")

    def undo(self, stamp, owners):
        self.hand.invoke("undo", stamp)
        # At once while the notice is in sight; after that there is a plan first.
        if wait_for("everybody to be back, or a plan of it", lambda: (
                "back" if self.api.owners() == owners
                else "plan" if self.window.find("plan") else None)) == "plan":
            self.hand.run_plan()
        wait_for("everybody to be back", lambda: self.api.owners() == owners)
        self.window.wait_quiet()

    def create(self):
        near = self.api.get("/v1/fleet")["stamps"][0]["name"]
        known = {stamp["name"] for stamp in self.api.get("/v1/fleet")["stamps"]}
        self.hand.invoke("create", near)
        self.window.wait("create")
        self.hand.press_key("Return")
        self.window.wait("web", ("spin button",))
        self.hand.press_key("Return")
        self.window.wait("Name", FIELD)
        self.hand.press_key("Return")
        self.hand.run_plan()
        made = wait_for("the new stamp", lambda: next(
            (stamp["name"] for stamp in self.api.get("/v1/fleet")["stamps"]
             if stamp["name"] not in known), None))
        self.wait_lifecycle(made, "active")
        self.say(f"created {made}")
        return made

    def web(self, name):
        return next(each["desired"] for each in self.api.get("/v1/stamps/" + name)["components"]
                    if each["name"] == "web")

    def scale(self, name):
        before = self.web(name)
        self.hand.invoke("scale", name)
        self.window.wait("web limit|web")
        self.hand.press_key("Up")
        self.hand.ear.until("Tab", "^Plan…$")
        self.hand.press_key("space")
        self.hand.run_plan()
        wait_for("one replica more", lambda: self.web(name) == before + 1)
        self.window.wait_quiet()
        self.say(f"scaled {name}: web {before} to {before + 1}")

    def cordon(self, name):
        for action, after in (("cordon", "cordoned"), ("uncordon", "active")):
            self.hand.invoke(action, name)
            self.hand.run_plan()
            self.wait_lifecycle(name, after)
            self.say(f"{action}ed {name}")

    def drainable(self):
        """Of those that have tenants, one whose drain nothing stands against."""
        owned = set(self.api.owners().values())
        return next((name for stamp in self.api.get("/v1/fleet")["stamps"]
                     if (name := stamp["name"]) in owned
                     and not self.api.refusals(f"/v1/stamps/{name}:drain", {})), None) \
            or fail("no stamp of the fleet can be drained")

    def move(self):
        name = self.drainable()
        before = self.api.owners()
        self.hand.invoke("move", name)
        self.window.wait("carry")
        self.hand.press_key("p")  # the planner spreads them
        self.hand.run_plan()
        wait_for(f"all of {name} to be elsewhere",
                 lambda: name not in self.api.owners().values())
        self.window.wait_quiet()
        self.say(f"moved all of {name}")
        self.undo(name, before)
        self.say("and undone")

    def drain(self, name):
        old = (self.api.newest("drain") or {}).get("id")
        self.hand.invoke("drain", name)
        self.hand.run_plan(pace=1)  # so that it lasts

        def new():
            newest = self.api.newest("drain")
            return newest if newest and newest["id"] != old else None
        return wait_for("the drain", new)["id"]

    def verb(self, action, name, state):
        self.hand.invoke(action, name)
        wait_for(f"the drain to be {state}",
                 lambda: self.api.newest("drain")["state"] == state)
        # And till this window knows.
        self.window.wait_words(state.replace("-", " "))
        self.say(f"{action}: the drain of {name} is {state}")

    def verbs(self):
        name = self.drainable()
        before = self.api.owners()
        self.drain(name)
        self.verb("pause", name, "paused")
        self.verb("resume", name, "running")
        self.verb("pause", name, "paused")
        self.verb("roll back", name, "rolled-back")
        if self.api.owners() != before or self.lifecycle(name) != "active":
            fail("the drain that was rolled back has left something")
        self.window.wait_quiet()
        self.drain(name)
        self.verb("cancel", name, "cancelled")
        if self.api.owners() == before and self.lifecycle(name) == "active":
            self.say("nothing was done when it was cancelled")
        else:
            self.verb("roll back", name, "rolled-back")
        if self.api.owners() != before or self.lifecycle(name) != "active":
            fail("the drain that was rolled back has left something")
        self.window.wait_quiet()
        # To the end, and undone.
        self.hand.invoke("drain", name)
        self.hand.run_plan()
        self.wait_lifecycle(name, "drained")
        self.say(f"drained {name}")
        self.undo(name, before)
        self.wait_lifecycle(name, "active")
        self.say("and undone")

    def evacuate(self):
        fleet = self.api.get("/v1/fleet")
        owned = set(self.api.owners().values())
        regions = {stamp["region"] for stamp in fleet["stamps"] if stamp["name"] in owned}
        region = next((region for region in sorted(regions) if not self.api.refusals(
            f"/v1/regions/{region}:evacuate", {})), None) or fail("no region can be evacuated")
        inside = [stamp["name"] for stamp in fleet["stamps"] if stamp["region"] == region]
        before = self.api.owners()
        self.hand.invoke("evacuate", next(name for name in inside if name in owned))
        self.hand.run_plan()
        for name in inside:
            self.wait_lifecycle(name, "drained")
        self.say(f"evacuated {region}")
        self.undo(inside[0], before)
        for name in inside:
            self.wait_lifecycle(name, "active")
        self.say("and undone")

    def delete(self, name):
        self.hand.invoke("drain", name)
        self.hand.run_plan()
        self.wait_lifecycle(name, "drained")
        self.hand.invoke("delete", name)
        self.window.wait("plan")
        field = self.window.wait(f"Type {re.escape(name)} to run this", FIELD)[0]
        self.hand.ear.until("Tab", "^Type .* to run this")
        xdotool("type", name)
        wait_for("the name", lambda: self.window.tree.text(field) == name)
        self.hand.ear.until("Tab", "^Run$")
        self.hand.press_key("space")
        wait_for(f"{name} to be gone", lambda: self.lifecycle(name) is None)
        self.window.wait_gone("plan")
        wait_for("its tile to go", lambda: not self.window.thing("stamp", name))
        self.say(f"deleted {name}")


def run(desktop, stampdeck, stampd):
    url = desktop.stampd(
        stampd, "demo:simulator=6,tenantsPerStamp=3,calm=true,failureRate=0,seed=7,startSeconds=4")
    api = Api(url)
    api.fleet(6)
    xdotool("mousemove", *CORNER)
    window = desktop.window(stampdeck, "rest=" + url)
    window.focus()
    ear = Ear(desktop.tree)
    wait_for("the stamps", lambda: len(window.on_map()) >= 6)
    for hand in (MapHand, TableHand, PaletteHand, KeyHand):
        Spine(hand(desktop, window, api, ear)).run()
    window.quit()


if __name__ == "__main__":
    main("STAMPDECK STAMPD", (1600, 1000), run)
