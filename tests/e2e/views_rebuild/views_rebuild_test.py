"""A view is a fold of the log: delete its directory, and after a restart it answers the same."""
import datetime
import json
import os
import re
import shutil
import unittest

import grpc

import cradle_client
import harness

DAY = datetime.timedelta(days=1)


class ViewsRebuild(harness.ServedLog):
    def setUp(self):
        super().setUp()
        district, today = self.district, datetime.date.today()
        self.journeyed = cradle_client.random_id()
        manifest = cradle_client.random_id()
        over, under = cradle_client.random_id(), cradle_client.random_id()
        harness.must_admit(
            self.log,
            district.generated(self.journeyed), district.stored(self.journeyed),
            *district.journey(manifest, self.journeyed),
            district.declared(over, str(today - 800 * DAY)),
            district.declared(under, str(today - 100 * DAY)))
        self.cli = harness.Cli(self.directory / "home", self.server.address, self.vkey)
        self.day = str(today + DAY)  # the same for all questions, also over midnight
        self.questions = {
            "organisations": ["org", "list"],
            "organisation": ["org", "show", district.producer.organisation],
            "stock": ["stock", "--on", self.day],
            "manifests": ["manifest", "list"],
            "trace": ["trace", self.journeyed],
            "batch": ["batch", "show", over],
            "monitoring list": ["monitor", "list", "--on", self.day],
        }

    def answers(self):
        # Each waits until its view has the whole log.
        return {name: self.cli.json(*question, server=self.server.address)
                for name, question in self.questions.items()}

    def test_each_view_deleted_comes_back_the_same(self):
        before = self.answers()
        for name, answer in before.items():
            self.assertIn(self.district.producer.organisation, repr(answer), name)
        self.assertIn(self.questions["batch"][2], repr(before["monitoring list"]))
        views = sorted(os.listdir(self.server.data / "views"))
        self.assertLessEqual({"monitoring", "registry", "tracking"}, set(views))
        for lost in [[view] for view in views] + [views]:
            self.stop_server()
            for view in lost:
                shutil.rmtree(self.server.data / "views" / view)
            self.server.start()
            self.assertEqual(self.answers(), before, "lost: %s" % lost)
        self.stop_server()
        verified = harness.run("cradled", "verify", "--data", self.server.data).stdout
        entries = int(re.search(r"log verified: (\d+) entries", verified)[1])
        for store in ("ledger's records", "view registry", "view tracking", "view monitoring"):
            self.assertIn("\n%s verified: %d entries\n" % (store, entries), verified)

    def test_a_damaged_view_is_kept_aside_and_comes_back_the_same(self):
        before = self.answers()
        self.stop_server()
        current = self.server.data / "views" / "tracking" / "CURRENT"
        current.write_bytes(b"\0" * len(current.read_bytes()))
        self.server.start()
        self.assertEqual(self.answers(), before)
        self.assertTrue((self.server.data / "views" / "tracking.damaged" / "CURRENT").exists())
        self.assertIn("the view is folded anew", self.server.log.read_text())


SERVING, NOT_SERVING = 1, 2


def health(channel, service):
    """What grpc.health.v1 says of a service, again whenever that changes."""
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch",
                                 request_serializer=lambda name: b"\x0a%c%s" % (len(name), name),
                                 response_deserializer=lambda answer: answer[1])
    return watch(service.encode(), timeout=30)


class Health(harness.ServedLog):
    def test_a_view_ahead_of_its_log_is_not_serving_and_the_rest_is(self):
        with grpc.insecure_channel(self.server.address) as channel:
            for service in ("", "cradle.v1.LedgerService", "cradle.v1.TrackingService"):
                self.assertEqual(next(health(channel, service)), SERVING, service)
        self.stop_server()
        early = self.directory / "early"
        shutil.copytree(self.server.data, early)
        self.server.start()
        batch = cradle_client.random_id()
        cli = harness.Cli(self.directory / "home", self.server.address, self.vkey)
        harness.must_admit(self.connect(), self.district.generated(batch))
        cli.json("batch", "show", batch)  # waits until the view has it
        self.stop_server()

        shutil.rmtree(early / "views" / "tracking")
        shutil.copytree(self.server.data / "views" / "tracking", early / "views" / "tracking")
        server = harness.Server(early).start()
        self.addCleanup(server.stop)
        with grpc.insecure_channel(server.address) as channel:
            for service in ("cradle.v1.TrackingService", ""):
                self.assertIn(NOT_SERVING, health(channel, service), service)
            for service in ("cradle.v1.LedgerService", "cradle.v1.RegistryService"):
                self.assertEqual(next(health(channel, service)), SERVING, service)
        messages = [json.loads(line)["message"] for line in server.log.read_text().splitlines()]
        self.assertTrue(any("TrackingService does not serve" in message for message in messages),
                        messages)


if __name__ == "__main__":
    unittest.main()
