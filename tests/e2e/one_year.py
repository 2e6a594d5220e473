"""The one-year list as its user sees it: `cradle monitor list --on DATE` against a real server whose
clock lives through the days."""
import datetime
import pathlib
import shutil
import tempfile
import unittest

import cradle_client
import harness

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def at(date, hour=10):
    """That hour of a day in Shanghai, in Unix milliseconds."""
    day = datetime.datetime.fromisoformat(date).replace(hour=hour, tzinfo=SHANGHAI)
    return int(day.timestamp() * 1000)


class OneYear(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.now = at("2024-02-29")
        real_now = harness.now_ms
        harness.now_ms = lambda: self.now
        self.addCleanup(setattr, harness, "now_ms", real_now)
        self.district = harness.District()
        self.server = harness.Server(self.district.init(self.directory), "--manual-clock", self.now)
        self.addCleanup(self.server.kill)
        self.server.start()
        vkey = self.server.config["log_vkey"]
        self.log = cradle_client.Log(self.server.address, vkey)
        self.addCleanup(self.log.close)
        self.district.found(self.log, self.server.config)
        self.cli = harness.Cli(self.directory / "home", self.server.address, vkey)

    def live_until(self, date):
        self.now = at(date)
        harness.run("cradled", "clock", "--data", self.server.data, "--now", self.now)

    def admit(self, *signed):
        harness.must_admit(self.log, *signed)

    def listed(self, on):
        """The triggers of each enterprise listed, by organisation."""
        answer = self.cli.json("monitor", "list", "--on", on)
        self.assertEqual(answer["on_date"], on)
        return {enterprise["organisation"]: [batch["trigger"] for batch in enterprise["batches"]]
                for enterprise in answer.get("listed", [])}

    def test_stored_on_a_leap_day_is_over_on_the_first_of_march(self):
        batch = cradle_client.random_id()
        self.admit(self.district.generated(batch), self.district.stored(batch))
        self.assertEqual(self.listed("2025-02-28"), {})
        self.assertEqual(self.listed("2025-03-01"),
                         {self.district.producer.organisation: ["TRIGGER_T1"]})

    def test_generated_and_never_stored_ages_all_the_same(self):
        self.live_until("2024-05-10")
        self.admit(self.district.generated(cradle_client.random_id()))
        self.assertEqual(self.listed("2025-05-10"), {})
        self.assertEqual(self.listed("2025-05-11"),
                         {self.district.producer.organisation: ["TRIGGER_T1"]})

    def test_delivered_and_not_confirmed_counts_for_both(self):
        self.live_until("2024-05-10")
        batch, manifest = cradle_client.random_id(), cradle_client.random_id()
        producer, operator = self.district.producer.organisation, self.district.operator.organisation
        self.admit(self.district.generated(batch))
        issued, taken, delivered, confirmed, _ = self.district.journey(manifest, batch)
        self.admit(issued, taken, delivered)
        self.live_until("2025-05-11")
        self.assertEqual(self.listed("2025-05-11"),
                         {producer: ["TRIGGER_T1"], operator: ["TRIGGER_T5"]})
        self.live_until("2025-05-12")
        self.admit(confirmed)
        self.assertEqual(self.listed("2025-05-12"), {operator: ["TRIGGER_T5"]})
        self.assertEqual(self.listed("2025-05-11"),
                         {producer: ["TRIGGER_T1"], operator: ["TRIGGER_T5"]})


if __name__ == "__main__":
    unittest.main()
