"""What make.py and first_log_test.py share: devices with a put clock, and a log's answers."""
import datetime
import hashlib
import json
import pathlib

import cradle_client
import harness
from cradle.statement.v1 import statement_pb2
from cradle.v1 import common_pb2, ledger_pb2

ARCHIVE = pathlib.Path(__file__).with_name("first_log.tar.xz")
ANSWERS = pathlib.Path(__file__).with_name("answers.json")
ORIGIN = "log.example.org/first"
LAST_DAY = "2025-07-01T10:00:00+08:00"  # the log's clock stands here when it is packed
LIST_DATES = ("2024-12-31", "2025-03-22", "2025-03-23", "2025-05-11", "2025-07-01")


def unix_ms(time):
    return int(datetime.datetime.fromisoformat(time).timestamp() * 1000)


class Clock:
    """The time of all devices, and of the server once it is given."""

    def __init__(self, time, data=None):
        self.time, self.data = time, data

    def put(self, time):
        self.time = time
        harness.run("cradled", "clock", "--data", self.data, "--now", unix_ms(time))


class Device(harness.Cli):
    """`cradle` with one home, at the clock's time, against the server as it is served now."""

    def __init__(self, home, clock, server=None):
        super().__init__(home)
        self.clock, self.server = clock, server

    def run(self, *arguments, check=True, server=None):
        serves = self.server and self.server.running()
        there = ["--server", self.server.address] if serves else []
        return harness.run("cradle", "--home", self.home, "--now", self.clock.time, *there,
                           *arguments, check=check)

    def admit(self, *arguments):
        """Asserts and must be admitted; returns the answer."""
        answer = self.json(*arguments)
        if answer.get("outcome") != "admitted":
            raise AssertionError("%s: %s" % (" ".join(map(str, arguments)), answer))
        return answer

    def handover(self, other, *arguments):
        """Prepared by this device, attested and sent by the other."""
        file = self.home.with_name("handover.statement")
        file.unlink(missing_ok=True)
        self.run(*arguments, "--out", file)
        other.run("statement", "attest", file, "--yes")
        answer = other.json("statement", "submit", file)
        file.unlink()
        self.run("outbox", "send")
        return answer


def read_entries(log):
    entries = []
    for chunk in log.ledger.ReadEntries(ledger_pb2.ReadEntriesRequest()):
        entries.extend(chunk.entries)
    return entries


def told_again(log, entry):
    """What a log says to a party that sends once more what it holds already: index and marks."""
    decoded = cradle_client.decode_entry(entry)
    signed = common_pb2.SignedStatement(
        statement=decoded.statement,
        attestations=[common_pb2.SignedAttestation(algorithm=a, attestation=b, signature=c)
                      for a, b, c in decoded.attestations])
    result = log.ledger.Submit(ledger_pb2.SubmitRequest(statements=[signed])).results[0]
    if not result.admitted.repeated_submission:
        raise AssertionError("the log does not know its own entry again: %s" % result)
    message = statement_pb2.Statement.FromString(decoded.statement)
    return {
        "index": cradle_client.verify_receipt(result.admitted.receipt.decode(),
                                              log.verifier).index,
        "event": message.WhichOneof("event"),
        "entry_sha256": hashlib.sha256(entry).hexdigest(),
        "marks": [{"rule": mark.rule, "field": mark.field, "en": mark.message_en,
                   "zh": mark.message_zh, "basis": mark.legal_basis}
                  for mark in result.admitted.marks]}


def listed(cli, date):
    """Who is to be listed or verified on a day, as far as the log was then, and by which entries."""
    answer = cli.json("monitor", "list", "--on", date)
    return {kind: [{"organisation": enterprise["organisation"],
                    "batches": [{name: batch.get(name)
                                 for name in ("batch", "trigger", "start_date", "entries")}
                                for batch in enterprise["batches"]]}
                   for enterprise in answer.get(kind, [])]
            for kind in ("listed", "to_verify")}


def traced(cli, batch):
    answer = cli.json("trace", batch)
    return [{"index": step["index"], "event": step["event"],
             "marks": [mark["rule"] for mark in step.get("marks", [])]}
            for step in answer["steps"]]


def answers(log, cli, size=None):
    """What the log says of its first `size` entries (all of them): to be the same for ever."""
    entries = read_entries(log)[:size]
    told = [told_again(log, entry) for entry in entries]
    batches = [link.chain.removeprefix("batch:")
               for entry in entries
               for link in statement_pb2.Statement.FromString(
                   cradle_client.decode_entry(entry).statement).links
               if link.chain.startswith("batch:") and link.height == 0]
    return {"entries": told,
            "lists": {date: listed(cli, date) for date in LIST_DATES},
            "traces": {batch: traced(cli, batch) for batch in batches}}


def to_text(told):
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
