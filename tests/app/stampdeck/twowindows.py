#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people on one fleet: two real windows under a real X server with a window manager, on one real
stampd that knows both by their tokens.

ada drags two tenants onto a stamp, and a third, for which it has no room: she is told why, and what
would mend it. Then grace drains a stamp by its handle: she drags it to where the planner spreads what
is carried, and presses Run. ada sees who acts on it, and is refused on that stamp with grace's name;
she pauses everything by one key, and rolls the drain back: every tenant is where it was, and grace
sees it.

twowindows.py STAMPDECK STAMPD
"""

import os
import re

from desktop import BUTTON, Api, fail, main, middle, wait_for, xdotool

WIDTH, HEIGHT = 1600, 1240
TAKES = "^(can take|best|tight)"


def scale(api, stamp, resources):
    operation = api.post(f"/v1/stamps/{stamp}:scale", {"resources": resources})
    wait_for(f"the new size of {stamp}",
             lambda: api.get("/v1/operations/" + operation["id"])["state"] == "succeeded")


def third_drag_is_refused(desktop, window, api):
    """Two tenants fill a stamp, and the third is told why not and what would help."""
    fleet = api.get("/v1/fleet")
    # All that takes part is in sight: the goal, not at an edge, and the chips of three others.
    seen = window.on_map()

    def place_of(kind, name):
        return next((box for each, (_, box) in seen.items()
                     if re.fullmatch(rf"{kind} (\S+/)?{re.escape(name)}", each)), None)

    tiles = sorted((box.y, stamp["name"]) for stamp in fleet["stamps"]
                   if (box := place_of("stamp", stamp["name"])))
    goal = tiles[len(tiles) // 2][1]
    movers = sorted((tenant for tenant in fleet["tenants"]
                     if not any(tenant["constraints"][rule]
                                for rule in ("pinned", "regions", "antiAffinity", "exclusive"))
                     and tenant["stamp"] != goal and place_of("tenant", tenant["id"])),
                    key=lambda tenant: tenant["demand"]["memory"])
    if len(movers) < 3:
        fail(f"only {len(movers)} tenants may move, of those in sight")
    third = movers[-1]
    movers = movers[:2]
    # Room for the first two and not for the third, whatever the hour: load is simulated by it.
    stamp = next(each for each in fleet["stamps"] if each["name"] == goal)

    def room(resource, part):
        there = stamp["resources"][resource]
        taken = max(there["reserved"] or 0, there["used"] or 0)
        return taken + sum(tenant["demand"][resource] for tenant in movers) \
            + part * third["demand"][resource]

    scale(api, goal, {"cpu": int(room("cpu", 2) * 2), "storage": int(room("storage", 2) * 2),
                      "memory": int(room("memory", 0.5))})
    for tenant in movers:
        name = tenant["id"]
        print(f"{name} of {tenant['stamp']} is dragged onto {goal}", flush=True)
        if refusals := api.refusals(f"/v1/tenants/{name}:move", {"to": goal}):
            fail(f"the plan is refused: {refusals}")
        window.pick_up(window.reach("tenant", name)[1])
        window.drop(goal, lambda: window.stamp_says(goal, TAKES))
        window.run_plan()
        wait_for("the move", lambda n=name: api.get("/v1/tenants/" + n)["operation"]
                 or api.is_settled(n, goal))
        window.wait_gone("plan")
    for tenant in movers:
        wait_for(f"{tenant['id']} on {goal}", lambda n=tenant["id"]: api.is_settled(n, goal))
    window.wait("none running")
    name = third["id"]
    refused = wait_for("the refusal of a plain request",
                       lambda: api.refusals(f"/v1/tenants/{name}:move", {"to": goal}))
    print(f"{name} of {third['stamp']} is dragged onto {goal}; plain HTTP says {refused[0]}",
          flush=True)
    window.pick_up(window.reach("tenant", name)[1])
    window.drop(goal, lambda: window.stamp_says(goal, "^cannot: (memory|capacity)"))
    said = wait_for("the refusal", lambda: window.says("carry", rf"{goal} cannot: .*memory"))
    print("refused:", said[0].get_description(), flush=True)
    desktop.shot("refused")
    window.press(rf"Scale {re.escape(goal)}…")
    window.wait_gone("carry")
    # The mend is made where the stamp's size is.
    window.wait("memory limit")
    if window.find("Drain…", BUTTON):
        fail("the mend opens another page of the panel")
    desktop.shot("mend")
    if not api.is_settled(name, third["stamp"]):
        fail("the third was moved")
    window.press("Close the panel")


def run(desktop, stampdeck, stampd):
    tokens = desktop.file("tokens")
    with open(tokens, "w", encoding="ascii") as file:
        file.write("grace-token grace operator\nada-token ada operator\n")
    os.chmod(tokens, 0o600)
    # A tenant starts slowly enough for ada to come in between.
    url = desktop.stampd(
        stampd, "demo:simulator=4,tenantsPerStamp=5,calm=true,failureRate=0,seed=7,startSeconds=12",
        "--token-file", tokens)
    api = Api(url, "ada-token")
    api.fleet(4)
    grace, ada = (
        desktop.window(stampdeck, f"rest={url},token.env=STAMPD_TOKEN", who, at=(place * WIDTH, 0),
                       size=(WIDTH, HEIGHT), STAMPD_TOKEN=who + "-token")
        for place, who in enumerate(("grace", "ada")))

    ada.focus()
    ada.zoom_to_chips()
    third_drag_is_refused(desktop, ada, api)

    # grace drains by the handle: of those whose tenants are taken in, the one with the most.
    grace.focus()
    grace.zoom_to_chips()
    before = api.owners()
    stamps = sorted(api.get("/v1/fleet")["stamps"], key=lambda stamp: -len(stamp["tenants"]))
    name = next((stamp["name"] for stamp in stamps
                 if not api.refusals(f"/v1/stamps/{stamp['name']}:drain", {})), None)
    if not name:
        fail("no stamp can be drained")
    print(f"grace drains {name} by its handle", flush=True)
    grace.reach("stamp", name)
    grace.wait_rest(name)
    grace.pick_up(grace.reach("drain", name)[1])
    grace.drop("the planner's place", lambda: (lambda found: found and found[1])(
        grace.find("spread")))
    grace.wait("plan")
    if api.newest("drain"):
        fail("something ran before Run was pressed")
    # One after the other: so it lasts.
    pace, box = grace.still("At once", ("spin button",))
    wait_for("the pace", lambda: grace.tree.number(pace) == 1 or xdotool(
        "mousemove", box.x + box.width - 9, box.y + box.height - 7, "click", 1))
    grace.wait("1 at a time")
    desktop.shot("drain")
    grace.press("Run")
    drain = wait_for("the drain", lambda: api.newest("drain"))
    if drain["createdBy"] != "grace" or drain["target"] != name:
        fail(f"not the drain that was asked for: {drain}")

    # ada sees who acts, on the tile.
    ada.focus()
    wait_for("the drain on ada's map", lambda: ada.stamp_says(name, "drain by grace"))
    desktop.shot("seen")
    # She is refused on that stamp, with the name.
    xdotool("mousemove", *middle(ada.reach("stamp", name)[1]), "click", 1)
    ada.press("Overview", None)  # the panel was last left at another page
    ada.press("Drain…")
    said = ada.tree.texts(ada.wait("plan")[0])
    desktop.shot("busy")
    if "drain by grace" not in said:
        fail(f"the plan does not name who acts: {said}")
    if ada.tree.has(ada.wait("Run", BUTTON)[0], "ENABLED"):
        fail("Run can be pressed on a stamp that somebody else drains")
    ada.press("Cancel")
    ada.wait_gone("plan")
    print("ada is refused there: drain by grace", flush=True)

    # One key pauses everything, when somebody has moved and others have not.
    def gone():
        now = api.owners()
        return [tenant for tenant, stamp in before.items() if now[tenant] != stamp]

    wait_for("the first tenant to be elsewhere", gone)
    if api.newest("drain")["state"] != "running":
        fail(f"ada came too late: {api.newest('drain')}")
    xdotool("key", "Pause")
    wait_for("the pause", lambda: api.newest("drain")["state"] == "paused")
    print(f"ada paused it: gone are {', '.join(gone())}", flush=True)
    if len(gone()) >= list(before.values()).count(name):
        fail("it was paused when it was over")
    ada.wait("Roll back", BUTTON)
    desktop.shot("paused")

    # And she takes it back.
    ada.press("Roll back")
    wait_for("the roll-back", lambda: api.newest("drain")["state"] == "rolled-back")
    if api.owners() != before:
        fail(f"not all are back: {api.owners()}")
    stamp = api.get("/v1/stamps/" + name)
    if stamp["lifecycle"] != "active":
        fail(f"{name} is {stamp['lifecycle']}")
    for who in (grace, ada):
        wait_for("both windows to know", lambda w=who: "rolled back" in w.tree.texts(w.root))
    desktop.shot("rolled-back")
    print("rolled back, and both windows know", flush=True)
    for who in (grace, ada):
        who.quit()


if __name__ == "__main__":
    main("STAMPDECK STAMPD", (2 * WIDTH, HEIGHT + 40), run)
