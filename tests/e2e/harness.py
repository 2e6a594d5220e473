"""Starts and stops the built programs as a person would, and gives tests a small district.

Tests are run by ctest with CRADLE_BIN (where cradled and cradle are) and PYTHONPATH (the generated
messages, clients/python and this folder) set. Processes are ended by the process that was started.
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import cradle_client
from cradle.statement.v1 import (batch_events_pb2, common_pb2, facility_events_pb2, log_events_pb2,
                                 manifest_events_pb2, organisation_events_pb2)

BIN = pathlib.Path(os.environ["CRADLE_BIN"])
ORIGIN = "log.example.org/e2e"
START_SECONDS_MAX = 60  # also for a sanitizer build on a busy machine


def run(program, *arguments, check=True, **options):
    """Runs a built program to its end; with `check`, anything but exit code 0 fails the test."""
    done = subprocess.run([BIN / program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if check and done.returncode != 0:
        raise AssertionError("%s %s: exit %d\n%s%s" % (program, " ".join(map(str, arguments)),
                                                      done.returncode, done.stdout, done.stderr))
    return done


class Server:
    """`cradled serve` on a data directory, on a port of its own."""

    def __init__(self, data, *arguments, program=BIN / "cradled"):
        self.data = pathlib.Path(data)
        self.port_file = self.data.with_name(self.data.name + ".port")
        self.log = self.data.with_name(self.data.name + ".stderr")
        self.command = [program, "serve", "--data", self.data, "--listen", "127.0.0.1:0",
                        "--port-file", self.port_file, *map(str, arguments)]
        self.process = None
        self.port = None

    @property
    def address(self):
        return "127.0.0.1:%d" % self.port

    @property
    def config(self):
        return json.loads((self.data / "cradle.json").read_text())

    def launch(self):
        """Starts the process and returns at once."""
        self.port_file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)

    def start(self):
        self.launch()
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.port_file.exists():
            if self.process.poll() is not None:
                raise AssertionError("cradled ended with %d: %s" % (self.process.returncode,
                                                                    self.complaint()))
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError("cradled does not serve after %d s" % START_SECONDS_MAX)
            time.sleep(0.01)  # for another process: there is nothing to wait on but its file
        self.port = int(self.port_file.read_text())
        return self

    def refuses_to_start(self):
        """Its exit code and what it said; fails if it serves instead."""
        with open(self.log, "ab") as log:
            before = log.tell()
        try:
            self.start()
        except AssertionError:
            if self.process.returncode is None:
                raise
            return self.process.returncode, self.log.read_text()[before:]
        self.stop()
        raise AssertionError("cradled serves")

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """As `kill PID` does; it must end by itself, in order."""
        if not self.running():
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(START_SECONDS_MAX)
        if code != 0:
            raise AssertionError("cradled ended with %d: %s" % (code, self.complaint()))

    def kill(self):
        """As kill -9 does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def complaint(self):
        return self.log.read_text()[-4000:] if self.log.exists() else ""


class Cli:
    """`cradle` with one home."""

    def __init__(self, home, address=None, vkey=None):
        self.home = pathlib.Path(home)
        if vkey:
            self.run("key", "new")
            self.run("init", "--server", address, "--vkey", vkey)

    def run(self, *arguments, check=True, server=None):
        there = ["--server", server] if server else []
        return run("cradle", "--home", self.home, *there, *arguments, check=check)

    def json(self, *arguments, server=None):
        return json.loads(self.run("--json", *arguments, server=server).stdout)


def now_ms():
    return time.time_ns() // 1_000_000


def uscc(number):
    """A unified social credit code with its check character (GB 32100-2015)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91370781%09d" % number
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[-total % 31]


REGULATOR = common_pb2.CAPACITY_REGULATOR
OWN = common_pb2.CAPACITY_ORGANISATION
CONSIGNOR = common_pb2.CAPACITY_CONSIGNOR
CARRIER = common_pb2.CAPACITY_CARRIER
RECEIVER = common_pb2.CAPACITY_RECEIVER


class Party:
    """An organisation, the device that signs for it, and its places by name."""

    def __init__(self):
        self.organisation = cradle_client.random_id()
        self.device = cradle_client.Device(self.organisation)
        self.site = cradle_client.random_id()
        self.facility = cradle_client.random_id()


class District:
    """Statements of a regulator, a producer, a carrier and an incinerator, with the heads of their
    chains as they would be, so that any number can be signed before one is submitted."""

    def __init__(self, origin=ORIGIN):
        self.origin = origin
        self.heads = {}  # chain -> (next height, hash of the statement before)
        self.regulator, self.producer, self.carrier, self.operator = (Party() for _ in range(4))
        self.furnace = cradle_client.random_id()
        self.vehicle = cradle_client.random_id()

    def init(self, directory):
        """`cradled init` for this regulator; returns the data directory."""
        key = pathlib.Path(directory) / "regulator.pem"
        key.write_bytes(self.regulator.device.public_pem)
        data = pathlib.Path(directory) / "data"
        run("cradled", "init", "--data", data, "--origin", self.origin, "--regulator", key)
        return data

    def compose(self, chains, parties, claimed_time_ms=None, **event):
        """Bytes that extend `chains` from the heads as they are now; does not move the heads."""
        links = [(chain, *self.heads.get(chain, (0, b""))) for chain in chains]
        return cradle_client.compose(self.origin, [(p.organisation, c) for p, c in parties], links,
                                     claimed_time_ms or now_ms(), **event)

    def advance(self, chains, statement):
        for chain in chains:
            height, _ = self.heads.get(chain, (0, b""))
            self.heads[chain] = (height + 1, cradle_client.statement_hash(statement))

    def sign(self, chains, parties, **event):
        statement = self.compose(chains, parties, **event)
        self.advance(chains, statement)
        return cradle_client.sign(statement, *(party.device for party, _ in parties))

    # What each event needs, by the names of proto/cradle/statement/v1.

    def founding(self, config):
        _, _, key = config["log_vkey"].split("+", 2)
        spki = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key)[1:]
        founded = log_events_pb2.Founded(
            log_key=spki, rule_set=1, rule_data_sha256=bytes.fromhex(config["rule_data_sha256"]),
            regulator=self.registration(self.regulator, 1, "ORGANISATION_ROLE_ECOLOGY_AUTHORITY"),
            regulator_key=self.enrolment(self.regulator))
        chains = ["log", "org:" + self.regulator.organisation]
        links = [(chain, 0, b"") for chain in chains]
        parties = [(self.regulator.organisation, REGULATOR), ("", common_pb2.CAPACITY_LOG)]
        statement = cradle_client.compose(self.origin, parties, links, now_ms(), founded=founded)
        self.advance(chains, statement)
        return cradle_client.sign(statement, self.regulator.device)  # the log attests for itself

    def registration(self, party, number, role):
        return organisation_events_pb2.OrganisationRegistered(
            organisation=party.organisation, name="单位 %d" % number, uscc=uscc(number),
            division="370700" if party is self.regulator else "370781",
            roles=[organisation_events_pb2.OrganisationRole.Value(role)])

    def enrolment(self, party, device=None):
        device = device or party.device
        return organisation_events_pb2.DeviceKeyEnrolled(
            organisation=party.organisation, algorithm=cradle_client.ECDSA_P256, key=device.spki,
            person=device.person, roles=[1, 2])

    def register(self, party, number, role):
        chain, by = ["org:" + party.organisation], [(self.regulator, REGULATOR)]
        return [
            self.sign(chain, by, organisation_registered=self.registration(party, number, role)),
            self.sign(chain, by, device_key_enrolled=self.enrolment(party))]

    def facility(self, party, facility, kind, **more):
        event = facility_events_pb2.FacilityRegistered(
            facility=facility, organisation=party.organisation, site=party.site,
            kind=facility_events_pb2.FacilityKind.Value(kind), name="设施",
            capacity_mass_g=10**9, eia_reference="潍环审[2020]1号", acceptance_date="2021-06-30",
            **more)
        return self.sign(["facility:" + facility], [(party, OWN)], facility_registered=event)

    def places(self, party):
        site = organisation_events_pb2.SiteRegistered(
            organisation=party.organisation, site=party.site, name="厂区", division="370781")
        return [self.sign(["org:" + party.organisation], [(party, OWN)], site_registered=site),
                self.facility(party, party.facility, "FACILITY_KIND_STORAGE_WAREHOUSE")]

    def licence(self, party, kind, number, valid_from="2024-01-01", valid_to="2099-12-31", **scope):
        event = organisation_events_pb2.LicenceGranted(
            organisation=party.organisation, licence_number=number,
            kind=organisation_events_pb2.LicenceKind.Value(kind),
            scopes=[organisation_events_pb2.LicenceScope(waste="HW08", **scope)],
            valid_from_date=valid_from, valid_to_date=valid_to)
        return self.sign(["org:" + party.organisation], [(self.regulator, REGULATOR)],
                         licence_granted=event)

    def everyone(self):
        """All statements that make the district, in order."""
        vehicle = organisation_events_pb2.VehicleRegistered(
            organisation=self.carrier.organisation, vehicle=self.vehicle, plate="鲁G12345",
            permit_number="370781000001", payload_mass_g=10**7)
        return [
            *self.register(self.producer, 2, "ORGANISATION_ROLE_PRODUCER"),
            *self.register(self.carrier, 3, "ORGANISATION_ROLE_CARRIER"),
            *self.register(self.operator, 4, "ORGANISATION_ROLE_OPERATOR"),
            *self.places(self.producer), *self.places(self.operator),
            self.facility(self.operator, self.furnace, "FACILITY_KIND_DISPOSAL",
                          method_codes=["D10"]),
            self.sign(["org:" + self.carrier.organisation], [(self.carrier, OWN)],
                      vehicle_registered=vehicle),
            self.licence(self.carrier, "LICENCE_KIND_TRANSPORT", "鲁运001"),
            self.licence(self.operator, "LICENCE_KIND_COMPREHENSIVE", "鲁危证001",
                         method_codes=["D10"])]

    def found(self, log, config):
        """Founds the log and brings everyone in; every one must be admitted."""
        must_admit(log, self.founding(config))
        must_admit(log, *self.everyone())

    def generated_event(self, batch, mass_g=1_200_000, time_ms=None, **more):
        return batch_events_pb2.BatchGenerated(
            batch=batch, site=self.producer.site, waste_code="900-214-08", generated_mass_g=mass_g,
            mass_basis=common_pb2.MassBasis(method=common_pb2.MASS_METHOD_ESTIMATED),
            form=common_pb2.PHYSICAL_FORM_LIQUID, generated_time_ms=time_ms or now_ms(), **more)

    def generated(self, batch, **more):
        return self.sign(["batch:" + batch], [(self.producer, OWN)],
                         batch_generated=self.generated_event(batch, **more))

    def stored_event(self, batch, mass_g=1_200_000, time_ms=None):
        return batch_events_pb2.BatchStored(
            batch=batch, facility=self.producer.facility, stored_mass_g=mass_g,
            stored_time_ms=time_ms or now_ms())

    def stored(self, batch, **more):
        return self.sign(["batch:" + batch], [(self.producer, OWN)],
                         batch_stored=self.stored_event(batch, **more))

    def declared(self, batch, start_date):
        """Stock from before the log, on the owner's word."""
        event = batch_events_pb2.StockDeclared(
            batch=batch, site=self.producer.site, facility=self.producer.facility,
            waste_code="900-214-08", stock_mass_g=5_000_000,
            mass_basis=common_pb2.MassBasis(method=common_pb2.MASS_METHOD_ESTIMATED),
            form=common_pb2.PHYSICAL_FORM_LIQUID, storage_start_date=start_date,
            origin=batch_events_pb2.STOCK_ORIGIN_OWN,
            evidence_grade=batch_events_pb2.EVIDENCE_GRADE_OWNER_WORD)
        return self.sign(["batch:" + batch], [(self.producer, OWN)], stock_declared=event)

    def issue_event(self, manifest, batches, mass_g=1_200_000):
        return manifest_events_pb2.ManifestIssued(
            manifest=manifest, consignor_site=self.producer.site,
            lines=[manifest_events_pb2.ManifestLine(
                batch=batch, waste_code="900-214-08", sent_mass_g=mass_g,
                packaging=common_pb2.PACKAGING_DRUM, package_count=6, method_code="D10")
                for batch in batches],
            carriers=[manifest_events_pb2.CarrierLeg(organisation=self.carrier.organisation,
                                                     vehicle=self.vehicle)],
            receiver=self.operator.organisation, receiver_site=self.operator.site,
            total_sent_mass_g=mass_g * len(batches))

    def issue_chains(self, manifest, batches):
        return ["manifest:" + manifest, *("batch:" + batch for batch in batches)]

    def journey(self, manifest, batch, mass_g=1_200_000):
        """From the producer's store to the furnace: five statements, two of them by two parties."""
        chain = ["manifest:" + manifest]
        taken = manifest_events_pb2.LoadTaken(manifest=manifest, vehicle=self.vehicle,
                                              taken_time_ms=now_ms())
        delivered = manifest_events_pb2.LoadDelivered(manifest=manifest,
                                                      delivered_time_ms=now_ms())
        confirmed = manifest_events_pb2.ReceiptConfirmed(
            manifest=manifest, total_received_mass_g=mass_g, confirmed_time_ms=now_ms(),
            lines=[manifest_events_pb2.ReceivedLine(
                batch=batch, outcome=manifest_events_pb2.LINE_OUTCOME_ACCEPTED,
                received_mass_g=mass_g, method_code="D10",
                mass_basis=common_pb2.MassBasis(method=common_pb2.MASS_METHOD_ESTIMATED))])
        treated = batch_events_pb2.BatchTreated(
            batch=batch, facility=self.furnace, ending=batch_events_pb2.ENDING_DISPOSED,
            method_code="D10", treated_mass_g=mass_g, treated_time_ms=now_ms())
        return [
            self.sign(self.issue_chains(manifest, [batch]), [(self.producer, CONSIGNOR)],
                      manifest_issued=self.issue_event(manifest, [batch], mass_g)),
            self.sign(chain, [(self.producer, CONSIGNOR), (self.carrier, CARRIER)],
                      load_taken=taken),
            self.sign(chain, [(self.carrier, CARRIER), (self.operator, RECEIVER)],
                      load_delivered=delivered),
            self.sign(self.issue_chains(manifest, [batch]), [(self.operator, RECEIVER)],
                      receipt_confirmed=confirmed),
            self.sign(["batch:" + batch], [(self.operator, OWN)], batch_treated=treated)]


def must_admit(log, *signed):
    """Submits and returns the verified receipts."""
    receipts = []
    for receipt, refusal in log.submit(*signed):
        if refusal is not None:
            raise AssertionError("refused: %s" % refusal)
        receipts.append(receipt)
    return receipts


class ServedLog(unittest.TestCase):
    """A log with a district in it, served by a real cradled in a directory of its own."""

    def setUp(self):
        self.logs = []
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.district = District()
        self.server = Server(self.district.init(self.directory))
        self.addCleanup(self.server.kill)
        self.server.start()
        self.vkey = self.server.config["log_vkey"]
        self.log = self.connect()
        self.district.found(self.log, self.server.config)

    def connect(self):
        log = cradle_client.Log(self.server.address, self.vkey)
        self.logs.append(log)
        self.addCleanup(log.close)
        return log

    def stop_server(self):
        """In order, clients first: an idle Python channel does not answer a server that says
        goodbye, and holds it up for its whole grace."""
        for log in self.logs:
            log.close()
        self.logs.clear()
        self.server.stop()
