#!/usr/bin/env python3
"""Makes first_log.tar.xz and answers.json with the programs of the first release (README.md).

usage: make.py OLD: a clone at that commit, with cradle and cradled built by the preset dev
"""
import json
import os
import pathlib
import shutil
import sys
import tarfile
import tempfile

OLD = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) == 2 else sys.exit(__doc__)
os.environ["CRADLE_BIN"] = str(OLD / "build" / "dev" / "bin")
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(OLD / "build" / "dev" / "python"), str(OLD / "clients" / "python"),
                str(HERE.parent)]

import cradle_client  # noqa: E402
import harness  # noqa: E402
import life  # noqa: E402

OIL = "900-214-08"
HOMES = ("authority", "chem", "chem-lost", "haul", "haul-new", "ferry", "burn", "clinic")


class Making:
    def __init__(self, directory):
        self.directory = directory
        self.clock = life.Clock("2024-03-01T10:00:00+08:00")
        self.devices = {name: life.Device(directory / name, self.clock) for name in HOMES}
        for name, device in self.devices.items():
            device.run("key", "new", "--out", directory / (name + ".pub"))
        self.serve()

    def __getattr__(self, name):
        return self.devices[name.replace("_", "-")]

    def serve(self):
        data = self.directory / "data"
        harness.run("cradled", "init", "--data", data, "--origin", life.ORIGIN, "--regulator",
                    self.directory / "authority.pub", "--rule-data", OLD / "deploy" / "rule_data")
        self.second_bundle = self.pack_second_bundle(data)
        self.clock.data = data
        self.server = harness.Server(data, "--manual-clock", life.unix_ms(self.clock.time))
        self.server.start()
        for device in self.devices.values():
            device.server = self.server
            device.run("init", "--vkey", self.server.config["log_vkey"])

    def pack_second_bundle(self, data):
        """The same data with an offline window of four days instead of three."""
        source = self.directory / "second"
        shutil.copytree(OLD / "deploy" / "rule_data", source)
        limits = source / "limits.csv"
        text = limits.read_text(encoding="utf-8")
        assert "offline_window_hours,72," in text
        limits.write_text(text.replace("offline_window_hours,72,", "offline_window_hours,96,"),
                          encoding="utf-8")
        packed = self.directory / "second.bundle"
        sha256 = harness.run("cradled", "pack-rule-data", source, packed).stdout.strip()
        packed.rename(data / "rule-data" / (sha256 + ".bundle"))
        shutil.rmtree(source)
        return sha256

    def names_for_all(self):
        """Every home knows every name: merges the aliases of all."""
        known = {}
        for device in self.devices.values():
            known.update(device.json("alias", "list"))
        for device in self.devices.values():
            (device.home / "aliases.json").write_text(json.dumps(known))

    def district(self):
        authority = self.authority
        authority.admit("found", "--name", "潍坊市生态环境局", "--uscc", harness.uscc(1),
                        "--division", "370700", "--role", "ecology-authority",
                        "--rule-data-sha256", self.server.config["rule_data_sha256"])
        for number, (name, role) in enumerate(
                [("chem", "producer"), ("haul", "carrier"), ("ferry", "carrier"),
                 ("burn", "operator")], 2):
            authority.admit("org", "register", "--name", "单位" + name, "--uscc",
                            harness.uscc(number), "--division", "370781", "--role", role,
                            "--alias", name)
        authority.admit("org", "register", "--name", "镇卫生院", "--medical-registration",
                        "PDY00001137078", "--division", "370781", "--role", "medical-institution",
                        "--beds", "40", "--alias", "clinic")
        for name in ("chem", "haul", "ferry", "burn", "clinic"):
            authority.admit("key", "enroll", self.directory / (name + ".pub"), "--org", "@" + name)
        self.names_for_all()
        for name in ("chem", "haul", "ferry", "burn", "clinic"):
            self.devices[name].run("key", "claim")
        self.chem.admit("key", "enroll", self.directory / "chem-lost.pub")
        self.haul.admit("key", "enroll", self.directory / "haul-new.pub")
        self.haul_new.run("key", "claim")
        for holder, number, kind, scope, until in (
                ("haul", "鲁运001", "transport", "HW08", "2024-03-31"),
                ("ferry", "鲁运002", "transport", "HW08", "2099-12-31"),
                ("burn", "鲁危证001", "comprehensive", "HW08,annual=20000t,methods=D10",
                 "2099-12-31")):
            authority.admit("licence", "grant", "--org", "@" + holder, "--number", number,
                            "--kind", kind, "--scope", scope, "--from", "2024-01-01", "--to", until)

    def places(self):
        for device, site, name in ((self.chem, "plant", "厂区"), (self.burn, "yard", "焚烧厂"),
                                   (self.clinic, "ward", "院区")):
            device.admit("site", "register", "--name", name, "--division", "370781", "--alias",
                         site)
        for device, site, alias, kind, *more in (
                (self.chem, "plant", "store", "storage-warehouse", "--accepted", "2021-06-30"),
                (self.chem, "plant", "annexe", "storage-warehouse"),  # not accepted
                (self.burn, "yard", "furnace", "disposal", "--accepted", "2021-06-30", "--method",
                 "D10"),
                (self.clinic, "ward", "cellar", "medical-store", "--accepted", "2021-06-30")):
            device.admit("facility", "register", "--site", "@" + site, "--kind", kind, "--name",
                         "设施" + alias, "--capacity", "50t", "--alias", alias, *more)
        for device, alias, plate in ((self.haul, "truck", "鲁G12345"),
                                     (self.haul, "tanker", "鲁G54321"),
                                     (self.ferry, "van", "鲁G99999")):
            device.admit("vehicle", "register", "--plate", plate, "--payload", "10t", "--alias",
                         alias)
        self.names_for_all()

    def generate(self, alias, *more, code=OIL):
        return self.chem.admit("batch", "generate", "--site", "@plant", "--code", code, "--mass",
                               "1.2t", "--form", "liquid", "--container", "drum", "--alias", alias,
                               *more)

    def issue(self, batch, alias, *carriers):
        legs = [word for leg in carriers for word in ("--carrier", leg)]
        self.chem.admit("manifest", "issue", "--site", "@plant", "--line",
                        "@%s,method=D10,count=6" % batch, *legs, "--receiver", "@burn",
                        "--receiver-site", "@yard", "--alias", alias)
        self.names_for_all()

    def two_carriers(self):
        self.generate("oil1", "--basis", "weighed:S1:1kg")
        self.chem.admit("batch", "store", "@oil1", "--facility", "@store")
        self.chem.admit("batch", "move", "@oil1", "--facility", "@annexe")
        self.clock.put("2024-03-20T09:00:00+08:00")
        self.issue("oil1", "trip1", "@haul,vehicle=@truck", "@ferry,vehicle=@van")
        self.chem.handover(self.haul, "manifest", "take", "@trip1", "--vehicle", "@tanker",
                           "--official", "20243707000001")
        self.clock.put("2024-03-20T15:00:00+08:00")
        self.haul.handover(self.ferry, "manifest", "handover", "@trip1")
        self.ferry.handover(self.burn, "manifest", "deliver", "@trip1")
        self.clock.put("2024-03-21T09:00:00+08:00")
        self.burn.admit("manifest", "confirm", "@trip1", "--line", "@oil1,mass=1.19t", "--basis",
                        "weighed:S9:1kg")
        self.burn.admit("batch", "treat", "@oil1", "--facility", "@furnace", "--ending",
                        "disposed", "--method", "D10")

    def late_and_lost(self):
        """A device without network for ten days, and one that is lost while its load is on the
        road with a permit that ends."""
        self.clock.put("2024-03-22T08:00:00+08:00")
        self.chem.run("--offline", "batch", "generate", "--site", "@plant", "--code", OIL, "--mass",
                      "800kg", "--form", "liquid", "--alias", "oil3")
        self.clock.put("2024-03-30T08:00:00+08:00")
        self.chem.run("outbox", "send")
        self.names_for_all()
        self.chem.admit("batch", "store", "@oil3", "--facility", "@store")
        self.generate("oil2")
        self.issue("oil2", "trip2", "@haul,vehicle=@truck")
        self.clock.put("2024-04-02T08:00:00+08:00")
        load = self.directory / "load.statement"
        self.chem.run("manifest", "take", "@trip2", "--out", load)
        self.haul.run("--offline", "statement", "attest", load, "--yes")
        self.clock.put("2024-04-02T10:00:00+08:00")
        for name, device in (("chem", "chem-lost"), ("haul", "haul")):
            key_id = self.devices[device].json("key", "show")["key_id"]
            by = self.devices[name] if name == "chem" else self.authority
            by.admit("key", "revoke", key_id, "--org", "@" + name, "--reason", "lost")
        self.chem.admit("statement", "submit", load)
        load.unlink()
        self.clock.put("2024-04-03T10:00:00+08:00")
        self.haul_new.handover(self.burn, "manifest", "deliver", "@trip2")  # never confirmed

    def second_year(self):
        self.chem.admit("batch", "declare", "--site", "@plant", "--facility", "@store", "--code",
                        OIL, "--mass", "5t", "--form", "liquid", "--since", "2023-01-05", "--grade",
                        "owner-word", "--alias", "old1")
        self.clinic.admit("batch", "generate", "--site", "@ward", "--code", "841-001-01", "--mass",
                          "12kg", "--form", "solid", "--container", "bag", "--alias", "med1")
        self.clinic.admit("batch", "store", "@med1", "--facility", "@cellar")
        self.clock.put("2024-05-10T10:00:00+08:00")
        self.authority.admit("rules", "adopt", "--rule-set", "1", "--rule-data-sha256",
                             self.second_bundle)
        # 80 hours without network: late by the first bundle, not by the second.
        self.chem.run("--offline", "batch", "generate", "--site", "@plant", "--code", OIL, "--mass",
                      "500kg", "--form", "liquid", "--alias", "oil4")
        self.clock.put("2024-05-13T18:00:00+08:00")
        self.chem.run("outbox", "send")
        self.clock.put("2025-02-10T10:00:00+08:00")  # of that year's catalogue nothing is loaded
        self.generate("odd1", code="900-999-08")
        self.generate("oil5")
        self.issue("oil5", "trip3", "@ferry,vehicle=@van")
        self.chem.handover(self.ferry, "manifest", "take", "@trip3")
        self.ferry.handover(self.burn, "manifest", "deliver", "@trip3")
        self.burn.admit("manifest", "confirm", "@trip3", "--as-sent")
        self.burn.admit("batch", "treat", "@oil5", "--facility", "@furnace", "--ending",
                        "disposed", "--method", "D16")
        self.names_for_all()
        self.clock.put(life.LAST_DAY)

    def record(self):
        log = cradle_client.Log(self.server.address, self.server.config["log_vkey"])
        told = life.answers(log, self.authority)
        log.close()
        self.authority.run("audit", "mirror", self.directory / "mirror")
        return told


def pack(directory, archive):
    """Sorted, without owners and times: the same files give the same bytes."""
    def plain(member):
        name = pathlib.PurePath(member.name).name
        if name.startswith("LOG") or name in ("LOCK", "admin.sock") or name.endswith(".pub"):
            return None
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = ""
        return member

    kept = ("data", "mirror", *HOMES)
    with tarfile.open(archive, "w:xz", preset=9, format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(p for top in kept for p in [directory / top,
                                                       *(directory / top).rglob("*")]):
            tar.add(path, path.relative_to(directory), recursive=False, filter=plain)


def main():
    with tempfile.TemporaryDirectory(prefix="cradle-") as name:
        making = Making(pathlib.Path(name))
        try:
            making.district()
            making.places()
            making.two_carriers()
            making.late_and_lost()
            making.second_year()
            told = making.record()
        finally:
            making.server.stop()
        pack(making.directory, life.ARCHIVE)
        life.ANSWERS.write_text(life.to_text(told), encoding="utf-8")
    for entry in told["entries"]:
        print(entry["index"], entry["event"], " ".join(mark["rule"] for mark in entry["marks"]))


if __name__ == "__main__":
    main()
