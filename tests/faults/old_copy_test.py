"""A store put back to an older copy refuses to sign: it would sign a second history."""
import shutil
import unittest

import cradle_client
import harness


class OldCopy(harness.ServedLog):
    def submit_batches(self, count):
        log = self.connect()
        for _ in range(count):
            harness.must_admit(log, self.district.generated(cradle_client.random_id()))
        return log.checkpoint()

    def put_in_place_of_ledger(self, copy):
        shutil.rmtree(self.server.data / "ledger")
        shutil.copytree(copy, self.server.data / "ledger")

    def assert_refused(self, *words):
        code, said = self.server.refuses_to_start()
        self.assertEqual(code, 1, said)
        for word in words:
            self.assertIn(word, said)
        self.assertFalse(self.server.running())

    def test_an_older_copy_is_refused_and_the_true_store_served_again(self):
        older = self.submit_batches(3)
        self.stop_server()
        copy, true = self.directory / "copy", self.directory / "true"
        shutil.copytree(self.server.data / "ledger", copy)
        self.server.start()
        newer = self.submit_batches(2)
        self.stop_server()
        shutil.copytree(self.server.data / "ledger", true)
        journal = sorted((self.server.data / "journal").glob("*.journal"))
        signed = [file.read_bytes() for file in journal]

        self.put_in_place_of_ledger(copy)
        self.assert_refused("refuses to sign", "older copy", "%d entries" % newer.size,
                            "holds %d" % older.size)
        self.assert_refused("refuses to sign")  # and does not give way to a second try
        self.assertEqual([file.read_bytes() for file in journal], signed, "it signed something")

        self.put_in_place_of_ledger(true)
        self.server.start()
        log = self.connect()
        log.seen = newer
        self.assertEqual(log.checkpoint(), newer)
        harness.must_admit(log, self.district.generated(cradle_client.random_id()))

    def test_another_history_of_the_same_length_is_refused(self):
        self.submit_batches(1)
        self.stop_server()
        copy, journal = self.directory / "copy", self.directory / "journal"
        shutil.copytree(self.server.data / "ledger", copy)
        shutil.copytree(self.server.data / "journal", journal)
        self.server.start()
        self.submit_batches(2)
        self.stop_server()
        true_journal = self.directory / "true journal"
        shutil.move(self.server.data / "journal", true_journal)
        shutil.copytree(journal, self.server.data / "journal")  # both put back: nothing to notice
        self.put_in_place_of_ledger(copy)
        self.district.heads.clear()
        self.server.start()
        self.submit_batches(2)
        self.stop_server()
        shutil.rmtree(self.server.data / "journal")
        shutil.move(true_journal, self.server.data / "journal")
        self.assert_refused("refuses to sign", "another history")

    def test_a_store_without_its_journal_is_refused(self):
        self.submit_batches(1)
        self.stop_server()
        shutil.rmtree(self.server.data / "journal")
        self.assert_refused("journal")


if __name__ == "__main__":
    unittest.main()
