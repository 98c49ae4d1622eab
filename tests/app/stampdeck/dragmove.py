#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a tenant, as a person and a script see it: under a real X server with a window manager,
against a real stampd on a port, the mouse drags a tenant's chip from its stamp to another, presses
Run, and plain HTTP shows two placements serving for a while, never none, and one at the target in the
end; undo brings it back.

dragmove.py STAMPDECK STAMPD
"""

import threading
import time

from desktop import Api, fail, main, wait_for


class Watch(threading.Thread):
    """Asks for one tenant again and again, as any script could."""

    def __init__(self, api, name):
        super().__init__(daemon=True)
        self.api = api
        self.name = name
        self.seen = []
        self.least_serving = 99
        self.most_serving = 0
        self.error = None
        self.ending = threading.Event()

    def run(self):
        while not self.ending.is_set():
            try:
                tenant = self.api.get("/v1/tenants/" + self.name)
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

    def begin(self):
        self.start()
        wait_for("the first answer", lambda: self.seen or self.error)
        return self

    def finish(self, what, stamp):
        wait_for(f"{self.name} on {stamp}", lambda: self.error or self.settled_at(stamp))
        self.ending.set()
        self.join()
        if self.error:
            fail(f"{what}: {self.error}")
        if self.least_serving < 1:
            fail(f"{what}: the tenant was served by none: {self.seen}")
        if self.most_serving < 2:
            fail(f"{what}: never two placements at once: {self.seen}")
        print(f"{self.name} is on {stamp}", flush=True)


def run(desktop, stampdeck, stampd):
    url = desktop.stampd(
        stampd, "demo:simulator=3,tenantsPerStamp=4,calm=true,failureRate=0,seed=7")
    api = Api(url)
    fleet = api.fleet(3)
    window = desktop.window(stampdeck, "rest=" + url)
    window.zoom_to_chips()

    tenant, chip = window.free_chip(fleet)
    source = tenant["stamp"]
    name = tenant["id"]
    print(f"dragging {name} away from {source}", flush=True)

    # Pick it up: then every stamp says whether it can.
    window.pick_up(chip)
    others = [stamp["name"] for stamp in fleet["stamps"] if stamp["name"] != source]
    goal = wait_for("a stamp that can take it", lambda: next(
        (each for each in others if window.stamp_says(each, "^(can take|best|tight)")), None))
    desktop.shot("carry")
    window.drop(goal, lambda: window.stamp_says(goal, "^(can take|best|tight)"))

    window.wait("plan")
    watch = Watch(api, name).begin()
    if not watch.settled_at(source):
        fail(f"something moved before Run was pressed: {watch.seen}")
    desktop.shot("plan")
    window.press("Run")
    watch.finish("move", goal)

    back = Watch(api, name).begin()
    desktop.shot("moved")
    window.press("Undo")
    # Of the notice, at once; of the drawer, by a plan.
    if wait_for("it to be back, or the plan of that", lambda: (
            "plan" if window.find("plan") else "back" if back.settled_at(source)
            else None)) == "plan":
        window.press("Run")
    back.finish("undo", source)
    window.quit()


if __name__ == "__main__":
    main("STAMPDECK STAMPD", (1600, 1000), run)
