#!/usr/bin/env python3
"""Runs README.md's first five minutes, as a newcomer would type them.

CRADLE_BIN says where this build's programs are.
All blocks marked `sh` run in one shell, in a fresh directory. Two things differ from the README:
the programs are those of this build, and the port is a free one.
"""

import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    readme = pathlib.Path(__file__).parents[2] / "README.md"
    programs = os.path.abspath(os.environ["CRADLE_BIN"])
    blocks = re.findall(r"^```sh\n(.*?)^```", readme.read_text(encoding="utf-8"), re.M | re.S)
    if len(blocks) < 5:
        sys.exit(f"{readme}: only {len(blocks)} blocks marked sh")
    script = "".join(blocks)
    for expected in ("$PWD/build/quickstart/bin", "127.0.0.1:7070"):
        if expected not in script:
            sys.exit(f"{readme}: {expected} is not in its blocks any more")
    script = script.replace("$PWD/build/quickstart/bin", programs)
    script = script.replace("127.0.0.1:7070", f"127.0.0.1:{free_port()}")
    # A failing command ends the run, and the server with it.
    script = "set -eu\ntrap 'jobs -p | xargs -r kill' EXIT\n" + script
    with tempfile.TemporaryDirectory() as directory:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CRADLE_")}
        environment["LC_ALL"] = "C.UTF-8"
        run = subprocess.run(["bash", "-c", script], cwd=directory, env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
    print(run.stdout)
    if run.returncode != 0:
        sys.exit(f"exit code {run.returncode}")
    # The trace must reach the end, and all three verifications must hold.
    for seen in ("batch_treated", "receipt_confirmed", "load_taken"):
        if seen not in run.stdout:
            sys.exit(f"not seen: {seen}")
    if run.stdout.count("verified") < 3:
        sys.exit("the receipt, the copy and the data directory were not all verified")


if __name__ == "__main__":
    main()
