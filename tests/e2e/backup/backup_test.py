"""A backup under load is whole, of this very log, and cannot by itself sign a second history."""
import shutil
import threading
import unittest

import cradle_client
import harness
from cradle.v1 import ledger_pb2

BACKUPS = 3


class Backup(harness.ServedLog):
    def submit_until(self, stop, failures):
        log = cradle_client.Log(self.server.address, self.vkey)
        try:
            while not stop.is_set():
                batch = cradle_client.random_id()
                with self.signing:
                    pair = [self.district.generated(batch), self.district.stored(batch)]
                harness.must_admit(log, *pair)
        except Exception as failure:  # shown by the test, which must not hang
            failures.append(failure)
        finally:
            log.close()

    def back_up(self, target):
        """Returns the backup's size and newest checkpoint, as the command says them."""
        said = harness.run("cradled", "backup", "--data", self.server.data, "--to", target).stdout
        first, _, note = said.partition("\n")
        return int(first.split()[1]), cradle_client.open_checkpoint(note, self.log.verifier)

    def under_load(self, act):
        self.signing, stop, failures = threading.Lock(), threading.Event(), []
        clients = [threading.Thread(target=self.submit_until, args=(stop, failures))
                   for _ in range(8)]
        for client in clients:
            client.start()
        try:
            return act()
        finally:
            stop.set()
            for client in clients:
                client.join()
            self.assertEqual(failures, [])

    def test_a_backup_under_load_is_verified_and_a_part_of_the_live_log(self):
        targets = [self.directory / ("backup %d" % number) for number in range(BACKUPS)]
        made = self.under_load(lambda: [self.back_up(target) for target in targets])
        self.assertLess(made[0][0], made[-1][0], "there was no load")
        live = self.log.checkpoint()
        for target, (size, checkpoint) in zip(targets, made):
            self.assertEqual(checkpoint.size, size)  # else entries with a receipt would lack theirs
            path = self.log.ledger.GetProof(ledger_pb2.GetProofRequest(
                consistency=ledger_pb2.GetProofRequest.Consistency(
                    old_size=checkpoint.size, new_size=live.size))).path
            cradle_client.verify_consistency(checkpoint.size, live.size, checkpoint.root,
                                             live.root, path)
            verified = harness.run("cradled", "verify", "--data", target).stdout
            self.assertIn("log verified: %d entries" % checkpoint.size, verified)
            self.assertEqual(verified.splitlines()[-1], "verified")

    def test_a_server_that_is_refused_the_directory_leaves_the_one_that_has_it_whole(self):
        second = harness.run("cradled", "serve", "--data", self.server.data, "--listen",
                             "127.0.0.1:0", check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn("in use", second.stderr)
        self.back_up(self.directory / "backup")

    def test_a_backup_that_fails_leaves_nothing_and_the_next_may_go_there(self):
        target, rule_data = self.directory / "backup", self.server.data / "rule-data"
        away = rule_data.rename(self.directory / "away")
        failed = harness.run("cradled", "backup", "--data", self.server.data, "--to", target,
                             check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("cannot copy to %s" % target, failed.stderr)
        self.assertFalse(target.exists())
        away.rename(rule_data)
        self.back_up(target)
        again = harness.run("cradled", "backup", "--data", self.server.data, "--to", target,
                            check=False)
        self.assertIn("is there already", again.stderr)
        self.assertIn("log verified", harness.run("cradled", "verify", "--data", target).stdout)

    def restore(self):
        """A backup of the log as it is, in place elsewhere; then the log goes on."""
        target = self.directory / "restored"
        self.back_up(target)
        return harness.Server(target)

    def test_a_backup_holds_no_key_and_does_not_serve_without_it(self):
        restored = self.restore()
        self.assertFalse((restored.data / "log-key.pem").exists())
        self.assertFalse((restored.data / "journal").exists())
        code, said = restored.refuses_to_start()
        self.assertEqual(code, 1)
        self.assertIn("log-key.pem is missing", said)

    def test_with_the_key_alone_it_refuses_for_want_of_the_journal(self):
        restored = self.restore()
        shutil.copy(self.server.data / "log-key.pem", restored.data)
        code, said = restored.refuses_to_start()
        self.assertEqual(code, 1)
        self.assertIn("journal", said)

    def test_behind_the_journal_it_refuses(self):
        restored = self.restore()
        harness.must_admit(self.log, self.district.generated(cradle_client.random_id()))
        self.stop_server()
        shutil.copy(self.server.data / "log-key.pem", restored.data)
        shutil.copytree(self.server.data / "journal", restored.data / "journal")
        code, said = restored.refuses_to_start()
        self.assertEqual(code, 1)
        self.assertIn("older copy", said)

    def test_with_key_and_journal_of_a_log_that_stood_still_it_serves_the_same_checkpoint(self):
        last = harness.must_admit(self.log, self.district.generated(cradle_client.random_id()))[0]
        before = self.log.checkpoint()
        restored = self.restore()
        self.stop_server()
        shutil.copy(self.server.data / "log-key.pem", restored.data)
        shutil.copytree(self.server.data / "journal", restored.data / "journal")
        self.addCleanup(restored.kill)
        self.server = restored.start()
        log = self.connect()
        self.assertEqual(log.checkpoint(), before)
        served = log.ledger.GetReceipt(ledger_pb2.GetReceiptRequest(index=last.index)).receipt
        self.assertEqual(cradle_client.verify_receipt(served.decode(), log.verifier), last)
        harness.must_admit(log, self.district.generated(cradle_client.random_id()))
        log.checkpoint()
        self.stop_server()

    def test_a_target_that_is_there_is_refused(self):
        target = self.directory / "there"
        target.mkdir()
        refused = harness.run("cradled", "backup", "--data", self.server.data, "--to", target,
                              check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is there already", refused.stderr)
        self.assertEqual(list(target.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
