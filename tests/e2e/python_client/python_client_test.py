"""A client in Python, with Debian's packages alone, does the whole job against a real server."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import cradle_client
import harness
from cradle.statement.v1 import common_pb2, statement_pb2
from cradle.v1 import common_pb2 as service_common_pb2

ROOT = pathlib.Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"
UNAUTHENTICATED = 16


class PythonClient(harness.ServedLog):
    def prepare(self, batch=None):
        parties = [(self.district.producer.organisation, common_pb2.CAPACITY_ORGANISATION)]
        event = self.district.generated_event(batch or cradle_client.random_id())
        return self.log.prepare(parties, batch_generated=event)

    def test_prepares_attests_submits_and_verifies_the_receipt(self):
        statement, says = self.prepare()
        self.assertIn("900-214-08", says)
        device = self.district.producer.device
        signed = cradle_client.sign(statement, device, seen=self.log.checkpoint())
        [(receipt, refusal)] = self.log.submit(signed)
        self.assertIsNone(refusal)
        entry = cradle_client.decode_entry(receipt.entry)
        self.assertEqual(entry.statement, statement)
        [(algorithm, attestation, signature)] = entry.attestations
        self.assertEqual(algorithm, cradle_client.ECDSA_P256)
        cradle_client.verify_attestation(device.spki, attestation, signature)
        self.assertEqual(self.log.seen.size, receipt.index + 1)

    def test_a_retry_gets_the_same_receipt_byte_for_byte(self):
        signed = cradle_client.sign(self.prepare()[0], self.district.producer.device)
        request = cradle_client.ledger_pb2.SubmitRequest(statements=[signed])
        first = self.log.ledger.Submit(request).results[0].admitted
        again = self.log.ledger.Submit(request).results[0].admitted
        self.assertTrue(again.repeated_submission)
        self.assertEqual(first.receipt, again.receipt)

    def test_the_command_line_verifies_what_python_submitted(self):
        statement, _ = self.prepare()
        [(receipt, _)] = self.log.submit(cradle_client.sign(statement,
                                                            self.district.producer.device))
        answer = self.log.ledger.GetReceipt(cradle_client.ledger_pb2.GetReceiptRequest(
            index=receipt.index))
        file = self.directory / "of.tlog-proof"
        file.write_bytes(answer.receipt)
        self.stop_server()
        home = harness.Cli(self.directory / "home", self.server.address, self.vkey)
        self.assertEqual(home.run("receipt", "verify", file).returncode, 0)

    def test_a_forged_signature_is_refused_and_writes_nothing(self):
        statement, _ = self.prepare()
        size = self.log.checkpoint().size
        honest = cradle_client.sign(statement, self.district.producer.device)
        stranger = cradle_client.Device(self.district.producer.organisation)
        forged = service_common_pb2.SignedStatement()
        forged.CopyFrom(honest)
        message = b"cradle/attestation/v1\n" + honest.attestations[0].attestation
        forged.attestations[0].signature = raw_signature(stranger, message)
        bent = service_common_pb2.SignedStatement()
        bent.CopyFrom(honest)
        bent.attestations[0].signature = bent.attestations[0].signature[:-1] + b"\x00"
        for wrong in (forged, bent):
            [(receipt, refusal)] = self.log.submit(wrong)
            self.assertIsNone(receipt)
            self.assertEqual(refusal.code, UNAUTHENTICATED)
            self.assertEqual([v.rule for v in refusal.violations], ["ATTESTATION-SIGNATURE"])
        self.assertEqual(self.log.checkpoint().size, size)
        harness.must_admit(self.log, honest)

    def test_a_receipt_that_was_changed_does_not_verify(self):
        signed = cradle_client.sign(self.prepare()[0], self.district.producer.device)
        self.log.submit(signed)
        receipt = self.log.ledger.GetReceipt(cradle_client.ledger_pb2.GetReceiptRequest(
            statement_hash=cradle_client.statement_hash(signed.statement))).receipt.decode()
        cradle_client.verify_receipt(receipt, self.log.verifier)
        lines = receipt.split("\n")
        for number, line in enumerate(lines):
            changed = list(lines)
            changed[number] = line[:-8] + ("B" if line[-8:-7] != "B" else "C") + line[-7:]
            if len(line) < 8:  # the empty lines, index and size
                changed[number] = line + "1"
            with self.assertRaises(cradle_client.Refused, msg=line):
                cradle_client.verify_receipt("\n".join(changed), self.log.verifier)

    def test_the_example_of_the_readme_runs(self):
        text = (ROOT / "clients" / "python" / "README.md").read_text()
        [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        producer = self.district.producer
        device = cradle_client.Device(producer.organisation, directory=self.directory / "device")
        harness.must_admit(self.log, self.district.sign(
            ["org:" + producer.organisation], [(producer, harness.OWN)],
            device_key_enrolled=self.district.enrolment(producer, device)))
        size = self.log.checkpoint().size
        ran = subprocess.run(
            [sys.executable, "-c", example], cwd=self.directory, check=True, text=True,
            stdout=subprocess.PIPE, env={**os.environ, "CRADLE_SERVER": self.server.address,
                                         "CRADLE_VKEY": self.vkey, "CRADLE_SITE": producer.site})
        self.assertEqual(ran.stdout.splitlines()[-1], "entry %d of %d" % (size, size + 1))
        kept = cradle_client.Device(None, directory=self.directory / "device")
        self.assertEqual((kept.key_id, kept.seq), (device.key_id, 1))


def raw_signature(device, message):
    """As Device.attest signs, over any message."""
    der = device._key.sign(message, cradle_client.ec.ECDSA(cradle_client.hashes.SHA256()))
    r, s = cradle_client.asymmetric_utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Vectors(unittest.TestCase):
    """tests/vectors/verify.py reads the vectors; the answers are those of the client."""

    def setUp(self):
        sys.path.insert(0, str(VECTORS))
        import verify
        self.verify = verify
        client = cradle_client
        replaced = {
            "Refused": client.Refused,
            "leaf_hash": client.leaf_hash,
            "decode_entry": client.decode_entry,
            "verify_inclusion": client.verify_inclusion,
            "verify_consistency": client.verify_consistency,
            "open_note": lambda note, vkeys: client.open_note(
                note, [client.parse_vkey(vkey) for vkey in vkeys]),
            "open_checkpoint": lambda note, vkey: tuple(client.open_checkpoint(
                note, client.parse_vkey(vkey)))[:3],
            "verify_receipt": self.verify_receipt,
        }
        for name, function in replaced.items():
            self.addCleanup(setattr, verify, name, getattr(verify, name))
            setattr(verify, name, function)

    @staticmethod
    def verify_receipt(text, vkey):
        receipt = cradle_client.verify_receipt(text, cradle_client.parse_vkey(vkey))
        return receipt.index, receipt.entry, receipt.checkpoint.size, receipt.checkpoint.root

    def test_every_vector_is_answered_as_it_says(self):
        counts, wrong = self.verify.Vectors(VECTORS).run()
        self.assertEqual(wrong, [])
        for file in ("entries", "notes", "proofs", "receipts"):
            self.assertGreater(counts[file], 0)

    def test_statements_and_attestations_are_written_byte_for_byte(self):
        vectors = json.loads((VECTORS / "statements.json").read_text())["vectors"]
        good = [v for v in vectors if v.get("verdict", "ok") == "ok"]
        self.assertGreater(len(good), 10)
        for vector in good:
            statement = bytes.fromhex(vector["statement"])
            parsed = statement_pb2.Statement.FromString(statement)
            self.assertEqual(parsed.SerializeToString(deterministic=True), statement,
                             vector["name"])
            self.assertEqual(cradle_client.statement_hash(statement).hex(), vector["hash"])

    def test_p256_attestations_hold_or_not_as_they_say(self):
        keys = {v["name"]: v for v in json.loads((VECTORS / "keys.json").read_text())["vectors"]}
        checked = 0
        for vector in json.loads((VECTORS / "attestations.json").read_text())["vectors"]:
            if vector["algorithm"] != cradle_client.ECDSA_P256:
                continue
            checked += 1
            arguments = [bytes.fromhex(text) for text in (
                keys[vector["key"]]["spki"], vector["attestation"], vector["signature"])]
            if vector.get("verdict", "ok") == "ok":
                cradle_client.verify_attestation(*arguments)
                continue
            with self.assertRaises(cradle_client.Refused, msg=vector["name"]) as refused:
                cradle_client.verify_attestation(*arguments)
            self.assertEqual(refused.exception.verdict, vector["verdict"], vector["name"])
        self.assertGreater(checked, 1)


if __name__ == "__main__":
    unittest.main()
