#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyboard alone, under a real X server with a window manager, against a real stampd: the pointer
lies in a corner and is never moved. A stamp is found by the palette and drained to the end, which plain
HTTP confirms; then its tenants' way back is refused, and the reason is read from the accessibility bus.

keyboard.py STAMPDECK STAMPD
"""

import contextlib

from desktop import BUTTON, FIELD, Api, Failure, fail, main, wait_for, xdotool


class Keys:
    """What a person does who has no mouse: keys go to whatever has the focus."""

    def __init__(self, window):
        self.window = window
        self.tree = window.tree

    def press(self, *keys):
        xdotool("key", "--delay", 20, *keys)

    def type(self, text):
        xdotool("type", "--delay", 20, text)

    def focused(self):
        """The innermost thing that has the focus."""
        found = None
        for node in self.tree.walk(self.window.root):
            try:
                # Qt says of every current tab that it has the focus.
                if self.tree.has(node, "FOCUSED") and node.get_role_name() != "page tab":
                    found = node
            except Exception:  # it went away meanwhile
                continue
        return found

    def focused_name(self):
        node = self.focused()
        return (node.get_name() or "") if node else ""

    def until(self, key, what, is_there, most=40):
        """Presses a key again and again till what has the focus is what was looked for."""
        seen = []
        for _ in range(most):
            name = self.focused_name()
            if is_there(name):
                return name
            seen.append(name)
            self.press(key)
            self.wait_moved(name)
        fail(f"{key} never came to {what}: {seen}")

    def wait_moved(self, before):
        """Till the focus has gone on. A key may also leave it where it is, at the end of a row."""
        with contextlib.suppress(Failure):
            wait_for("the focus to go on", lambda: self.focused_name() != before, 3)


def run(desktop, stampdeck, stampd):
    url = desktop.stampd(
        stampd, "demo:simulator=6,tenantsPerStamp=3,calm=true,failureRate=0,seed=7,"
                "startSeconds=1")
    api = Api(url)
    fleet = api.fleet(6)
    xdotool("mousemove", 1599, 999)  # out of the way, before the window is there
    window = desktop.window(stampdeck, "rest=" + url)
    window.focus()
    keys = Keys(window)

    # One whose drain is not refused.
    name = next((stamp["name"] for stamp in fleet["stamps"]
                 if not api.refusals(f"/v1/stamps/{stamp['name']}:drain", {})), None)
    if not name:
        fail("no stamp of the fleet can be drained")
    wait_for(f"{name} on the map", lambda: window.thing("stamp", name))
    print(f"draining {name}", flush=True)

    keys.press("ctrl+k")
    window.wait("Find an action, a stamp or a tenant", FIELD)
    keys.type(name)
    wait_for("the palette's hit", lambda: window.find(name, ("list item", "table cell")))
    keys.press("Return")
    window.wait_gone("Find an action, a stamp or a tenant", FIELD)
    window.wait("Drain…", BUTTON)
    desktop.shot("opened")
    keys.press("ctrl+e")
    window.wait("plan")
    desktop.shot("plan")
    keys.until("Tab", "Run", lambda focused: focused == "Run")
    keys.press("space")
    window.wait_gone("plan")
    wait_for(f"{name} to be drained", lambda: next(
        stamp for stamp in api.get("/v1/fleet")["stamps"] if stamp["name"] == name)
        ["lifecycle"] == "drained")
    if name in api.owners().values():
        fail(f"{name} is drained and still owns somebody")
    desktop.shot("drained")
    window.wait_rest(name, "drained")

    # All of another are cut and walked to it: it is drained, so it says no, and says why.
    keys.until("F6", "the map", lambda focused: focused == "map" or focused.startswith("stamp "))
    keys.press("Home")
    other = keys.until("Right", "another stamp", lambda focused: focused.startswith("stamp ")
                       and name not in focused)
    keys.press("ctrl+x")
    window.wait("carry")
    keys.until("shift+Right", name, lambda focused: focused.startswith("stamp ")
               and name in focused)
    why = wait_for("the reason on the bus", lambda: (
        lambda node: node and (node.get_description() or ""))(keys.focused()))
    if "cannot: drained" not in why:
        fail(f"{name} is drained, and says: {why}")
    print(f"carrying all of {other}: {name} says “{why}”", flush=True)
    owners = api.owners()
    keys.press("Return")
    wait_for("the refusal", lambda: window.find("carry"))
    desktop.shot("refused")
    if window.find("plan"):
        fail("a drop that is refused has opened a plan")
    keys.press("Escape")
    window.wait_gone("carry")
    if api.owners() != owners:
        fail("what was put back has moved")
    window.quit()


if __name__ == "__main__":
    main("STAMPDECK STAMPD", (1600, 1000), run)
