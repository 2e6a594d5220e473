"""Many clients that submit signed statements at once, and what must hold of a log they were torn
away from: no acknowledged receipt is lost, the tree continues, a retry makes no duplicate."""
import os
import random
import threading

import grpc

import cradle_client
from cradle.v1 import ledger_pb2

CLIENTS = 24
CONNECTIONS = 4
READY_CALLS = 400  # signed before a round begins, so that the load is the server's and not ours
CALL_SECONDS_MAX = 60


def chosen_seed():
    """CRADLE_SEED repeats a run's choices; the moments of a real process cannot be repeated."""
    return int(os.environ.get("CRADLE_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)


class Load:
    def __init__(self, case, district, vkey, chooser):
        self.case = case  # the test that fails when something does not hold
        self.district = district
        self.verifier = cradle_client.parse_vkey(vkey)
        self.random = chooser
        self.acknowledged = {}  # statement hash -> (index, receipt file)
        self.unanswered = []    # calls that got no answer, each a list of signed statements
        self.checkpoints = {}   # size -> root, of every checkpoint anyone was ever shown
        self._entries = {}      # statement hash -> the entry its receipt, verified once, proves
        self._ready = []
        self._lock = threading.Lock()
        self._in_flight = 0
        self._stopping = False

    def _sign_calls(self):
        """Batches into store, and with some the whole journey to the furnace: 2 or 7 statements."""
        while len(self._ready) < READY_CALLS:
            batch = cradle_client.random_id()
            call = [self.district.generated(batch), self.district.stored(batch)]
            if self.random.randrange(8) == 0:
                call += self.district.journey(cradle_client.random_id(), batch)
            self._ready.append(call)

    def _remember(self, checkpoint):
        self.case.assertEqual(self.checkpoints.setdefault(checkpoint.size, checkpoint.root),
                              checkpoint.root, "two roots were signed for one size")

    def _submit(self, stub, call):
        """The results, or None if there was no answer."""
        try:
            answer = stub.Submit(ledger_pb2.SubmitRequest(statements=call),
                                 timeout=CALL_SECONDS_MAX)
        except grpc.RpcError:
            return None
        return answer.results

    def _keep_receipts(self, call, results):
        repeated = 0
        for signed, result in zip(call, results):
            self.case.assertTrue(result.HasField("admitted"), result)
            statement_hash = cradle_client.statement_hash(signed.statement)
            kept = (result.admitted.index, result.admitted.receipt)
            self.case.assertEqual(self.acknowledged.setdefault(statement_hash, kept), kept,
                                  "a retry was answered with another receipt")
            repeated += result.admitted.repeated_submission
        return repeated

    def _client(self, stub, answers):
        while True:
            with self._lock:
                if self._stopping or not self._ready:
                    return
                call = self._ready.pop()
                self._in_flight += 1
            results = self._submit(stub, call)
            with self._lock:
                self._in_flight -= 1
                if results is None:
                    self.unanswered.append(call)
                    return
                answers.append((call, results))

    def run(self, server, strike):
        """Submits from many threads until `strike` has made the server fall silent. Returns how
        many calls were in flight when it struck."""
        self._sign_calls()
        self._stopping, answers = False, []
        options = [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)]
        channels = [grpc.insecure_channel(server.address, options=options)
                    for _ in range(CONNECTIONS)]
        stubs = [cradle_client.ledger_pb2_grpc.LedgerServiceStub(channel) for channel in channels]
        clients = [threading.Thread(target=self._client, args=(stubs[n % len(stubs)], answers))
                   for n in range(CLIENTS)]
        for client in clients:
            client.start()
        in_flight = strike(lambda: self._in_flight)
        self._stopping = True
        for client in clients:
            client.join()
        for channel in channels:
            channel.close()
        for call, results in answers:
            self._keep_receipts(call, results)
        return in_flight

    def retry(self, log):
        """Submits again, byte for byte, what had no answer. Returns (statements, of these already
        in the log)."""
        calls, self.unanswered = self.unanswered, []
        repeated = 0
        for call in calls:
            results = self._submit(log.ledger, call)
            self.case.assertIsNotNone(results, "a retry got no answer")
            repeated += self._keep_receipts(call, results)
        return sum(map(len, calls)), repeated

    def check(self, log, fully=True):
        """All that was promised, of the log as it is served now. Not `fully`: without asking for
        every single receipt and proof."""
        newest = log.checkpoint()  # also proves that it continues the newest one seen
        self._remember(newest)
        entries = read_entries(log, newest.size)
        roots = prefix_roots(entries)
        for statement_hash, (index, file) in self.acknowledged.items():
            if statement_hash not in self._entries:
                self._verify(statement_hash, index, file)
            self.case.assertLess(index, len(entries), "an acknowledged entry is lost")
            self.case.assertEqual(entries[index], self._entries[statement_hash],
                                  "an acknowledged entry changed")
        for size, root in self.checkpoints.items():
            self.case.assertEqual(roots[size], root,
                                  "the tree does not continue the checkpoint of size %d" % size)
        if fully:
            self._check_proofs(log, newest)
            self._check_served(log)
        hashes = [cradle_client.statement_hash(cradle_client.decode_entry(entry).statement)
                  for entry in entries]
        self.case.assertEqual(len(set(hashes)), len(hashes), "a statement is in the log twice")
        return newest

    def _verify(self, statement_hash, index, file):
        receipt = cradle_client.verify_receipt(file.decode(), self.verifier)
        self._remember(receipt.checkpoint)
        self.case.assertEqual(receipt.index, index)
        statement = cradle_client.decode_entry(receipt.entry).statement
        self.case.assertEqual(cradle_client.statement_hash(statement), statement_hash)
        self._entries[statement_hash] = receipt.entry

    def _check_proofs(self, log, newest):
        """The log itself proves every checkpoint a part of its newest one."""
        asked = [(size, root, log.ledger.GetProof.future(ledger_pb2.GetProofRequest(
            consistency=ledger_pb2.GetProofRequest.Consistency(old_size=size,
                                                               new_size=newest.size))))
                 for size, root in self.checkpoints.items() if size < newest.size]
        for size, root, proof in asked:
            cradle_client.verify_consistency(size, newest.size, root, newest.root,
                                             proof.result().path)

    def _check_served(self, log):
        """Every acknowledged receipt is served still, byte for byte."""
        asked = []
        for statement_hash, kept in self.acknowledged.items():
            asked.append((kept, log.ledger.GetReceipt.future(
                ledger_pb2.GetReceiptRequest(statement_hash=statement_hash))))
            if len(asked) >= 256:
                self._compare(asked)
        self._compare(asked)

    def _compare(self, asked):
        for kept, answer in asked:
            self.case.assertEqual((answer.result().index, answer.result().receipt), kept)
        asked.clear()


def read_entries(log, size):
    entries = []
    request = ledger_pb2.ReadEntriesRequest(from_index=0, until_size=size)
    for part in log.ledger.ReadEntries(request):
        assert part.first_index == len(entries)
        entries.extend(part.entries)
    assert len(entries) == size
    return entries


def prefix_roots(entries):
    """The root of the tree of every size, from the entries alone."""
    roots, perfect = [cradle_client.sha256()], []  # perfect: (leaves, root), largest first
    for entry in entries:
        node, leaves = cradle_client.leaf_hash(entry), 1
        while perfect and perfect[-1][0] == leaves:
            node, leaves = cradle_client.node_hash(perfect.pop()[1], node), 2 * leaves
        perfect.append((leaves, node))
        root = perfect[-1][1]
        for _, left in reversed(perfect[:-1]):
            root = cradle_client.node_hash(left, root)
        roots.append(root)
    return roots
