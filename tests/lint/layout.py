"""Checks how the tree is laid out: which folder may include which, READMEs, and words that do not belong here.

usage: layout.py ROOT
Prints one line `file:line: what is wrong` for each finding and exits 1 if there is any. Needs git and no package.
"""

import os
import re
import subprocess
import sys

# What each folder may include of ours, by path prefix. The nearest folder named here decides; a module may
# always include itself. `cradle/` is the generated code of proto/; a path with an extension names that one header.
EVIDENCE = "storage/evidence/"
KV = "storage/kv/"
RULES = "services/rules/"
RUNTIME = "services/runtime/"
MESSAGES = "cradle/"
CORES = ["services/monitoring/core/", "services/audit/core/"]
ARROWS = {
    "storage/kv": [],
    "storage/evidence": [MESSAGES],
    "services/rules": [MESSAGES, EVIDENCE],
    "services/monitoring/core": [MESSAGES, EVIDENCE, KV, RULES],
    "services/audit/core": [MESSAGES, EVIDENCE, KV, RULES],
    "services/runtime": [MESSAGES, EVIDENCE, KV, RULES],
    "services/cradled": [MESSAGES, EVIDENCE, KV, "services/"],
    "services": [MESSAGES, EVIDENCE, KV, RULES, RUNTIME],
    "clients/sdk": [MESSAGES, EVIDENCE, KV, RULES, *CORES],
    "clients/district": [MESSAGES, EVIDENCE, KV, RULES, *CORES, "clients/sdk/", "clients/cli/output.h"],
    # How to read a ledger for an audit is a client's need and the audit service's alike.
    "clients": [MESSAGES, EVIDENCE, KV, RULES, *CORES, "services/audit/ledger_source.h", "clients/sdk/"],
}
OURS = ("storage/", "services/", "clients/", "tests/", "cradle/")

# Folders that are pure: no network, no database, no clock of the machine.
PURE = ("storage/evidence", "services/rules", "services/monitoring/core", "services/audit/core")
IMPURE_INCLUDE = re.compile(r'[<"](grpc|grpcpp|rocksdb)/|\.grpc\.pb\.h"')
CLOCK_READ = re.compile(r"\b(?:system|steady|high_resolution)_clock::now\(|\babsl::Now\(|\bstd::time\(|\bgettimeofday\(")
SLEEP = re.compile(r"\bsleep_(?:for|until)\(|\babsl::SleepFor\(|\busleep\(")

# Spelt in parts so that this file does not find itself.
WORDS = re.compile(
    "|".join(
        [
            r"\bTO" + r"DO\b",
            r"\bFIX" + r"ME\b",
            r"\bplace" + r"holder\b(?!=)",
            r"\bnot (?:yet )?imple" + r"mented\b",
            r"(?<![\w./-])/wo" + r"rk/",
            r"\.\./sha" + r"red\b",
            r"\bdeb\.deb" + r"ian\.org\b",
            r"\bregistry\.np" + r"mjs\b",
            r"\b(?:DE" + r"SIGN|EVI" + r"DENCE|REQUIRE" + r"MENTS|REGU" + r"LATION|STY" + r"LE)\.md\b",
        ]
    ),
    re.IGNORECASE,
)
LINES_OF_SOURCE_MAX = 600
LINES_OF_README_MAX = 60
TOP_LEVEL = {"proto", "storage", "services", "clients", "tests", "deploy", "cmake", ".ci"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<][^">]+[">])')
CODE = (".h", ".cc", ".proto", ".py", ".sh", ".ts", ".tsx")
# Copied facts, and texts that are not ours to word.
UNCHECKED_WORDS = (".csv", ".png", ".pdf", ".xlsx", ".bin", ".lock", "package-lock.json", "LICENSE")


def tracked_files(root):
    """The files git knows or would add, by path from the root."""
    out = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, stdout=subprocess.PIPE,
    ).stdout
    return sorted(f for f in out.decode().split("\0") if f and os.path.isfile(os.path.join(root, f)))


def folders_above(path):
    """The folders a file is in, nearest first, without the root."""
    folder = os.path.dirname(path)
    while folder:
        yield folder
        folder = os.path.dirname(folder)


def include_findings(path, lines):
    """Includes against the arrows between folders."""
    home = next((f for f in folders_above(path) if f in ARROWS), None)
    pure = next((f for f in folders_above(path) if f in PURE), None)
    # A module is a folder at depth two; a core is a module of its own.
    own = (pure or "/".join(path.split("/")[:2])) + "/"
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, target = match.group(1), match.group(1)[1:-1]
        if quoted[0] == '"' and "/" not in target:
            yield number, f'"{target}" is not included by its path from the root'
        if home and target.startswith(OURS) and not target.startswith((own, *ARROWS[home])):
            yield number, f'{own[:-1]} may not include "{target}"'
        if pure and IMPURE_INCLUDE.search(quoted):
            yield number, f"{pure} is pure: no gRPC and no database"
        if target.startswith("rocksdb/") and not path.startswith(("storage/kv/", "tests/")):
            yield number, "RocksDB is used in storage/kv alone"


def source_findings(path, text):
    """One C++ file: includes, guard, length, clock and sleep."""
    lines = text.splitlines()
    yield from include_findings(path, lines)
    pure = next((f for f in folders_above(path) if f in PURE), None)
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        if pure and CLOCK_READ.search(code):
            yield number, f"{pure} reads no clock: the time is handed in"
        if path.startswith("tests/") and SLEEP.search(code):
            yield number, "a test does not sleep: hand in the time or wait for the event"
    if path.endswith(".h"):
        guard = "CRADLE_" + re.sub(r"[^A-Za-z0-9]", "_", path).upper() + "_"
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield 1, f"the include guard is not {guard}"
    if len(lines) > LINES_OF_SOURCE_MAX:
        yield len(lines), f"over {LINES_OF_SOURCE_MAX} lines: split it along a seam of the problem"


def word_findings(path, text):
    """Words that tell of unfinished work or of things a reader does not have."""
    if path.endswith(UNCHECKED_WORDS):
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = WORDS.search(line)
        if match:
            yield number, f"'{match.group(0)}' does not belong in the tree"


def tree_findings(files, read):
    """The tree as a whole: READMEs, the top level, and files the build would never see."""
    known = set(files)
    for folder in sorted({os.path.dirname(f) for f in files if f.endswith(CODE)} - {"", ".ci"}):
        if not has_readme(folder, known):
            yield folder, 1, "no README.md here or above says what lives in this folder"
    for path in files:
        folders = list(folders_above(path))
        if folders and folders[-1] not in TOP_LEVEL:
            yield path, 1, f"the top level is fixed; {folders[-1]}/ is not in it"
        if path.endswith("/README.md") and len(read(path).splitlines()) > LINES_OF_README_MAX:
            yield path, LINES_OF_README_MAX, f"over a screen ({LINES_OF_README_MAX} lines)"
        if folders and path.endswith("/CMakeLists.txt"):
            yield from reached_findings(path, folders, known, read)
        if path.endswith(".cc") and folders:
            lists = [f"{f}/CMakeLists.txt" for f in folders if f"{f}/CMakeLists.txt" in known]
            names = [os.path.relpath(path, os.path.dirname(l)) for l in lists]
            if not any(names_file(read(l), n) for l, n in zip(lists, names)):
                yield path, 1, "no CMakeLists.txt names it: it is never compiled"


def has_readme(folder, known):
    """Under storage/, services/ and clients/ each module has its own README.md; elsewhere the top folder's will do."""
    parts = folder.split("/")
    top = 2 if parts[0] in ("storage", "services", "clients") else 1
    return any("/".join([*parts[:depth], "README.md"]) in known for depth in range(top, len(parts) + 1))


def unrolled(text):
    """A build file with its loops written out, so that names made in a loop are seen."""
    result = text
    for variable, items, body in re.findall(r"foreach\((\w+)\s([^)]*)\)(.*?)endforeach", text, re.DOTALL):
        result += "".join(body.replace("${" + variable + "}", item) for item in items.split())
    return result


def names_file(text, name):
    """Whether a build file names this file or folder, as a whole word."""
    text = unrolled(text)
    return re.search(r"(?<![\w./-])" + re.escape(name) + r"(?![\w./-])", text) is not None


def reached_findings(path, folders, known, read):
    """A folder's CMakeLists.txt must be named by one above it, else it is skipped without a word."""
    folder = folders[0]
    above = [f for f in folders[1:] if f"{f}/CMakeLists.txt" in known] + [""]
    lists = [os.path.join(f, "CMakeLists.txt") for f in above]
    names = [os.path.relpath(folder, f or ".") for f in above]
    if not any(names_file(read(l), n) for l, n in zip(lists, names) if l in known):
        yield path, 1, "no CMakeLists.txt above names this folder: it is never built"


def findings(root):
    """All findings, as (path, line, text)."""
    files = tracked_files(root)
    texts = {}

    def read(path):
        if path not in texts:
            with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                texts[path] = file.read()
        return texts[path]

    result = list(tree_findings(files, read))
    for path in files:
        if path.endswith((".h", ".cc")):
            result += [(path, number, text) for number, text in source_findings(path, read(path))]
        if not path.endswith(UNCHECKED_WORDS):
            result += [(path, number, text) for number, text in word_findings(path, read(path))]
    return files, sorted(result)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    files, found = findings(sys.argv[1])
    for path, number, text in found:
        print(f"{path}:{number}: {text}")
    if not files:
        sys.exit("layout: found no file to check")
    print(f"layout: {len(files)} files, {len(found)} findings")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
