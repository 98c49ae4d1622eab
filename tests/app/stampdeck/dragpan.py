#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drag across a map that is zoomed in: the stamp it goes to is out of sight. At the foot of the map the
pointer makes it move on by itself until the stamp has come into sight and says that it can take the
tenant; what is not let go there goes back by Escape, and nothing has changed.

dragpan.py STAMPDECK STAMPD
"""

from desktop import Api, fail, main, middle, wait_for, xdotool

CAN = "^(can take|best|tight)"
EDGE = 12  # pixels from the foot of the map


def run(desktop, stampdeck, stampd):
    url = desktop.stampd(
        stampd, "demo:simulator=40,tenantsPerStamp=4,calm=true,failureRate=0,seed=7")
    api = Api(url)
    fleet = api.fleet(40)
    window = desktop.window(stampdeck, "rest=" + url)
    window.zoom_to_chips()

    tenant, chip = window.free_chip(fleet)
    names = [stamp["name"] for stamp in fleet["stamps"]]
    before = {name for name in names if window.thing("stamp", name)}
    if len(before) == len(names):
        fail("all stamps are in sight: there is nowhere to go")
    print(f"dragging {tenant['id']} away from {tenant['stamp']}", flush=True)

    def pull_to_foot():
        """Holds it at the foot, beside the place where the planner would spread it."""
        sight = window.tree.box(window.map)
        x = sight.x + sight.width - 30
        y = sight.y + sight.height - EDGE
        for step in range(1, 11):
            xdotool("mousemove", x, y - 10 + step)

    def far_goal():
        """One that was out of sight and can take it, by now whole in sight."""
        sight = window.tree.box(window.map)
        for name in names:
            if name in before or name == tenant["stamp"]:
                continue
            box = window.stamp_says(name, CAN)
            if box and box.y > sight.y + 60 and box.y + box.height < sight.y + sight.height - 120:
                return name
        return None

    # Held at the edge the map goes on and on.
    window.pick_up(chip)
    pull_to_foot()
    goal = wait_for("a stamp that was out of sight and can take it", far_goal)
    desktop.shot("panned")
    xdotool("key", "Escape", "mouseup", 1)
    window.wait_gone("carry")
    if api.get("/v1/tenants/" + tenant["id"])["stamp"] != tenant["stamp"]:
        fail("it moved though nothing was run")

    # Again, and let go on it this time.
    window.focus()
    sight = window.tree.box(window.map)
    chip = window.reach("tenant", tenant["id"])[1]
    before = {name for name in names if window.thing("stamp", name)}
    window.pick_up(chip)
    pull_to_foot()
    goal = wait_for("a stamp that was out of sight and can take it", far_goal)
    # Away from the edge it stands still.
    xdotool("mousemove", *middle(sight))
    window.drop(goal, lambda: window.stamp_says(goal, CAN))
    window.wait("plan")
    desktop.shot("plan")
    window.run_plan()
    wait_for(f"{tenant['id']} on {goal}",
             lambda: api.get("/v1/tenants/" + tenant["id"])["stamp"] == goal)
    window.quit()


if __name__ == "__main__":
    main("STAMPDECK STAMPD", (1600, 1000), run)
