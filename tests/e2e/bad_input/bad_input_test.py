"""Every kind of bad input, over gRPC, to a real server: a specific refusal that names the rule,
nothing written, and the service stays up. 2,000 messages of random bytes besides."""
import os
import pathlib
import random
import shutil
import tempfile
import unittest

import grpc

import cradle_client
import harness
from cradle.statement.v1 import (batch_events_pb2, common_pb2, manifest_events_pb2,
                                 organisation_events_pb2, statement_pb2)
from cradle.v1 import audit_pb2, ledger_pb2, monitoring_pb2, registry_pb2, tracking_pb2
from cradle.v1 import common_pb2 as service_common_pb2
from harness import CARRIER, CONSIGNOR, OWN, REGULATOR

MESSAGES = 2_000
CALL_SECONDS_MAX = 20
METHODS = ["/%s/%s" % (service.full_name, method.name)
           for file in (audit_pb2, ledger_pb2, monitoring_pb2, registry_pb2, tracking_pb2)
           for service in file.DESCRIPTOR.services_by_name.values()
           for method in service.methods if not method.server_streaming]
INVALID_ARGUMENT, ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION = 3, 6, 7, 9
ABORTED, UNIMPLEMENTED, UNAUTHENTICATED = 10, 12, 16
UNKNOWN, INTERNAL = 2, 13


class BadInput(harness.ServedLog):
    def setUp(self):
        super().setUp()
        self.producer, self.carrier = self.district.producer, self.district.carrier
        self.batch = cradle_client.random_id()
        harness.must_admit(self.log, self.district.generated(self.batch))
        self.size = self.log.checkpoint().size

    def refuse(self, signed, code, rule, field=None):
        """Submits it; it must be refused so, and nothing be written."""
        [(_, refusal)] = self.log.submit(signed)
        self.assertIsNotNone(refusal, "admitted: %s" % rule)
        rules = {violation.rule: violation for violation in refusal.violations}
        self.assertIn(rule, rules, refusal)
        self.assertEqual(refusal.code, code, refusal)
        self.assertTrue(all(v.message_en and v.message_zh for v in refusal.violations), refusal)
        if field is not None:
            self.assertEqual(rules[rule].field, field)
        self.assertEqual(self.log.checkpoint().size, self.size, "something was written")
        return refusal

    def admit(self, *signed):
        harness.must_admit(self.log, *signed)
        self.size = self.log.checkpoint().size

    def stored(self, by=None, **more):
        """That the batch was put into store: good as it is, and never submitted so."""
        by = by or self.producer
        return self.district.compose(["batch:" + self.batch], [(by, OWN)],
                                     batch_stored=self.district.stored_event(self.batch, **more))

    def sign(self, statement, *devices):
        return cradle_client.sign(statement, *(devices or [self.producer.device]))

    def changed(self, change):
        message = statement_pb2.Statement.FromString(self.stored())
        change(message)
        return self.sign(message.SerializeToString(deterministic=True))

    def issue(self, **changes):
        manifest = cradle_client.random_id()
        event = self.district.issue_event(manifest, [self.batch])
        for name, value in changes.items():
            setattr(event, name, value)
        return self.district.compose(self.district.issue_chains(manifest, [self.batch]),
                                     [(self.producer, CONSIGNOR)], manifest_issued=event)

    def tearDown(self):
        # All the while the good statement was good.
        self.assertTrue(self.server.running())
        self.admit(self.sign(self.stored()))

    # ---- form

    def test_unknown_enum(self):
        def capacity(message):
            message.parties[0].capacity = 99
        self.refuse(self.changed(capacity), UNIMPLEMENTED, "FORM")

    def test_unknown_field(self):
        self.refuse(self.sign(self.stored() + b"\xc2\x3e\x00"), UNIMPLEMENTED, "FORM")

    def test_not_canonical(self):
        good = self.stored()
        twice, padded = good + b"\x08\x01", good.replace(b"\x08\x01", b"\x08\x81\x00", 1)
        for same in (twice, padded):  # in other bytes
            self.assertEqual(statement_pb2.Statement.FromString(same),
                             statement_pb2.Statement.FromString(good))
        self.refuse(self.sign(twice), INVALID_ARGUMENT, "FORM")
        self.refuse(self.sign(padded), INVALID_ARGUMENT, "FORM")

    def test_empty_and_truncated(self):
        self.refuse(self.sign(b""), INVALID_ARGUMENT, "FORM")
        whole = self.stored()
        for length in range(1, len(whole), 7):
            self.refuse(self.sign(whole[:length]), INVALID_ARGUMENT, "FORM")
        self.refuse(service_common_pb2.SignedStatement(), INVALID_ARGUMENT, "FORM")

    def test_over_60000_bytes(self):
        registered = self.district.registration(harness.Party(), 77, "ORGANISATION_ROLE_PRODUCER")
        registered.name = "x" * 60_000
        statement = self.district.compose(["org:" + registered.organisation],
                                          [(self.district.regulator, REGULATOR)],
                                          organisation_registered=registered)
        self.refuse(self.sign(statement, self.district.regulator.device), INVALID_ARGUMENT, "FORM")

    def test_foreign_origin(self):
        def origin(message):
            message.log_origin = "log.example.org/another"
        self.refuse(self.changed(origin), INVALID_ARGUMENT, "LOG-ORIGIN", "log_origin")

    def test_a_nonce_used_twice(self):
        generated = cradle_client.random_id()
        used = self.district.compose(
            ["batch:" + generated], [(self.producer, OWN)],
            batch_generated=self.district.generated_event(generated))
        self.admit(self.sign(used))

        def nonce(message):
            message.nonce = statement_pb2.Statement.FromString(used).nonce
        self.refuse(self.changed(nonce), ALREADY_EXISTS, "NONCE-UNIQUE")

    # ---- content

    def test_wrong_check_digit(self):
        registered = self.district.registration(harness.Party(), 77, "ORGANISATION_ROLE_PRODUCER")
        last = registered.uscc[-1]
        registered.uscc = registered.uscc[:-1] + ("0" if last != "0" else "1")
        statement = self.district.compose(["org:" + registered.organisation],
                                          [(self.district.regulator, REGULATOR)],
                                          organisation_registered=registered)
        refusal = self.refuse(self.sign(statement, self.district.regulator.device),
                              INVALID_ARGUMENT, "ORGANISATION-IDENTITY",
                              "organisation_registered.uscc")
        self.assertIn(last, refusal.violations[0].message_en)

    def test_sums_that_do_not_add_up(self):
        self.refuse(self.sign(self.issue(total_sent_mass_g=1_200_001)), INVALID_ARGUMENT,
                    "MASS-SUM")

    def test_another_mass_than_the_batch_has(self):
        self.refuse(self.sign(self.stored(mass_g=1_199_999)), FAILED_PRECONDITION, "MASS-EXACT")

    def test_wrong_custodian(self):
        statement = self.stored(by=self.district.operator)
        self.refuse(self.sign(statement, self.district.operator.device), PERMISSION_DENIED,
                    "CUSTODY-HOLDER")

    def test_expired_licence_at_issue(self):
        late = harness.Party()
        self.admit(*self.district.register(late, 9, "ORGANISATION_ROLE_OPERATOR"),
                   *self.district.places(late),
                   self.district.licence(late, "LICENCE_KIND_COMPREHENSIVE", "鲁危证009号",
                                         valid_to="2024-12-31", method_codes=["D10"]))
        refusal = self.refuse(
            self.sign(self.issue(receiver=late.organisation, receiver_site=late.site)),
            FAILED_PRECONDITION, "LICENCE-RECEIVER")
        self.assertTrue(any(v.legal_basis for v in refusal.violations))

    # ---- links

    def test_stale_link(self):
        moved = batch_events_pb2.BatchMoved(batch=self.batch, facility=self.producer.facility,
                                            moved_time_ms=harness.now_ms())
        stale = self.district.compose(["batch:" + self.batch], [(self.producer, OWN)],
                                      batch_moved=moved)
        first = self.stored()
        self.admit(self.sign(first))
        refusal = self.refuse(self.sign(stale), ABORTED, "LINK-FOLLOWS")
        [head] = refusal.heads
        self.assertEqual((head.chain, head.height), ("batch:" + self.batch, 1))
        self.assertEqual(head.statement_hash, cradle_client.statement_hash(first))
        self.batch = cradle_client.random_id()
        self.admit(self.district.generated(self.batch))

    def test_link_ahead_of_the_head(self):
        def ahead(message):
            message.links[0].height += 1
        refusal = self.refuse(self.changed(ahead), FAILED_PRECONDITION, "LINK-PREDECESSOR")
        self.assertEqual(refusal.missing_predecessor.chain, "batch:" + self.batch)
        self.assertEqual(refusal.missing_predecessor.height, 1)

    def test_link_to_another_statement(self):
        def other(message):
            message.links[0].previous = bytes(32)
        self.refuse(self.changed(other), ABORTED, "LINK-FOLLOWS")

    # ---- attestations

    def test_unknown_key(self):
        stranger = cradle_client.Device(self.producer.organisation)
        self.refuse(self.sign(self.stored(), stranger), UNAUTHENTICATED, "KEY-KNOWN")

    def test_revoked_key(self):
        lost = cradle_client.Device(self.producer.organisation)
        chain, by = ["org:" + self.producer.organisation], [(self.producer, OWN)]
        revoked = organisation_events_pb2.DeviceKeyRevoked(
            organisation=self.producer.organisation, key_id=lost.key_id,
            reason=organisation_events_pb2.REVOCATION_REASON_LOST)
        self.admit(self.district.sign(chain, by, device_key_enrolled=self.district.enrolment(
            self.producer, lost)), self.district.sign(chain, by, device_key_revoked=revoked))
        self.refuse(self.sign(self.stored(), lost), PERMISSION_DENIED, "KEY-REVOKED")

    def test_key_of_another_party(self):
        self.refuse(self.sign(self.stored(), self.carrier.device), PERMISSION_DENIED,
                    "KEY-OF-PARTY")

    def issued(self):
        """A manifest of another batch, ready to be taken."""
        batch, manifest = cradle_client.random_id(), cradle_client.random_id()
        event = self.district.issue_event(manifest, [batch])
        self.admit(self.district.generated(batch),
                   self.district.sign(self.district.issue_chains(manifest, [batch]),
                                      [(self.producer, CONSIGNOR)], manifest_issued=event))
        taken = manifest_events_pb2.LoadTaken(manifest=manifest, vehicle=self.district.vehicle,
                                              taken_time_ms=harness.now_ms())
        return self.district.compose(
            ["manifest:" + manifest], [(self.producer, CONSIGNOR), (self.carrier, CARRIER)],
            load_taken=taken)

    def test_one_attestation_where_two_are_due(self):
        taken = self.issued()
        self.refuse(self.sign(taken, self.producer.device), UNAUTHENTICATED, "ATTESTATION-EACH")
        self.refuse(self.sign(taken, self.producer.device, self.producer.device),
                    PERMISSION_DENIED, "KEY-OF-PARTY")
        self.admit(self.sign(taken, self.producer.device, self.carrier.device))

    def test_the_same_person_for_both(self):
        taken = self.issued()
        double = cradle_client.Device(self.carrier.organisation, self.producer.device.person)
        chain, enrolment = ["org:" + self.carrier.organisation], self.district.enrolment(
            self.carrier, double)
        regulator = self.district.regulator
        own = self.district.compose(chain, [(self.carrier, OWN)], device_key_enrolled=enrolment)
        self.refuse(self.sign(own, self.carrier.device), PERMISSION_DENIED,
                    "PERSON-ENROLLED-ELSEWHERE")
        self.admit(self.district.sign(chain, [(regulator, REGULATOR)],
                                      device_key_enrolled=enrolment))
        self.refuse(self.sign(taken, self.producer.device, double), PERMISSION_DENIED, "PARTY-TWO")

    def test_an_attestation_of_other_bytes(self):
        signed = self.sign(self.stored())
        signed.statement = self.stored()  # another nonce
        self.refuse(signed, UNAUTHENTICATED, "ATTESTATION-BINDS")

    def test_a_checkpoint_the_log_never_signed(self):
        false = cradle_client.Checkpoint(harness.ORIGIN, self.size, bytes(32), "")
        self.refuse(cradle_client.sign(self.stored(), self.producer.device, seen=false),
                    FAILED_PRECONDITION, "ATTESTATION-SEEN")

    # ---- random bytes

    def mangled(self, chooser):
        """A signed statement with something random somewhere, which never makes it a good one."""
        signed = self.sign(self.stored())
        kind = chooser.randrange(5)
        if kind == 0:
            signed.statement = chooser.randbytes(chooser.randrange(400))
        elif kind == 1:
            signed.statement = mutate(chooser, signed.statement)
        elif kind == 2:
            signed.attestations[0].attestation = mutate(chooser, signed.attestations[0].attestation)
        elif kind == 3:
            signed.attestations[0].signature = mutate(chooser, signed.attestations[0].signature)
        else:  # the signature holds, but whatever it says, the batch is not the signer's
            operator = self.district.operator
            signed = self.sign(mutate(chooser, self.stored(by=operator)), operator.device)
        return signed

    def call(self, method, request):
        """The code of a call with these bytes for a request."""
        try:
            self.log.channel.unary_unary(method)(request, timeout=CALL_SECONDS_MAX)
            return 0
        except grpc.RpcError as error:
            return error.code().value[0]

    def test_random_bytes(self):
        seed = int(os.environ.get("CRADLE_SEED", "20261122"))
        print("seed %d" % seed)
        chooser = random.Random(seed)
        codes = set()
        for number in range(MESSAGES):
            if number % 4 == 0:  # not even a request
                codes.add(self.call(chooser.choice(METHODS), chooser.randbytes(
                    chooser.randrange(300))))
                continue
            for _, refusal in self.log.submit(self.mangled(chooser)):
                if refusal is not None:
                    codes.add(refusal.code)
                    self.assertGreater(len(refusal.violations), 0, refusal)
        print("codes", sorted(codes))
        self.assertNotIn(UNKNOWN, codes)
        self.assertNotIn(INTERNAL, codes)
        self.assertEqual(self.log.checkpoint().size, self.size, "something was written")


def mutate(chooser, data):
    """One to three bytes changed, taken out or put in; never the same as before."""
    before, data = data, bytearray(data)
    for _ in range(chooser.randrange(1, 4)):
        at = chooser.randrange(len(data))
        how = chooser.randrange(3)
        if how == 0:
            data[at] ^= 1 << chooser.randrange(8)
        elif how == 1:
            del data[at]
        else:
            data.insert(at, chooser.randrange(256))
    return bytes(data) if data != before else mutate(chooser, before)


class BadArguments(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory)

    def refused(self, *arguments):
        done = harness.run("cradled", *arguments, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_a_directory_that_cannot_be_looked_into(self):
        loop = self.directory / "loop"
        loop.symlink_to(loop)
        init = ["init", "--origin", harness.ORIGIN, "--regulator", self.directory / "none"]
        self.assertIn("cannot look into", self.refused(*init, "--data", loop))
        self.assertIn(str(loop), self.refused("verify", "--data", loop))

    def test_a_name_that_only_begins_like_the_loopback_address(self):
        data = harness.District().init(self.directory)
        for listen in ("127.example.org:0", "0.0.0.0:0", "127.0.0.1"):
            self.assertIn("only a loopback address",
                          self.refused("serve", "--data", data, "--listen", listen))


if __name__ == "__main__":
    unittest.main()
