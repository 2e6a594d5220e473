"""Checks all vectors of a directory with an implementation written from FORMAT.md alone.

Needs Debian's python3-cryptography; SM2 is written out here, as that package has none.
Usage: verify.py DIRECTORY
"""
import base64
import binascii
import hashlib
import json
import pathlib
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

import sm2


class Refused(Exception):
    """`verdict` is one of malformed, unknown, false, unsigned."""

    def __init__(self, verdict):
        super().__init__(verdict)
        self.verdict = verdict


def require(condition, verdict="malformed"):
    if not condition:
        raise Refused(verdict)


# ---- hashes and texts

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def from_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Refused("malformed") from None
    require(base64.b64encode(data).decode() == text)  # one text for each byte string
    return data


def decimal(text):
    require(re.fullmatch("0|[1-9][0-9]*", text, re.ASCII) and int(text) < 2**64)
    return int(text)


def hash_of(data):
    require(len(data) == 32)
    return data


CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def id_of(sixteen_bytes):
    number = int.from_bytes(sixteen_bytes, "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def check_chain(chain):
    pattern = "log|(org|facility|batch|manifest|docket):[0-7][%s]{25}" % CROCKFORD
    require(re.fullmatch(pattern, chain))


# ---- keys and signatures

P256_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
SM2_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


def check_ed25519_point(raw):
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    require(y < p)
    xx = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    require(xx == 0 or pow(xx, (p - 1) // 2, p) == 1)
    require(xx != 0 and y != 0 and (xx + y * y) % p != 0)  # not of small order


def load_key(algorithm, spki):
    require(algorithm in (1, 2, 3), "unknown")
    prefix = {1: P256_SPKI, 2: ED25519_SPKI, 3: SM2_SPKI}[algorithm]
    length = {1: 64, 2: 32, 3: 64}[algorithm]
    require(spki.startswith(prefix) and len(spki) == len(prefix) + length)
    point = spki[len(prefix):]
    if algorithm == 2:
        check_ed25519_point(point)
        return ed25519.Ed25519PublicKey.from_public_bytes(point)
    if algorithm == 3:
        require(sm2.on_curve(sm2.point(point)))
        return sm2.point(point)
    try:
        return serialization.load_der_public_key(spki)
    except ValueError:
        raise Refused("malformed") from None


def verify_signature(algorithm, key, message, signature):
    require(len(signature) == 64)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        if algorithm == 1:
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        elif algorithm == 2:
            key.verify(signature, message)
        else:
            require(sm2.verify(key, message, r, s), "false")
    except InvalidSignature:
        raise Refused("false") from None


# ---- entries, bundles, statement files

class Reader:
    def __init__(self, data):
        self.rest = data

    def take(self, count):
        require(len(self.rest) >= count)
        data, self.rest = self.rest[:count], self.rest[count:]
        return data

    def number(self, count):
        return int.from_bytes(self.take(count), "big")


def decode_entry(data):
    require(len(data) <= 65535)
    reader = Reader(data)
    require(reader.take(2) == b"CE")
    require(reader.number(1) == 1, "unknown")
    kind, time_ms, salt, count = (reader.number(1), reader.number(8), reader.take(16),
                                  reader.number(1))
    require(kind in (1, 2), "unknown")
    require(time_ms < 2**63)
    attestations = []
    for _ in range(count):
        algorithm = reader.number(1)
        attestation = reader.take(reader.number(2))
        attestations.append((algorithm, attestation, reader.take(reader.number(2))))
        require(algorithm != 0)
    require(reader.rest)
    return kind, time_ms, salt, attestations, reader.rest


def parse_bundle(data):
    reader, entries = Reader(data), []
    while reader.rest:
        require(len(entries) < 256)
        entries.append(reader.take(reader.number(2)))
    return entries


FILE_ALGORITHMS = {"ecdsa-p256": 1, "ed25519": 2, "sm2": 3}


def parse_statement_file(text):
    require(text.startswith("cradle-statement/"))
    require(not text.split("\n")[0].endswith("\r"))
    require(text.startswith("cradle-statement/v1\n"), "unknown")
    require(text.endswith("\n"))
    lines = text[:-1].split("\n")[1:]
    require(lines and lines[0].startswith("statement "))
    statement, attestations = from_base64(lines[0][10:]), []
    require(0 < len(statement) <= 60000 and len(lines) <= 9)
    for line in lines[1:]:
        fields = line.split(" ")
        require(len(fields) == 4 and fields[0] == "attestation")
        require(fields[1] in FILE_ALGORITHMS, "unknown")
        attestation, signature = from_base64(fields[2]), from_base64(fields[3])
        require(attestation and len(signature) == 64)
        attestations.append((FILE_ALGORITHMS[fields[1]], attestation, signature))
    return statement, attestations


# ---- the tree (RFC 9162 §2.1), proofs by their recursive definition

def split(n):
    return 1 << (n - 1).bit_length() - 1


class Tree:
    """All perfect subtrees of the leaves that are their index in decimal."""

    def __init__(self, size):
        self.levels = [[leaf_hash(b"%d" % i) for i in range(size)]]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node_hash(below[i], below[i + 1])
                                for i in range(0, len(below) - 1, 2)])

    def root(self, begin, end):
        size = end - begin
        if size == 0:
            return sha256()
        if size & (size - 1) == 0:
            level = size.bit_length() - 1
            return self.levels[level][begin >> level]
        middle = begin + split(size)
        return node_hash(self.root(begin, middle), self.root(middle, end))


def root_of_inclusion(index, size, leaf, path):
    """The root that `path`, leaf upwards, leads to."""
    if size == 1:
        require(not path)
        return leaf
    require(path)
    k = split(size)
    if index < k:
        return node_hash(root_of_inclusion(index, k, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_of_inclusion(index - k, size - k, leaf, path[:-1]))


def verify_inclusion(index, size, leaf, path, root):
    require(index < size)
    require(root_of_inclusion(index, size, leaf, path) == root, "false")


def roots_of_consistency(old_size, new_size, old_root, path, whole):
    """The old and the new root that the proof leads to."""
    if old_size == new_size:
        require(whole or path)
        require(len(path) == (0 if whole else 1))
        node = old_root if whole else path[0]
        return node, node
    require(path)
    k = split(new_size)
    if old_size <= k:
        old, new = roots_of_consistency(old_size, k, old_root, path[:-1], whole)
        return old, node_hash(new, path[-1])
    old, new = roots_of_consistency(old_size - k, new_size - k, old_root, path[:-1], False)
    return node_hash(path[-1], old), node_hash(path[-1], new)


def verify_consistency(old_size, new_size, old_root, new_root, path):
    require(0 < old_size <= new_size)
    require(roots_of_consistency(old_size, new_size, old_root, path, True) ==
            (old_root, new_root), "false")


def tile_path(level, index, width):
    digits = "%d" % index
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return "tile/%d/%s%s" % (level, path, "" if width == 256 else ".p/%d" % width)


# ---- notes, checkpoints, receipts

def check_name(name):
    require(name and not re.search(r"[\s+\u0085]", name) and min(name) >= " ")


def parse_vkey(vkey):
    name, key_id, key = vkey.split("+", 2)
    check_name(name)
    typed_key = from_base64(key)
    require(len(typed_key) == 33 and typed_key[0] == 1)
    require(sha256(name.encode(), b"\n", typed_key)[:4].hex() == key_id)
    return name, bytes.fromhex(key_id), load_key(2, ED25519_SPKI + typed_key[1:])


def parse_note(note):
    require(not re.search(r"[\x00-\x09\x0b-\x1f]", note))
    require("\n\n" in note)
    text, _, tail = note.rpartition("\n\n")
    require(tail.endswith("\n"))
    signatures = []
    for line in tail[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        require(match)
        check_name(match[1])
        data = from_base64(match[2])
        require(len(data) > 4)
        signatures.append((match[1], data[:4], data[4:]))
    return text + "\n", signatures


def open_note(note, vkeys):
    text, signatures = parse_note(note)
    known = {vkey[:2]: vkey[2] for vkey in map(parse_vkey, vkeys)}
    signed = False
    for name, key_id, signature in signatures:
        if (name, key_id) in known:
            require(len(signature) == 64, "false")
            verify_signature(2, known[name, key_id], text.encode(), signature)
            signed = True
    require(signed, "unsigned")
    return text


def open_checkpoint(note, vkey):
    lines = open_note(note, [vkey]).split("\n")
    require(len(lines) == 4 and lines[3] == "")
    check_name(lines[0])
    require(lines[0] == parse_vkey(vkey)[0])
    return lines[0], decimal(lines[1]), hash_of(from_base64(lines[2]))


def verify_receipt(receipt, vkey):
    head, found, checkpoint = receipt.partition("\n\n")
    require(found)
    lines = head.split("\n")
    require(lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3)
    require(lines[1].startswith("extra ") and lines[2].startswith("index "))
    entry, index = from_base64(lines[1][6:]), decimal(lines[2][6:])
    require(0 < len(entry) <= 65535)
    path = [hash_of(from_base64(line)) for line in lines[3:]]
    parse_note(checkpoint)
    _, size, root = open_checkpoint(checkpoint, vkey)
    verify_inclusion(index, size, leaf_hash(entry), path, root)
    return index, entry, size, root


# ---- the vectors

def attestations_of(vectors):
    return [(v["algorithm"], bytes.fromhex(v["attestation"]), bytes.fromhex(v["signature"]))
            for v in vectors]


class Vectors:
    def __init__(self, directory):
        self.directory = directory
        self.keys = {v["name"]: v for v in self.read("keys.json")}
        self.tree = None

    def read(self, file):
        with open(self.directory / file, encoding="utf-8") as text:
            return json.load(text)["vectors"]

    def check_keys(self, v):
        load_key(v["algorithm"], bytes.fromhex(v["spki"]))
        assert sha256(bytes.fromhex(v["spki"])).hex() == v["key_id"]

    def check_ids(self, v):
        if "chain" in v:
            check_chain(v["chain"])
        else:
            assert id_of(bytes.fromhex(v["bytes"])) == v["id"]

    def check_attestations(self, v):
        key = self.keys[v["key"]]
        message = b"cradle/attestation/v1\n" + bytes.fromhex(v["attestation"])
        assert message.hex() == v["signed_message"]
        assert key["algorithm"] == v["algorithm"]
        verify_signature(v["algorithm"], load_key(key["algorithm"], bytes.fromhex(key["spki"])),
                         message, bytes.fromhex(v["signature"]))

    def check_entries(self, v):
        entry = bytes.fromhex(v["entry"])
        kind, time_ms, salt, attestations, statement = decode_entry(entry)
        assert leaf_hash(entry).hex() == v["leaf_hash"]
        assert (kind, time_ms, salt.hex()) == (v["kind"], v["recorded_time_ms"], v["salt"])
        assert attestations == attestations_of(v["attestations"])
        assert statement.hex() == v["statement"]
        by_id = {key["key_id"]: key for key in self.keys.values() if "key_id" in key}
        for algorithm, attestation, signature in attestations:
            # Statement hash and key id are the fields 1 and 3 of the attestation, 32 bytes each.
            assert attestation[:2] == b"\x0a\x20"
            assert attestation[2:34] == sha256(b"cradle/statement/v1\n", statement)
            key = next(key for key_id, key in by_id.items()
                       if b"\x1a\x20" + bytes.fromhex(key_id) in attestation)
            verify_signature(algorithm, load_key(algorithm, bytes.fromhex(key["spki"])),
                             b"cradle/attestation/v1\n" + attestation, signature)

    def check_bundles(self, v):
        assert [e.hex() for e in parse_bundle(bytes.fromhex(v["bundle"]))] == v["entries"]

    def check_statement_files(self, v):
        statement, attestations = parse_statement_file(v["text"])
        assert statement.hex() == v["statement"]
        assert attestations == attestations_of(v["attestations"])

    def check_roots(self, v):
        if "path" in v:
            assert tile_path(v["level"], v["index"], v["width"]) == v["path"]
            return
        self.tree = self.tree or Tree(66000)
        assert self.tree.root(0, v["size"]).hex() == v["root"]

    def check_proofs(self, v):
        path = [bytes.fromhex(node) for node in v["path"]]
        if v["proof"] == "inclusion":
            verify_inclusion(v["index"], v["size"], bytes.fromhex(v["leaf_hash"]), path,
                             bytes.fromhex(v["root"]))
        else:
            verify_consistency(v["old_size"], v["new_size"], bytes.fromhex(v["old_root"]),
                               bytes.fromhex(v["new_root"]), path)

    def check_notes(self, v):
        if "note" in v:
            assert open_note(v["note"], v["vkeys"]) == v["text"]
            return
        origin, size, root = open_checkpoint(v["checkpoint"], v["vkeys"][0])
        assert (origin, size, root.hex()) == (v["origin"], v["size"], v["root"])

    def check_receipts(self, v):
        index, entry, size, root = verify_receipt(v["receipt"], v["vkey"])
        assert (index, entry.hex()) == (v["index"], v["entry"])
        assert (size, root.hex()) == (v["size"], v["root"])

    def check_statements(self, v):
        assert sha256(b"cradle/statement/v1\n", bytes.fromhex(v["statement"])).hex() == v["hash"]

    def run(self):
        counts, wrong = {}, []
        for file in sorted(self.directory.glob("*.json")):
            check = getattr(self, "check_" + file.stem)
            for vector in self.read(file.name):
                counts[file.stem] = counts.get(file.stem, 0) + 1
                try:
                    check(vector)
                    verdict = "ok"
                except Refused as refused:
                    verdict = refused.verdict
                except AssertionError:
                    verdict = "read as something else"
                # Of statements the hash alone is checked: their form needs the protobuf definitions.
                expected = "ok" if file.stem == "statements" else vector.get("verdict", "ok")
                if verdict != expected:
                    wrong.append("%s: %s: %s, not %s" % (file.name, vector["name"], verdict,
                                                         expected))
        return counts, wrong


def main():
    counts, wrong = Vectors(pathlib.Path(sys.argv[1])).run()
    for line in wrong:
        print(line)
    print(" ".join("%s %d" % count for count in counts.items()))
    expected = {"attestations", "bundles", "entries", "ids", "keys", "notes", "proofs", "receipts",
                "roots", "statement_files", "statements"}
    if wrong or not expected <= set(counts):
        sys.exit(1)


if __name__ == "__main__":
    main()
