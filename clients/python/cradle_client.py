"""A client of a Cradle log in Python: prepares, attests, submits, and verifies receipts.

Needs Debian's python3-grpcio, python3-protobuf and python3-cryptography, and the messages that
protoc generates from proto/ (README.md says how). Nothing here calls our C++: what the server
answers is checked by this file alone, as storage/evidence/FORMAT.md writes it.
"""
import base64
import binascii
import collections
import hashlib
import json
import os
import pathlib
import re
import secrets

import grpc
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric import utils as asymmetric_utils

from cradle.statement.v1 import attestation_pb2, statement_pb2
from cradle.v1 import common_pb2, ledger_pb2, ledger_pb2_grpc

ECDSA_P256 = 1


class Refused(Exception):
    """Evidence that does not hold. `verdict`: malformed, unknown, false or unsigned."""

    def __init__(self, verdict, why=""):
        super().__init__(verdict + ": " + why if why else verdict)
        self.verdict = verdict


def _require(condition, why, verdict="malformed"):
    if not condition:
        raise Refused(verdict, why)


# ---- hashes and ids

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def statement_hash(statement):
    return sha256(b"cradle/statement/v1\n", statement)


def random_id():
    """16 random bytes in Crockford's base32: the id of whatever begins."""
    number = int.from_bytes(secrets.token_bytes(16), "big")
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(alphabet[number >> shift & 31] for shift in range(125, -1, -5))


def _from_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Refused("malformed", "not base64") from None
    _require(base64.b64encode(data).decode() == text, "base64 with bits left over")
    return data


def _decimal(text):
    _require(re.fullmatch("0|[1-9][0-9]*", text, re.ASCII), "not a number in decimal")
    _require(int(text) < 2**64, "number too large")
    return int(text)


# ---- the tree: RFC 9162, 2.1.3.2 and 2.1.4.2

def verify_inclusion(index, size, leaf, path, root):
    """`leaf` and the nodes of `path` are 32 bytes; `path` from the leaf upwards."""
    _require(index < size, "index not below the size")
    position, last, node = index, size - 1, leaf
    for sibling in path:
        _require(len(sibling) == 32, "a hash that is not 32 bytes")
        _require(last != 0, "nodes left over")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    _require(last == 0, "nodes missing")
    _require(node == root, "the proof leads to another root", "false")


def verify_consistency(old_size, new_size, old_root, new_root, path):
    """That the tree of `new_size` begins with the one of `old_size`, which is at least 1."""
    _require(0 < old_size <= new_size, "sizes out of order")
    _require(all(len(node) == 32 for node in path), "a hash that is not 32 bytes")
    if old_size == new_size:
        _require(not path, "equal sizes need no proof")
        _require(old_root == new_root, "two roots of one size", "false")
        return
    _require(path, "nodes missing")
    nodes = list(path)
    if old_size & (old_size - 1) == 0:
        nodes.insert(0, old_root)
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        _require(last != 0, "nodes left over")
        if position & 1 or position == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, node)
        position, last = position >> 1, last >> 1
    _require(last == 0, "nodes missing")
    _require((old, new) == (old_root, new_root), "the proof leads to other roots", "false")


# ---- signed notes and checkpoints

Verifier = collections.namedtuple("Verifier", "name key_id key")
Checkpoint = collections.namedtuple("Checkpoint", "origin size root note")


def _check_name(name):
    _require(name and not re.search(r"[\s+\u0085]", name) and min(name) >= " ", "not a key's name")


def parse_vkey(text):
    """A verifier key as `cradled init` prints it: name+id+base64 of 0x01 and the Ed25519 key."""
    _require(text.count("+") >= 2, "not a verifier key")
    name, key_id, encoded = text.split("+", 2)
    _check_name(name)
    typed_key = _from_base64(encoded)
    _require(len(typed_key) == 33 and typed_key[0] == 1, "not an Ed25519 key")
    _require(sha256(name.encode(), b"\n", typed_key)[:4].hex() == key_id, "key id of another key")
    key = ed25519.Ed25519PublicKey.from_public_bytes(typed_key[1:])
    return Verifier(name, bytes.fromhex(key_id), key)


def _parse_note(note):
    _require(not re.search(r"[\x00-\x09\x0b-\x1f]", note), "control character")
    text, found, tail = note.rpartition("\n\n")
    _require(found and tail.endswith("\n"), "not a signed note")
    signatures = []
    for line in tail[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        _require(match, "not a signature line")
        _check_name(match[1])
        data = _from_base64(match[2])
        _require(len(data) > 4, "signature too short")
        signatures.append((match[1], data[:4], data[4:]))
    return text + "\n", signatures


def open_note(note, verifiers):
    """The text of a note that at least one of `verifiers` signed and none of them falsely."""
    text, signatures = _parse_note(note)
    known = {(verifier.name, verifier.key_id): verifier.key for verifier in verifiers}
    signed = False
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        try:
            key.verify(signature, text.encode())
        except InvalidSignature:
            raise Refused("false", "the signature of %s does not hold" % name) from None
        signed = True
    _require(signed, "signed by no known key", "unsigned")
    return text


def open_checkpoint(note, verifier):
    lines = open_note(note, [verifier]).split("\n")
    _require(len(lines) == 4 and lines[3] == "", "a checkpoint has three lines")
    _check_name(lines[0])
    _require(lines[0] == verifier.name, "checkpoint of another log")
    root = _from_base64(lines[2])
    _require(len(root) == 32, "a hash that is not 32 bytes")
    return Checkpoint(lines[0], _decimal(lines[1]), root, note)


# ---- entries and receipts

Entry = collections.namedtuple("Entry", "kind recorded_time_ms salt attestations statement")
Receipt = collections.namedtuple("Receipt", "index entry checkpoint")


def decode_entry(data):
    """`attestations` is a list of (algorithm, attestation bytes, signature)."""
    _require(len(data) <= 65535, "entry too long")
    rest = data

    def take(count):
        nonlocal rest
        _require(len(rest) >= count, "entry cut short")
        taken, rest = rest[:count], rest[count:]
        return taken

    def number(count):
        return int.from_bytes(take(count), "big")

    _require(take(2) == b"CE", "not an entry")
    _require(number(1) == 1, "version of the entry", "unknown")
    kind, time_ms, salt = number(1), number(8), take(16)
    _require(kind in (1, 2), "kind of the entry", "unknown")
    _require(time_ms < 2**63, "recorded time too large")
    attestations = []
    for _ in range(number(1)):
        algorithm = number(1)
        _require(algorithm != 0, "no algorithm")
        attestation = take(number(2))
        attestations.append((algorithm, attestation, take(number(2))))
    _require(rest, "no statement")
    return Entry(kind, time_ms, salt, attestations, rest)


def verify_receipt(text, verifier):
    """What a .tlog-proof file proves: that the log signed a tree that holds this entry."""
    head, found, note = text.partition("\n\n")
    _require(found, "no checkpoint")
    lines = head.split("\n")
    _require(lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3, "not a tlog-proof")
    _require(lines[1].startswith("extra ") and lines[2].startswith("index "), "line out of place")
    entry, index = _from_base64(lines[1][6:]), _decimal(lines[2][6:])
    _require(0 < len(entry) <= 65535, "no entry")
    path = [_from_base64(line) for line in lines[3:]]
    _require(all(len(node) == 32 for node in path), "a hash that is not 32 bytes")
    checkpoint = open_checkpoint(note, verifier)
    verify_inclusion(index, checkpoint.size, leaf_hash(entry), path, checkpoint.root)
    return Receipt(index, entry, checkpoint)


# ---- a device

def verify_attestation(spki, attestation, signature):
    """ECDSA P-256: `signature` is r and s, 32 bytes each."""
    _require(len(signature) == 64, "a signature has 64 bytes")
    der = asymmetric_utils.encode_dss_signature(int.from_bytes(signature[:32], "big"),
                                                int.from_bytes(signature[32:], "big"))
    try:
        serialization.load_der_public_key(spki).verify(
            der, b"cradle/attestation/v1\n" + attestation, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused("false", "the key did not sign this") from None


class Device:
    """A P-256 key, who holds it, for which organisation, and how often it has signed.

    With a directory the key and the counter are kept there; without, they end with the process.
    """

    def __init__(self, organisation, person=None, directory=None):
        self.organisation = organisation
        self.person = person or random_id()
        self.seq = 0
        self._directory = pathlib.Path(directory) if directory else None
        if self._directory and (self._directory / "key.pem").exists():
            pem = (self._directory / "key.pem").read_bytes()
            self._key = serialization.load_pem_private_key(pem, None)
            kept = json.loads((self._directory / "device.json").read_text())
            self.organisation, self.person = kept["organisation"], kept["person"]
            self.seq = kept["seq"]
            return
        self._key = ec.generate_private_key(ec.SECP256R1())
        if self._directory:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            pem = self._key.private_bytes(serialization.Encoding.PEM,
                                          serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption())
            self._write("key.pem", pem)
            self._keep()

    def _write(self, name, data):
        path = self._directory / name
        beside = path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)

    def _keep(self):
        if self._directory:
            kept = {"organisation": self.organisation, "person": self.person, "seq": self.seq}
            self._write("device.json", json.dumps(kept).encode())

    @property
    def spki(self):
        """SubjectPublicKeyInfo DER, for the enrolment."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def public_pem(self):
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def key_id(self):
        return sha256(self.spki)

    def attest(self, statement, party=0, seen=None):
        """Signs as party number `party` of the statement; `seen` is the last checkpoint held."""
        self.seq += 1
        self._keep()  # before the signature is there: a number is never used twice
        message = attestation_pb2.Attestation(
            statement_hash=statement_hash(statement), party=party, key_id=self.key_id,
            person=self.person, seq=self.seq)
        if seen:
            message.seen.size, message.seen.root = seen.size, seen.root
        attestation = message.SerializeToString(deterministic=True)
        der = self._key.sign(b"cradle/attestation/v1\n" + attestation, ec.ECDSA(hashes.SHA256()))
        r, s = asymmetric_utils.decode_dss_signature(der)
        return common_pb2.SignedAttestation(
            algorithm=ECDSA_P256, attestation=attestation,
            signature=r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def compose(origin, parties, links, claimed_time_ms, **event):
    """The bytes of a statement whose links one knows, with no server.

    `parties` as for Log.prepare; `links` is a list of (chain, height, statement hash before).
    """
    message = statement_pb2.Statement(format=1, log_origin=origin, nonce=secrets.token_bytes(16),
                                      claimed_time_ms=claimed_time_ms, **event)
    for organisation, capacity in parties:
        message.parties.add(organisation=organisation, capacity=capacity)
    for chain, height, previous in links:
        message.links.add(chain=chain, height=height, previous=previous)
    return message.SerializeToString(deterministic=True)


def sign(statement, *devices, seen=None):
    """The statement with the attestation of each party's device, in the order of the parties."""
    return common_pb2.SignedStatement(
        statement=statement,
        attestations=[device.attest(statement, party, seen)
                      for party, device in enumerate(devices)])


# ---- the log over gRPC

class Log:
    """One log at one server. What it answers is believed only as far as it is proven."""

    def __init__(self, server, vkey):
        self.verifier = parse_vkey(vkey)
        self.channel = grpc.insecure_channel(server)
        self.ledger = ledger_pb2_grpc.LedgerServiceStub(self.channel)
        self.seen = None  # the newest checkpoint this client has verified

    def prepare(self, parties, **event):
        """The bytes to attest and what they say in English.

        `parties` is a list of (organisation, capacity); `event` one event by its field name.
        """
        wanted = statement_pb2.Statement(**event)
        for organisation, capacity in parties:
            wanted.parties.add(organisation=organisation, capacity=capacity)
        answer = self.ledger.Prepare(ledger_pb2.PrepareRequest(statement=wanted))
        given = statement_pb2.Statement.FromString(answer.statement)
        name = given.WhichOneof("event")
        _require(name == wanted.WhichOneof("event")
                 and getattr(given, name) == getattr(wanted, name)
                 and list(given.parties) == list(wanted.parties), "another statement was prepared")
        _require(given.log_origin == self.verifier.name, "prepared for another log")
        return answer.statement, answer.rendering_en

    def submit(self, *signed):
        """One result each: (verified Receipt, None), or (None, the Refusal).

        A statement whose place another has is kept as disputed: decode_entry(receipt.entry).kind
        is 2 then."""
        answer = self.ledger.Submit(ledger_pb2.SubmitRequest(statements=signed))
        _require(len(answer.results) == len(signed), "one result for each statement")
        results = []
        for sent, result in zip(signed, answer.results):
            if result.HasField("refused"):
                results.append((None, result.refused))
                continue
            disputed = result.HasField("disputed")
            kept = result.disputed if disputed else result.admitted
            receipt = verify_receipt(kept.receipt.decode(), self.verifier)
            entry = decode_entry(receipt.entry)
            _require(entry.statement == sent.statement, "receipt of another statement", "false")
            _require(entry.kind == (2 if disputed else 1), "receipt of another kind of entry", "false")
            self.hold(receipt.checkpoint)
            results.append((receipt, None))
        return results

    def checkpoint(self):
        note = self.ledger.GetCheckpoint(ledger_pb2.GetCheckpointRequest()).checkpoint
        return self.hold(open_checkpoint(note.decode(), self.verifier))

    def hold(self, checkpoint):
        """Checks it against the newest one seen: a log that forked has no proof to offer."""
        if self.seen:
            old, new = sorted((self.seen, checkpoint), key=lambda held: held.size)
            path = []
            if old.size != new.size:
                path = self.ledger.GetProof(ledger_pb2.GetProofRequest(
                    consistency=ledger_pb2.GetProofRequest.Consistency(
                        old_size=old.size, new_size=new.size))).path
            verify_consistency(old.size, new.size, old.root, new.root, path)
        if not self.seen or checkpoint.size > self.seen.size:
            self.seen = checkpoint
        return checkpoint

    def close(self):
        self.channel.close()
