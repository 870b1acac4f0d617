"""Run inside a network namespace: use the product for a while, then say what left the machine.

Prints the packets that went out over the only way out, a cable with nobody at its other end.
"""

import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.journeys.product import Product, served
from tests.product.given import demo_team

OUT = "out0"
RECEIVER = "http://192.0.2.9:80"  # an address kept for documentation: nobody is there
SETUP = (
    "ip link set lo up",
    "sysctl -qw net.ipv6.conf.default.disable_ipv6=1",
    f"ip link add {OUT} type veth peer name in0",
    "ip link set in0 up",
    f"ip addr add 192.0.2.1/24 dev {OUT}",
    f"ip link set {OUT} up",
    f"ip route add default dev {OUT}",
)


def packets() -> int:
    """Return how many packets went out over the device."""
    for line in Path("/proc/net/dev").read_text(encoding="ascii").splitlines():
        name, _, counters = line.partition(":")
        if name.strip() == OUT:
            return int(counters.split()[9])
    raise AssertionError(f"there is no device {OUT}")


def use(product: Product) -> None:
    """Start and end an incident, and wait until its events have left the outbox."""
    secret = product.run("commandpost", "token", "create", "ann").strip()
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=f"{product.url}/api/v1", headers=headers, timeout=30) as ann:
        made = ann.post("/incidents", json={"team_id": demo_team(ann), "name": "Quiet"})
        ann.post(f"/incidents/{made.json()['id']}/end").raise_for_status()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            local = ann.get("/telemetry").json()["lanes"][0]
            if local["queued"] + local["sending"] == 0:
                return
            time.sleep(0.1)
    raise AssertionError("the outbox was not relayed")


def main(mode: str, folder: str) -> None:
    """Set the namespace up, use the product in a mode, print the count."""
    for command in SETUP:
        subprocess.run(command.split(), check=True)
    wanted = {
        "COMMANDPOST_TELEMETRY_MODE": mode,
        "COMMANDPOST_TELEMETRY_DATA_PLANE_URL": RECEIVER,
        "COMMANDPOST_TELEMETRY_WRITE_KEY": "key",
    }
    with served(Path(folder), "--demo", more=wanted) as product:
        use(product)
        if mode == "send":
            time.sleep(2)  # the first try is made within a second
    print(f"packets {packets()}")  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(*sys.argv[1:3])
