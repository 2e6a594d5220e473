"""Power cuts in the middle of load: the whole data directory, store, journal and views, lies on a
file system that loses every byte and every name that was not synced (power_cut_disk.cc). After each
cut the same must hold as after kill -9. Every other cut leaves torn tails behind instead.

Exit code 77 where FUSE cannot mount: nothing was tested there.
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import cradle_client
import harness
import load

CUTS = 20


class Disk:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.process = subprocess.Popen([harness.BIN / "power_cut_disk", self.directory],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.mounted = self.process.stdout.readline() == "mounted\n"

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", command

    def unmount(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class PowerCut(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cradle-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.disk = Disk(self.directory / "disk")
        self.addCleanup(self.disk.unmount)
        if not self.disk.mounted:
            self.skipTest("FUSE cannot mount here")

    def test_the_disk_loses_what_was_not_synced_and_nothing_else(self):
        here = self.disk.directory

        def write(name, data, synced):
            with open(here / name, "ab") as file:
                file.write(data)
                file.flush()
                if synced:
                    os.fsync(file.fileno())

        write("kept", b"one", synced=True)
        write("nameless", b"its directory is not synced", synced=True)
        self.disk.tell("lose")
        self.assertEqual(list(here.iterdir()), [])
        write("kept", b"one", synced=True)
        directory = os.open(here, os.O_RDONLY)
        self.addCleanup(os.close, directory)
        os.fsync(directory)
        write("kept", b" two", synced=True)
        write("kept", b" three", synced=False)
        os.rename(here / "kept", here / "renamed")
        self.disk.tell("cut")
        with self.assertRaises(OSError):
            write("late", b"", synced=False)
        self.disk.tell("lose")
        self.assertEqual([file.name for file in here.iterdir()], ["kept"])
        self.assertEqual((here / "kept").read_bytes(), b"one two")

    def test_power_is_cut_in_the_middle_of_load(self):
        seed = load.chosen_seed()
        print("seed %d" % seed)
        chooser = random.Random(seed)
        district = harness.District()
        server = harness.Server(district.init(self.disk.directory))
        server.port_file = self.directory / "port"  # of the test, not on the disk that fails
        server.command[server.command.index("--port-file") + 1] = server.port_file
        server.log = self.directory / "stderr"
        self.addCleanup(server.kill)
        self.disk.tell("keep")  # what `cradled init` made; from here on only what is synced counts
        vkey = server.config["log_vkey"]
        log = cradle_client.Log(server.start().address, vkey)
        district.found(log, server.config)
        seen, struck = log.checkpoint(), 0
        log.close()
        under_load = load.Load(self, district, vkey, chooser)
        for number in range(1, CUTS + 1):
            in_flight = under_load.run(server, lambda calls: self.cut(server, chooser, calls))
            struck += in_flight > 0
            how = "lose" if number % 2 else "tear %d" % chooser.randrange(2**32)
            self.disk.tell(how)
            log = cradle_client.Log(server.start().address, vkey)
            log.seen = seen
            under_load.check(log)
            retried, repeated = under_load.retry(log)
            seen = under_load.check(log, fully=number == CUTS)
            log.close()
            print("cut %2d, %s: %2d calls in flight; %3d statements retried, %3d of them in the "
                  "log already; %5d acknowledged, size %5d" % (
                      number, how.split()[0], in_flight, retried, repeated,
                      len(under_load.acknowledged), seen.size), flush=True)
        self.assertGreater(struck, CUTS // 2, "the cuts did not hit the load")
        server.stop()
        verified = harness.run("cradled", "verify", "--data", server.data)
        self.assertEqual(verified.stdout.splitlines()[-1], "verified")

    def cut(self, server, chooser, calls_in_flight):
        time.sleep(chooser.uniform(0.01, 0.3))  # a random moment is what is tested
        in_flight = calls_in_flight()
        self.disk.tell("cut")
        server.kill()
        return in_flight


if __name__ == "__main__":
    program = unittest.main(exit=False)
    if program.result.skipped:
        sys.exit(77)
    sys.exit(not program.result.wasSuccessful())
