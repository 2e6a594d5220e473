"""A log of the first release under today's programs: verified as it lies, served, continued, and
not one of its verdicts changed by another rule set. README.md says what the log is."""
import json
import os
import pathlib
import shutil
import tarfile
import tempfile
import unittest

import cradle_client
import harness
import life

RULE_DATA = pathlib.Path(__file__).resolve().parents[3] / "deploy" / "rule_data"


class FirstLog(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        with tarfile.open(life.ARCHIVE) as tar:
            tar.extractall(self.directory)
        self.told = json.loads(life.ANSWERS.read_text(encoding="utf-8"))
        self.size = len(self.told["entries"])
        self.data = self.directory / "data"
        self.clock = life.Clock(life.LAST_DAY, self.data)
        self.server = harness.Server(self.data, "--manual-clock", life.unix_ms(life.LAST_DAY))
        self.addCleanup(self.server.kill)

    def device(self, name):
        return life.Device(self.directory / name, self.clock, self.server)

    def answers(self):
        """Today's, of the entries that the first release wrote."""
        log = cradle_client.Log(self.server.address, self.server.config["log_vkey"])
        try:
            return life.answers(log, self.device("authority"), self.size)
        finally:
            log.close()

    def verified(self):
        """What `cradled verify` prints; the server must not run."""
        return harness.run("cradled", "verify", "--data", self.data).stdout

    def generate(self, alias):
        return self.device("chem").admit(
            "batch", "generate", "--site", "@plant", "--code", "900-214-08", "--mass", "700kg",
            "--form", "liquid", "--alias", alias)

    def adopt(self, rule_set):
        """Today's rule data judges from here on; the server is started anew with it at hand."""
        self.server.stop()
        bundle = self.directory / "today.bundle"
        sha256 = harness.run("cradled", "pack-rule-data", RULE_DATA, bundle).stdout.strip()
        shutil.copy(bundle, self.data / "rule-data" / (sha256 + ".bundle"))
        self.server.start()
        return self.device("authority").admit("rules", "adopt", "--rule-set", rule_set,
                                              "--rule-data-sha256", sha256)

    def test_the_record_holds_every_event_of_rule_set_1_and_some_marks(self):
        self.assertEqual({entry["event"] for entry in self.told["entries"]}, {
            "founded", "rules_adopted", "organisation_registered", "site_registered",
            "licence_granted", "vehicle_registered", "device_key_enrolled", "device_key_revoked",
            "facility_registered", "stock_declared", "batch_generated", "batch_stored",
            "batch_moved", "batch_treated", "manifest_issued", "load_taken", "load_handed_over",
            "load_delivered", "receipt_confirmed"})
        self.assertLessEqual(
            {"LICENCE-CARRIER", "VEHICLE-AS-ISSUED", "TIME-OF-ACT", "KEY-REVOKED-LATE",
             "RECEIPT-DIFFERENCE", "FACILITY-ACCEPTED", "FACILITY-METHOD"},
            {mark["rule"] for entry in self.told["entries"] for mark in entry["marks"]})

    def test_as_it_lies_it_is_verified_and_what_will_be_rebuilt_is_said(self):
        said = self.verified()
        self.assertIn("log verified: %d entries" % self.size, said)
        self.assertIn("admission state is of version 1", said)
        for view in ("registry", "tracking", "monitoring"):
            self.assertIn("view %s is of another version" % view, said)
        self.assertEqual(said.splitlines()[-1], "verified")
        mirror = self.device("authority").run("audit", "verify", self.directory / "mirror",
                                              "--mine").stdout
        self.assertIn("verified", mirror)
        for home in ("chem", "haul", "burn"):
            receipts = sorted((self.directory / home / "receipts").glob("*.tlog-proof"))
            self.assertTrue(receipts, home)
            self.device(home).run("receipt", "verify", receipts[0])

    def test_served_it_says_what_it_said_and_goes_on_under_rule_set_2(self):
        self.server.start()
        self.assertEqual(self.answers(), self.told)
        self.assertEqual(self.generate("under1")["index"], self.size)

        self.adopt(2)
        self.assertEqual(self.answers(), self.told)
        self.assertEqual(self.generate("under2")["index"], self.size + 2)
        self.assertEqual(self.answers(), self.told)
        mirror = self.directory / "mirror"  # the first release's, continued
        self.device("authority").run("audit", "mirror", mirror)
        self.server.stop()

        said = self.verified()
        self.assertIn("log verified: %d entries" % (self.size + 3), said)
        self.assertNotIn("version", said)
        self.assertEqual(said.splitlines()[-1], "verified")
        self.assertIn("verified", self.device("authority").run("audit", "verify", mirror).stdout)

    def test_killed_while_it_begins_it_begins_again(self):
        self.server.launch()
        while "folded anew" not in self.server.complaint():
            self.assertTrue(self.server.running(), self.server.complaint())
            os.sched_yield()
        self.server.kill()
        self.server.start()
        self.assertEqual(self.answers(), self.told)
        self.server.stop()
        self.assertEqual(self.verified().splitlines()[-1], "verified")

    def test_a_backup_of_it_serves_with_key_and_journal(self):
        self.server.start()
        backup = self.directory / "backup"
        harness.run("cradled", "backup", "--data", self.data, "--to", backup)
        self.server.stop()
        self.assertIn("log verified: %d entries" % self.size,
                      harness.run("cradled", "verify", "--data", backup).stdout)
        for kept in ("log-key.pem", "journal"):
            (self.data / kept).rename(backup / kept)
        self.data, self.server.data = backup, backup
        self.server.command[self.server.command.index("--data") + 1] = backup
        self.server.start()
        self.assertEqual(self.answers(), self.told)


if __name__ == "__main__":
    unittest.main()
