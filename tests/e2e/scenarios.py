#!/usr/bin/env python3
"""Plays the pages of tests/e2e/scenarios: types every command and compares what is seen.

    scenarios.py [--update] PAGE …      pages by name, as `direct_load`; none: all

A page is Markdown; its blocks marked `console` hold `$ command` (a line that begins with `> `
continues it), then what it prints on both streams, then `[exit N]` where it does not end with 0. A
line `…` stands for any lines. Each page is played after `district.md`, in a directory, a log and a
shell of its own; `<!-- founded DATE -->` in a page founds its log on another day than the district's.
`--update` writes what was seen into the page, but for what `…` stands for.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import harness

PAGES = pathlib.Path(__file__).parent / "scenarios"
ORIGIN = "log.example.org/weifang"
FOUNDED = "2027-01-04"  # as in district.md
# Whose devices there are; each is a command of its name.
DEVICES = ("bureau", "health", "province", "chem", "chem2", "hospital", "haulier", "haulier2",
           "relay", "incinerator")
SHELL_END_SECONDS_MAX = 60
USCC_COUNT = 99
END = "\x04"
ANY = "…"

# `new_device NAME …`: further devices. `share_names`: what one device named, all may write.
# `id_of NAME`: the id. `hash_of FILE`: of the statement in it. `uscc_of NUMBER`: a social credit code.
PREAMBLE = r"""
unset CRADLE_HOME
for device in %s; do
  eval "$device() { cradle --home homes/$device --now \"\$NOW\" \"\$@\"; }"
done
clock() {
  NOW="$1T${2:-08:00}:00+08:00"
  cradled clock --data log --now "$(date -d "$NOW" +%%s)000" >clock.txt || cat clock.txt
}
new_device() {
  for device in "$@"; do
    eval "$device() { cradle --home homes/$device --now \"\$NOW\" \"\$@\"; }"
    { $device key new && $device key show --out homes/$device.pub &&
      $device --server "$SERVER" init --vkey "$VKEY"; } >device.txt || cat device.txt
  done
}
id_of() { cradle --home homes/bureau alias list | sed -n "s/^@$1 *//p"; }
uscc_of() { sed -n "$1p" usccs.txt; }
hash_of() { cradle --home homes/bureau statement show "$1" | sed -n 's/^statement //p'; }
share_names() {
  /usr/bin/python3 - homes/*/aliases.json <<'CODE'
import json, pathlib, sys
files = [pathlib.Path(name) for name in sys.argv[1:]]
known = {}
for file in files:
    known.update(json.loads(file.read_text()))
for home in pathlib.Path("homes").iterdir():
    if home.is_dir():
        (home / "aliases.json").write_text(json.dumps(known))
CODE
}
""" % " ".join(DEVICES)


class Step:
    """One command of a page and the lines that must be seen below it."""

    def __init__(self, command, expected):
        self.command = command
        self.expected = expected


def parse(page):
    """The page's parts in order: text, and lists of steps."""
    parts = []
    for i, part in enumerate(re.split(r"^```console\n(.*?)^```\n", page, flags=re.M | re.S)):
        if i % 2 == 0:
            parts.append(part)
            continue
        steps = []
        for line in part.splitlines():
            if line.startswith("$ "):
                steps.append(Step(line[2:], []))
            elif line.startswith("> ") and steps and not steps[-1].expected:
                steps[-1].command += "\n" + line[2:]
            elif steps:
                steps[-1].expected.append(line)
            else:
                raise ValueError(f"a block begins with no command: {line}")
        parts.append(steps)
    return parts


def written(parts):
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        lines = []
        for step in part:
            lines.append("$ " + step.command.replace("\n", "\n> "))
            lines += step.expected
        text += "```console\n" + "".join(line + "\n" for line in lines) + "```\n"
    return text


def matches(expected, seen):
    """Whether the lines fit, `…` standing for any number of them."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == ANY else re.escape(line) + "\n"
                      for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in seen)) is not None


class Shell:
    """One bash for one page; commands see what those before them set."""

    def __init__(self, directory, environment):
        self.process = subprocess.Popen(["bash"], cwd=directory, env=environment, text=True,
                                        encoding="utf-8", stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command):
        """The lines it printed; the last is `[exit N]` where it failed."""
        self.process.stdin.write(f"{command}\nprintf '\\n%s%d\\n' '{END}' \"$?\"\n")
        self.process.stdin.flush()
        seen = ""
        for line in self.process.stdout:
            if line.startswith(END):
                code = int(line[len(END):])
                lines = seen[:-1].splitlines()
                return lines + ([f"[exit {code}]"] if code else [])
            seen += line
        raise AssertionError(f"the shell ended at: {command}\n{seen}")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(SHELL_END_SECONDS_MAX)


def founded(page):
    """The day on which the log of this page is founded."""
    said = re.search(r"^<!-- founded (\d{4}-\d{2}-\d{2}) -->$", page, flags=re.M)
    return said[1] if said else FOUNDED


class Play:
    """A log with a district's devices, on a clock that stands until it is put."""

    def __init__(self, day):
        self.day = day
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-scenario-"))
        self.homes = self.directory / "homes"
        self.homes.mkdir()
        codes = (harness.uscc(number) + "\n" for number in range(1, USCC_COUNT + 1))
        (self.directory / "usccs.txt").write_text("".join(codes))
        for device in DEVICES:
            harness.run("cradle", "--home", self.homes / device, "key", "new")
            harness.run("cradle", "--home", self.homes / device, "key", "show", "--out",
                        self.homes / f"{device}.pub")
        harness.run("cradled", "init", "--data", self.directory / "log", "--origin", ORIGIN,
                    "--regulator", self.homes / "bureau.pub")
        begin = datetime.datetime.fromisoformat(f"{day}T08:00:00+08:00")
        self.server = harness.Server(self.directory / "log", "--manual-clock",
                                     int(begin.timestamp() * 1000))
        self.server.start()
        config = self.server.config
        for device in DEVICES:
            harness.run("cradle", "--home", self.homes / device, "--server", self.server.address,
                        "init", "--vkey", config["log_vkey"])
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CRADLE_")}
        environment.update(LC_ALL="C.UTF-8", RULE_DATA=config["rule_data_sha256"],
                           SERVER=self.server.address, VKEY=config["log_vkey"],
                           PATH=f"{harness.BIN.absolute()}:{os.environ['PATH']}")
        self.shell = Shell(self.directory, environment)
        self.shell.run(PREAMBLE)

    def close(self):
        self.shell.close()
        self.server.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def names(self):
        """Id to alias, over all devices."""
        known = {}
        for file in self.homes.glob("*/aliases.json"):
            known.update({value: "@" + name for name, value in json.loads(file.read_text()).items()})
        return known

    def shown(self, lines):
        """As a page shows them: ids by their names, what no two runs share as `<…>`."""
        names = self.names()
        shown = []
        for line in lines:
            # In a table the name keeps the id's width.
            line = re.sub(r"\b([0-9a-hjkmnp-tv-z]{26})\b(?=  )",
                          lambda m: names.get(m[1], "<id>").ljust(26), line)
            line = re.sub(r"\b[0-9a-hjkmnp-tv-z]{26}\b", lambda m: names.get(m[0], "<id>"), line)
            line = re.sub(r"\b[0-9a-f]{64}\b", "<hash>", line)
            line = line.replace(self.server.address, "<server>").rstrip()
            shown.append(re.sub(r"\b[0-9a-f]{16,}\b", "<hash>", line))
        return shown

    def run(self, name, update):
        """Plays a page; the differences."""
        file = PAGES / f"{name}.md"
        parts = parse(file.read_text(encoding="utf-8"))
        differences = []
        for step in (step for part in parts if not isinstance(part, str) for step in part):
            command = step.command
            if name == "district":
                command = command.replace(FOUNDED, self.day)
            seen = self.shown(self.shell.run(command))
            if matches(step.expected, seen):
                continue
            if not update:
                differences.append("\n".join([f"{file.name}: $ {step.command}", "expected:",
                                              *step.expected, "seen:", *seen]))
                break  # what follows rests on it
            step.expected = seen
        if update:
            file.write_text(written(parts), encoding="utf-8")
        return differences


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--update", action="store_true", help="write what was seen")
    arguments.add_argument("pages", nargs="*")
    options = arguments.parse_args()
    every = sorted(file.stem for file in PAGES.glob("*.md") if file.stem not in ("README", "district"))
    pages = options.pages or every
    failed = False
    for page in pages:
        play = Play(founded((PAGES / f"{page}.md").read_text(encoding="utf-8")))
        try:
            differences = play.run("district", options.update and page == "district")
            if page != "district":
                differences = differences or play.run(page, options.update)
        finally:
            play.close()
        print(f"{page}: {'played' if not differences else 'FAILED'}")
        for difference in differences:
            print(difference)
        failed = failed or bool(differences)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
