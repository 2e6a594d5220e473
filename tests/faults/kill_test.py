"""Twenty kill -9 in the middle of load. After each: no acknowledged receipt is lost, the tree
continues, a retry makes no duplicate. In the end the whole log and its views verify."""
import random
import time
import unittest

import harness
import load

KILLS = 20


class Kill(harness.ServedLog):
    def test_twenty_kills_in_the_middle_of_load(self):
        seed = load.chosen_seed()
        print("seed %d" % seed)
        chooser = random.Random(seed)
        under_load = load.Load(self, self.district, self.vkey, chooser)
        seen = self.log.checkpoint()
        struck = 0
        for number in range(1, KILLS + 1):
            in_flight = under_load.run(self.server, lambda calls: self.strike(chooser, calls))
            struck += in_flight > 0
            again = self.restart(chooser)
            log = self.connect()
            log.seen = seen
            under_load.check(log)
            retried, repeated = under_load.retry(log)
            seen = under_load.check(log, fully=number == KILLS)
            print("kill %2d: %2d calls in flight; %3d statements retried, %3d of them in the log "
                  "already; %5d acknowledged, size %5d%s" % (
                      number, in_flight, retried, repeated, len(under_load.acknowledged),
                      seen.size, again), flush=True)
            log.close()
        self.assertGreater(struck, KILLS // 2, "the kills did not hit the load")
        self.stop_server()
        verified = harness.run("cradled", "verify", "--data", self.server.data)
        self.assertEqual(verified.stdout.splitlines()[-1], "verified")

    def strike(self, chooser, calls_in_flight):
        time.sleep(chooser.uniform(0.01, 0.25))  # a random moment is what is tested
        in_flight = calls_in_flight()
        self.server.kill()
        return in_flight

    def restart(self, chooser):
        """Sometimes it is killed once more while it starts."""
        again = ""
        if chooser.randrange(3) == 0:
            self.server.launch()
            time.sleep(chooser.uniform(0, 0.1))
            self.server.kill()
            again = ", killed again while starting"
        self.server.start()
        return again


if __name__ == "__main__":
    unittest.main()
