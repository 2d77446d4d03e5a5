"""`python -m tests.backend`: serve the demo, the bundle and the API until Ctrl+C.

Prints one line, `demo: http://127.0.0.1:PORT/`, when it listens. Everything else goes to stderr.
"""

import argparse
import signal
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn

from .app import Backend
from .guards import LOOPBACK
from .server import Server, open_listener


def main() -> None:
    # The server puts these back, and raises the signal again once all is closed: then it is time to go.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    options = parse_arguments()
    if not options.dist.is_dir():
        sys.exit(f"There is no bundle in {options.dist}. Build it first, or name its folder with --dist.")
    try:
        listener = open_listener(options.host, options.port)
    except OSError as error:
        sys.exit(f"Cannot listen on {options.host}, port {options.port}: {error.strerror}. Try --port 0.")
    address = listener.getsockname()[0]
    alone = ip_address(address).is_loopback
    control = alone or options.control
    if not alone:
        print(warning(address, control=control), file=sys.stderr)
    hosts = {*LOOPBACK, options.host, address, *options.allow_host}
    Server(Backend(options.dist, options.api, hosts=hosts, control=control), listener).listen()


def warning(address: str, *, control: bool) -> str:
    """Say what is open to whom, when not only this machine can connect."""
    return "\n".join(
        [
            f"Warning: whoever can connect to {address} may hear and make calls here. Nobody has to sign in.",
            "They may also see every request, and break this server, by /control." if control else CONTROL_IS_OFF,
            "It answers to the names that it was given: add one by --allow-host NAME.",
        ]
    )


CONTROL_IS_OFF = "/control is off, and so is the panel of the demo: --control turns it on, for all of them."


def leave(*_: object) -> NoReturn:
    sys.exit(0)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.backend",
        description="The reference backend with its demo page.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--dist", type=Path, default=Path("dist"), help="the folder of the bundle")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on; 0 is any free one")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="a name to answer to (may be repeated)"
    )
    parser.add_argument("--control", action="store_true", help="let everybody who can connect use /control")
    parser.add_argument("--api", default="/api/sip", help="the path of the API")
    return parser.parse_args()


if __name__ == "__main__":
    main()
