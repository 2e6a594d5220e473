"""kill -9 of `cradle` while it signs and while it sends its outbox, at many points. After each: every
statement ever seen in the outbox is still there, or has its receipt, or was set aside with why. At
the end, sent again until nothing waits: each statement is in the log once, and nothing else is."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import cradle_client
import harness

HEADINGS_B1 = "产生批次编码,产生时间,危险废物类别,危险废物代码,产生量,计量单位,容器/包装类型,容器/包装数量\n"
HEADINGS_B2 = "入库批次编码,入库时间,危险废物代码,入库量,计量单位,贮存设施编码,产生批次编码\n"
BATCHES = 60  # each generated and stored: two statements, linked
REFUSED_CHAINS = 6


def names(folder, suffix):
    return {path.name[:-len(suffix)] for path in folder.glob("*" + suffix)} if folder.exists() else set()


class OutboxKilled(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        bureau = harness.Cli(self.directory / "bureau")
        self.chem = harness.Cli(self.directory / "chem")
        for cli in (bureau, self.chem):
            cli.run("key", "new", "--out", self.directory / (cli.home.name + ".pub"))
        data = self.directory / "data"
        harness.run("cradled", "init", "--data", data, "--origin", harness.ORIGIN, "--regulator",
                    self.directory / "bureau.pub")
        self.server = harness.Server(data)
        self.addCleanup(self.server.kill)
        self.server.start()
        for cli in (bureau, self.chem):
            cli.run("init", "--server", self.server.address, "--vkey", self.server.config["log_vkey"])
        bureau.run("found", "--name", "潍坊市生态环境局", "--uscc", harness.uscc(1), "--division",
                   "370700", "--role", "ecology-authority", "--rule-data-sha256",
                   self.server.config["rule_data_sha256"])
        bureau.run("org", "register", "--name", "青州化工", "--uscc", harness.uscc(2), "--division",
                   "370781", "--role", "producer", "--alias", "chem")
        bureau.run("key", "enroll", self.directory / "chem.pub", "--org", "@chem")
        self.chem.run("site", "register", "--name", "厂区", "--division", "370781", "--alias", "plant")
        self.chem.run("facility", "register", "--site", "@plant", "--kind", "storage-warehouse",
                      "--name", "危废库", "--capacity", "900t", "--accepted", "2021-06-30", "--alias",
                      "TS001")
        self.ever = set()  # statements seen in the outbox
        self.before = self.receipts()

    def outbox(self):
        return names(self.chem.home / "outbox", ".statement")

    def receipts(self):
        return names(self.chem.home / "receipts", ".tlog-proof")

    def refused(self):
        folder = self.chem.home / "refused"
        return names(folder, ".statement") & names(folder, ".json")

    def nothing_is_lost(self):
        self.ever |= self.outbox()
        self.assertEqual(self.ever - self.outbox() - self.receipts() - self.refused(), set())

    def killed(self, when, *arguments):
        """Runs `cradle` and kills it as soon as `when` holds. Returns whether it was still at it."""
        process = subprocess.Popen([harness.BIN / "cradle", "--home", self.chem.home, *arguments],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None and not when():
            pass  # another process's progress: there is nothing to wait on but its files
        process.kill()
        return process.wait() < 0

    def ledgers(self):
        lines = range(BATCHES)
        generated = self.directory / "b1.csv"
        generated.write_text(HEADINGS_B1 + "".join(
            "CS%03d,2026-01-05 08:30,HW08,900-214-08,0.5,t,桶,1\n" % i for i in lines))
        stored = self.directory / "b2.csv"
        stored.write_text(HEADINGS_B2 + "".join(
            "RK%03d,2026-01-05 09:30,900-214-08,0.5,t,TS001,CS%03d\n" % (i, i) for i in lines))
        return ("B.1", generated, ["--site", "@plant"]), ("B.2", stored, [])

    def sign_under_kills(self):
        struck = 0
        for table, path, more in self.ledgers():
            command = ["--offline", "import", "ledger", path, "--table", table, *more]
            for step in (1, 7, 8, 30):
                enough = len(self.outbox()) + step
                struck += self.killed(lambda: len(self.outbox()) >= enough, *command)
                self.nothing_is_lost()
            self.chem.run(*command)
            self.nothing_is_lost()
        self.assertEqual(len(self.ever), 2 * BATCHES, "a line was signed twice, or not at all")
        return struck

    def sign_what_is_refused(self):
        """At a place that nobody registered, and what follows it."""
        for i in range(REFUSED_CHAINS):
            alias = "nowhere%d" % i
            self.chem.run("--offline", "batch", "generate", "--site", cradle_client.random_id(), "--code",
                          "900-214-08", "--mass", "1.2t", "--form", "liquid", "--alias", alias)
            self.chem.run("--offline", "batch", "store", "@" + alias, "--facility", "@TS001")
        self.nothing_is_lost()

    def test_killed_while_signing_and_sending(self):
        struck = self.sign_under_kills()
        self.sign_what_is_refused()
        for step in (0, 1, 2, 3, 10, 40):
            enough = len(self.receipts() | self.refused()) + step
            struck += self.killed(lambda: len(self.receipts() | self.refused()) >= enough,
                                  "outbox", "send")
            self.nothing_is_lost()
        left = len(self.refused())
        while left < 2 * REFUSED_CHAINS:
            struck += self.killed(lambda: len(self.refused()) > left, "outbox", "send")
            self.nothing_is_lost()
            left = max(left + 1, len(self.refused()))
        self.chem.run("outbox", "send", check=False)
        self.nothing_is_lost()
        self.assertGreater(struck, 8, "the kills did not hit the work")
        self.assertEqual(self.outbox(), set())
        self.assertEqual(len(self.refused()), 2 * REFUSED_CHAINS)
        told = self.chem.run("outbox", "refused").stdout
        self.assertEqual(told.count("  rests on "), REFUSED_CHAINS, told)
        self.assertEqual(told.count(", which was refused: "), REFUSED_CHAINS, told)
        self.each_once()

    def each_once(self):
        admitted = self.receipts() - self.before
        self.assertEqual(len(admitted), 2 * BATCHES)
        indexes = set()
        for name in self.receipts():
            verified = self.chem.json("receipt", "verify",
                                      self.chem.home / "receipts" / (name + ".tlog-proof"))
            self.assertEqual(verified["statement_hash"], name)
            indexes.add(verified["index"])
        self.assertEqual(len(indexes), len(self.receipts()))
        # Founding, one organisation and its key are the regulator's; all else has a receipt here.
        self.assertEqual(max(indexes) + 1, len(indexes) + 3)


if __name__ == "__main__":
    unittest.main()
