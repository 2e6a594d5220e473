"""`cradle` against a real cradled: founding to disposal, handover by file, ledger import, exit codes."""
import datetime
import json
import pathlib
import shutil
import tempfile
import unittest

import harness

HEADINGS_B1 = "产生批次编码,产生时间,危险废物类别,危险废物代码,产生量,计量单位,容器/包装类型,容器/包装数量\n"
HEADINGS_B2 = "入库批次编码,入库时间,危险废物代码,入库量,计量单位,贮存设施编码,产生批次编码\n"


class Commands(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.regulator, self.producer, self.carrier, self.operator = (
            harness.Cli(self.directory / name) for name in ("bureau", "chem", "haul", "burn"))
        everyone = (self.regulator, self.producer, self.carrier, self.operator)
        for cli in everyone:
            cli.run("key", "new", "--out", self.file(cli.home.name + ".pub"))
        data = self.directory / "data"
        harness.run("cradled", "init", "--data", data, "--origin", harness.ORIGIN, "--regulator",
                    self.file("bureau.pub"))
        self.server = harness.Server(data)
        self.addCleanup(self.server.kill)
        self.server.start()
        for cli in everyone:
            cli.run("init", "--server", self.server.address, "--vkey", self.server.config["log_vkey"])
        self.district()

    def file(self, name):
        return self.directory / name

    def district(self):
        run = self.regulator.run
        run("found", "--name", "潍坊市生态环境局", "--uscc", harness.uscc(1), "--division", "370700",
            "--role", "ecology-authority", "--rule-data-sha256",
            self.server.config["rule_data_sha256"])
        self.ids = {}
        for number, (name, role) in enumerate(
                [("chem", "producer"), ("haul", "carrier"), ("burn", "operator")], 2):
            made = self.regulator.json("org", "register", "--name", "单位" + name, "--uscc",
                                       harness.uscc(number), "--division", "370781", "--role", role,
                                       "--alias", name)
            self.ids[name] = made["organisation"]
            run("key", "enroll", self.file(name + ".pub"), "--org", "@" + name)
        year = datetime.date.today().year - 1
        run("licence", "grant", "--org", "@haul", "--number", "鲁运001", "--kind", "transport",
            "--scope", "HW08", "--from", "2024-01-01", "--to", "2099-12-31")
        run("licence", "grant", "--org", "@burn", "--number", "鲁危证001", "--kind",
            "comprehensive", "--scope", "HW08,annual=20000t,methods=D10", "--from",
            f"{year}-01-01", "--to", f"{year + 4}-12-31")
        self.producer.run("site", "register", "--name", "厂区", "--division", "370781", "--alias",
                          "plant")
        self.producer.run("facility", "register", "--site", "@plant", "--kind", "storage-warehouse",
                          "--name", "危废库", "--capacity", "50t", "--accepted", "2021-06-30",
                          "--alias", "TS001")
        self.ids["truck"] = self.carrier.json("vehicle", "register", "--plate", "鲁G12345",
                                              "--alias", "truck")["vehicle"]
        self.ids["yard"] = self.operator.json("site", "register", "--name", "焚烧厂", "--division",
                                              "370781", "--alias", "yard")["site"]
        self.operator.run("facility", "register", "--site", "@yard", "--kind", "disposal", "--name",
                          "焚烧炉", "--capacity", "500t", "--accepted", "2021-06-30", "--method",
                          "D10", "--alias", "furnace")

    def generate(self, alias):
        made = self.producer.json("batch", "generate", "--site", "@plant", "--code", "900-214-08",
                                  "--mass", "1.2t", "--form", "liquid", "--alias", alias)
        self.assertEqual(made["outcome"], "admitted")
        return made["batch"]

    def issue(self, batch_alias, alias, *more):
        return self.producer.json(
            "manifest", "issue", "--site", "@plant", "--line", "@%s,method=D10,count=6" % batch_alias,
            "--carrier", "%s,vehicle=%s" % (self.ids["haul"], self.ids["truck"]), "--receiver",
            self.ids["burn"], "--receiver-site", self.ids["yard"], "--alias", alias, *more)

    def exit(self, cli, *arguments):
        return cli.run(*arguments, check=False).returncode

    def test_batch_goes_from_generation_to_the_furnace_and_is_traced(self):
        batch = self.generate("oil")
        self.producer.run("batch", "store", "@oil", "--facility", "@TS001")
        manifest = self.issue("oil", "trip")["manifest"]
        self.assertEqual(self.exit(self.producer, "batch", "move", "@oil", "--facility", "@TS001"), 1)

        load = self.file("load.statement")
        self.producer.run("manifest", "take", "@trip", "--out", load)
        self.carrier.run("statement", "attest", load, "--yes")
        self.carrier.run("statement", "submit", load)
        self.assertEqual(self.producer.json("outbox", "send")[0]["outcome"], "admitted")

        arrival = self.file("arrival.statement")
        self.carrier.run("manifest", "deliver", manifest, "--out", arrival)
        self.operator.run("statement", "attest", arrival, "--yes")
        self.operator.run("statement", "submit", arrival)
        confirmed = self.operator.json("manifest", "confirm", manifest, "--line",
                                       batch + ",mass=1.19t", "--basis", "weighed:S9:1kg")
        self.assertEqual([mark["rule"] for mark in confirmed["marks"]], ["RECEIPT-DIFFERENCE"])
        self.operator.run("batch", "treat", batch, "--facility", "@furnace", "--ending", "disposed",
                          "--method", "D10")

        steps = self.producer.json("trace", "@oil")["steps"]
        self.assertEqual([step["event"] for step in steps],
                         ["batch_generated", "batch_stored", "manifest_issued", "load_taken",
                          "load_delivered", "receipt_confirmed", "batch_treated"])
        self.assertEqual(self.producer.json("stock")["total_batches"], 0)

        # A receipt is proof with nothing running.
        self.server.stop()
        receipt = confirmed["receipt"]
        verified = harness.run("cradle", "--json", "receipt", "verify", receipt, "--key",
                               self.server.config["log_vkey"])
        self.assertEqual(json.loads(verified.stdout)["index"], confirmed["index"])
        self.assertEqual(self.exit(self.producer, "trace", "@oil"), 3)

    def test_handover_needs_no_server_between_preparing_and_submitting(self):
        self.generate("oil")
        issue, load, arrival = (self.file(n + ".statement") for n in ("issue", "load", "arrival"))
        self.server.stop()
        manifest = self.issue("oil", "trip", "--offline", "--out", issue)["manifest"]
        self.producer.run("--offline", "manifest", "take", "@trip", "--out", load)
        self.carrier.run("--offline", "statement", "attest", load, "--yes")
        self.carrier.run("statement", "keep", issue)
        self.carrier.run("--offline", "manifest", "deliver", manifest, "--out", arrival)
        self.operator.run("--offline", "statement", "attest", arrival, "--yes")
        self.assertEqual(self.exit(self.operator, "outbox", "send"), 3)

        self.server.start()
        # The receiver passes on what it was given, in any order; the others find their receipts.
        answers = self.operator.json("statement", "submit", arrival, load, issue,
                                     server=self.server.address)
        self.assertEqual([answer["outcome"] for answer in answers], ["admitted"] * 3)
        for cli in (self.producer, self.carrier):
            answers = cli.json("outbox", "send", server=self.server.address)
            self.assertEqual({answer["outcome"] for answer in answers}, {"admitted"})
            self.assertEqual(cli.json("outbox", "list"), [])
        shown = self.producer.json("manifest", "show", "@trip", server=self.server.address)
        self.assertEqual(shown["manifest"]["manifest"]["status"], "MANIFEST_STATUS_DELIVERED")

    def colleague(self, name, of):
        """A second device of an organisation, that has been online once."""
        cli = harness.Cli(self.directory / name, self.server.address, self.server.config["log_vkey"])
        cli.run("key", "show", "--out", self.file(name + ".pub"))
        of.run("key", "enroll", self.file(name + ".pub"))
        cli.run("vehicle" if of is self.carrier else "site", "register",
                *(["--plate", "鲁G54321"] if of is self.carrier else
                  ["--name", "北门", "--division", "370781"]))
        return cli

    def test_two_drivers_take_one_load_offline_and_a_regulator_decides(self):
        gate, driver = self.colleague("gate", self.producer), self.colleague("driver", self.carrier)
        self.generate("oil")
        issue = self.file("issue.statement")
        manifest = self.issue("oil", "trip", "--out", issue)["manifest"]
        for cli in (gate, self.carrier, driver):
            cli.run("statement", "keep", issue)

        self.server.stop()
        for number, (consignor, carrier) in enumerate(
                [(self.producer, self.carrier), (gate, driver)], 1):
            load = self.file("load%d.statement" % number)
            consignor.run("--offline", "manifest", "take", manifest, "--out", load)
            carrier.run("--offline", "statement", "attest", load, "--yes")
        # The second truck arrives before anybody had a network.
        arrival = self.file("arrival.statement")
        driver.run("--offline", "manifest", "deliver", manifest, "--out", arrival)
        self.operator.run("--offline", "statement", "attest", arrival, "--yes")

        self.server.start()
        address = self.server.address
        # What it follows is still on the driver's device.
        early = self.operator.run("--json", "statement", "submit", arrival, server=address,
                                  check=False)
        self.assertEqual(early.returncode, 1)
        self.assertEqual(json.loads(early.stdout)["missing_predecessor"],
                         {"chain": "manifest:" + manifest, "height": 1})
        admitted, = self.carrier.json("outbox", "send", server=address)
        self.assertEqual(admitted["outcome"], "admitted")
        sent = {answer["outcome"]: answer for answer in driver.json("outbox", "send", server=address)}
        self.assertEqual(set(sent), {"disputed", "waiting"})  # the receiver has the whole arrival
        disputed = sent["disputed"]
        self.assertEqual(disputed["heads"][0]["statement_hash"], admitted["statement_hash"])
        self.assertEqual(disputed["marks"][0]["rule"], "LINK-DISPUTED")
        for cli in (self.operator, driver, gate):
            answers = cli.json("outbox", "send", server=address)
            self.assertEqual([answer["outcome"] for answer in answers], ["disputed"])
        for cli in (self.producer, self.carrier, gate, driver, self.operator):
            cli.run("outbox", "send", server=address)
            self.assertEqual(cli.json("outbox", "list"), [])

        shown = self.producer.json("manifest", "show", manifest, server=address)
        self.assertEqual(shown["manifest"]["manifest"]["status"], "MANIFEST_STATUS_IN_TRANSIT")
        self.assertEqual([(dispute["dispute"]["height"], dispute["open"])
                          for dispute in shown["disputes"]], [("1", True), ("2", True)])
        resolved = self.regulator.json(
            "dispute", "resolve", "manifest:" + manifest, "1", "--uphold",
            disputed["statement_hash"], "--reference", "潍环争〔2026〕1号", "--reason", "records",
            server=address)
        self.assertEqual(resolved["outcome"], "admitted")
        trace = self.producer.json("trace", "@oil", server=address)
        self.assertEqual([dispute["open"] for dispute in trace["disputes"]], [False, True])
        self.assertEqual(len(trace["steps"]), 3)  # generated, issued, taken once
        text = self.producer.run("trace", "@oil", server=address).stdout
        self.assertIn("disputed, resolved", text)
        self.assertIn("upheld    " + disputed["statement_hash"], text)

        # Both hold proof with nothing running, and the log is true.
        self.server.stop()
        for answer in (admitted, disputed):
            receipt = json.loads(harness.run("cradle", "--json", "receipt", "verify",
                                             answer["receipt"], "--key",
                                             self.server.config["log_vkey"]).stdout)
            self.assertEqual((receipt["index"], receipt["disputed"]),
                             (answer["index"], answer is disputed))
        verified = harness.run("cradled", "verify", "--data", self.directory / "data")
        self.assertEqual(verified.stdout.splitlines()[-1], "verified")

    def test_refusal_names_rule_field_and_law_and_can_be_read_again(self):
        self.generate("oil")
        refused = self.producer.run("--json", "batch", "store", "@oil", "--facility", "@TS001",
                                    "--mass", "1.3t", check=False)
        self.assertEqual(refused.returncode, 1)
        violation = json.loads(refused.stdout)["violations"][0]
        self.assertEqual(violation["rule"], "MASS-EXACT")
        self.assertEqual(violation["field"], "batch_stored.stored_mass_g")
        self.assertTrue(violation["message_zh"] and violation["legal_basis"])
        self.assertEqual(self.producer.json("outbox", "list"), [])
        self.assertEqual(len(self.producer.json("outbox", "refused")), 1)
        # The chain goes on from where the refused statement found it.
        self.producer.run("batch", "store", "@oil", "--facility", "@TS001")

    def test_a_name_given_to_what_is_refused_stays_where_it_was(self):
        batch = self.generate("oil")
        refused = self.producer.run("batch", "generate", "--site", "@plant", "--code", "900-214-08",
                                    "--mass", "20000000t", "--form", "liquid", "--alias", "oil",
                                    check=False)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("@oil names %s as before" % batch, refused.stdout)
        self.assertEqual(self.producer.json("alias", "list")["oil"], batch)

    def test_ledger_is_imported_once_however_often_and_from_any_device(self):
        b1, b2 = self.file("b1.csv"), self.file("b2.csv")
        b1.write_text("\ufeff" + HEADINGS_B1 +
                      "HWCS20260201001,2026-02-01 08:30,HW08,900-214-08,1.2,吨,铁桶,6\n"
                      "HWCS20260201002,2026-02-01 08:30,HW08,900-214-08,很多,吨,铁桶,6\n"
                      "HWCS20260201003,2026-02-01 08:30,HW08,900-249-08,300,千克,吨袋,1\n",
                      encoding="utf-8", newline="\r\n")
        b2.write_text(HEADINGS_B2 +
                      "HWRK20260202001,2026-02-02,900-214-08,1.2,吨,TS001,HWCS20260201001\n"
                      "HWRK20260202002,2026-02-02,900-214-08,9.9,吨,TS001,HWCS20260201003\n"
                      "HWRK20260202003,2026-02-02,900-214-08,1,吨,TS001,HWCS20260201999\n",
                      encoding="utf-8")

        def imported(cli, file, *more):
            done = cli.run("--json", "import", "ledger", file, *more, check=False)
            return done.returncode, [line["state"] for line in json.loads(done.stdout)["lines"]]

        generation = ("--table", "B.1", "--site", "@plant", "--form", "liquid")
        self.assertEqual(imported(self.producer, b1, *generation), (1, ["admitted", "error", "admitted"]))
        self.assertEqual(imported(self.producer, b1, *generation),
                         (1, ["already there", "error", "already there"]))
        storage = ("--table", "B.2")
        self.assertEqual(imported(self.producer, b2, *storage)[1][0], "admitted")
        code, states = imported(self.producer, b2, *storage)
        self.assertEqual((code, states[0]), (1, "already there"))
        self.assertNotIn("admitted", states)
        stock = self.producer.json("stock")
        self.assertEqual((stock["total_batches"], stock["total_mass_g"]), (2, 1_500_000))

        # Another device of the same organisation recognises what is there.
        second = harness.Cli(self.directory / "second", self.server.address,
                             self.server.config["log_vkey"])
        second.run("key", "show", "--out", self.file("second.pub"))
        self.producer.run("key", "enroll", self.file("second.pub"))
        second.run("alias", "set", "plant",
                   self.producer.json("alias", "list")["plant"])
        self.assertEqual(imported(second, b1, *generation),
                         (1, ["already there", "error", "already there"]))

    def test_revoked_device_is_refused_and_another_goes_on(self):
        key = self.carrier.json("key", "show")["key_id"]
        self.regulator.run("key", "revoke", key, "--org", "@haul", "--reason", "lost")
        refused = self.carrier.run("--json", "vehicle", "register", "--plate", "鲁G99999", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(json.loads(refused.stdout)["violations"][0]["rule"], "KEY-REVOKED")


if __name__ == "__main__":
    unittest.main()
