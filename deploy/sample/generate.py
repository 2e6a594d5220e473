#!/usr/bin/env python3
"""Writes the CSV files of the sample district beside itself. Run by hand; its output is committed.

The same bytes each time: no randomness, no clock. All names are invented: there is no 样例市, and no
division begins with 3799. Waste codes are those of the national catalogue of 2021.
"""
import csv
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
CITY = "379900"
COUNTIES = [("379902", "甲区"), ("379903", "乙区"), ("379921", "丙县"), ("379922", "丁县"), ("379981", "戊市")]
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
BODY_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]


def uscc(kind, division, number):
    """A code with both check characters right: of the body by GB 11714, of the whole by GB 32100-2015."""
    body = f"MA{number:06d}"
    rest = 11 - sum(BODY_LETTERS.index(c) * w for c, w in zip(body, BODY_WEIGHTS)) % 11
    body += {10: "X", 11: "0"}.get(rest, str(rest))
    code = kind + division + body
    check = -sum(USCC_LETTERS.index(c) * w for c, w in zip(code, USCC_WEIGHTS)) % 31
    return code + USCC_LETTERS[check]


class Table:
    def __init__(self, name, columns):
        self.name, self.columns, self.rows = name, columns.split(), []

    def add(self, **fields):
        unknown = set(fields) - set(self.columns)
        assert not unknown, unknown
        self.rows.append([str(fields.get(column, "")) for column in self.columns])

    def write(self):
        with open(HERE / self.name, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows(self.rows)


organisations = Table("organisations.csv", "organisation name roles uscc medical_registration local_id parent "
                      "division beds registered_by")
sites = Table("sites.csv", "site organisation name division")
facilities = Table("facilities.csv", "facility organisation site kind name capacity_kg accepted_days_ago methods")
licences = Table("licences.csv", "organisation number kind scopes from_days_ago to_days_ago note")
vehicles = Table("vehicles.csv", "vehicle organisation plate permit medical payload_kg")
stock = Table("stock.csv", "batch organisation facility code mass_kg form origin evidence stored_days_ago "
              "declared_days_ago expect note")
pickups = Table("pickups.csv", "manifest stock_batch consignor_site consignor_facility code sent_kg received_kg form "
                "packaging packages carrier vehicle receiver_facility treatment_facility method taken_days_ago "
                "delivered_days_ago last_step note")


def county(number):
    return COUNTIES[number % len(COUNTIES)]


def authorities():
    organisations.add(organisation="ecology", name="样例市生态环境局", roles="ecology_authority",
                      uscc=uscc("11", CITY, 1), division=CITY)
    organisations.add(organisation="health", name="样例市卫生健康委员会", roles="health_authority",
                      uscc=uscc("11", CITY, 2), division=CITY, registered_by="ecology")


def operators():
    def operator(key, name, number, division):
        organisations.add(organisation=key, name=name, roles="operator", uscc=uscc("91", division, number),
                          division=division, registered_by="ecology")
        sites.add(site=f"{key}-site", organisation=key, name="厂区", division=division)

    def facility(key, organisation, kind, name, capacity_kg, methods=""):
        facilities.add(facility=key, organisation=organisation, site=f"{organisation}-site", kind=kind, name=name,
                       capacity_kg=capacity_kg, accepted_days_ago=1500, methods=methods)

    operator("incinerator", "样例市静安火焚烧处置有限公司", 101, "379902")
    facility("incinerator-cold", "incinerator", "medical_store", "医疗废物冷库", 60000)
    facility("incinerator-store", "incinerator", "storage_warehouse", "危险废物贮存库", 800000)
    facility("incinerator-ash", "incinerator", "storage_warehouse", "飞灰库", 400000)
    facility("incinerator-kiln", "incinerator", "disposal", "回转窑焚烧线", 0, "D10 Y10")
    operator("plant", "样例市回春水处理利用有限公司", 102, "379981")
    facility("plant-store", "plant", "storage_warehouse", "原料贮存库", 500000)
    facility("plant-treat", "plant", "disposal", "物化处理车间", 0, "D9")
    facility("plant-metal", "plant", "utilisation", "金属回收车间", 0, "R4 R6")
    operator("collector", "样例市便民小微收集服务有限公司", 103, "379903")
    facility("collector-point", "collector", "collection_point", "收集网点", 90000)

    burnt = ["HW02", "HW04", "HW06", "HW08", "HW09", "HW11", "HW12", "HW13", "HW45", "HW49"]
    licences.add(organisation="incinerator", number="样例危证01号", kind="comprehensive",
                 scopes=" ".join(["HW01:Y10"] + [f"{c}:D10" for c in burnt]), from_days_ago=900, to_days_ago=-900)
    licences.add(organisation="plant", number="样例危证02号", kind="comprehensive",
                 scopes="HW17:D9+R4 HW21:D9 HW22:R4 HW34:D9+R6", from_days_ago=700, to_days_ago=-1100)
    licences.add(organisation="collector", number="样例危证03号（收集）", kind="collection",
                 scopes="900-214-08 900-249-08 900-052-31 900-023-29", from_days_ago=400, to_days_ago=-300)


CARRIERS = {
    "medical-north": ("样例市北线医废运输有限公司", "HW01", True, 6, -500, ""),
    "medical-south": ("样例市南线医废运输有限公司", "HW01", True, 6, -400, ""),
    "haulage": ("样例市稳达危险货物运输有限公司", "HW02 HW04 HW06 HW08 HW09 HW11 HW12 HW13 HW17 HW21 HW22 HW29 "
                "HW31 HW34 HW45 HW49", False, 5, -250, ""),
    "lapsing": ("样例市半途运输有限公司", "HW17", False, 1, 4,
                "its last day is four days ago: the load taken that day was on the road when it ended"),
}


def carriers():
    for number, (key, (name, scopes, medical, count, to_days_ago, note)) in enumerate(CARRIERS.items()):
        division, _ = county(number)
        organisations.add(organisation=key, name=name, roles="carrier", uscc=uscc("91", division, 201 + number),
                          division=division, registered_by="ecology")
        licences.add(organisation=key, number=f"样例运证{number + 1:02d}号", kind="transport", scopes=scopes,
                     from_days_ago=600, to_days_ago=to_days_ago, note=note)
        for vehicle in range(count):
            vehicles.add(vehicle=f"{key}-{vehicle + 1}", organisation=key, plate=f"样{number + 1}·{vehicle + 1:05d}",
                         permit=f"样运{number + 1}{vehicle + 1:03d}", medical="yes" if medical else "no",
                         payload_kg=3000 if medical else 15000)


# What a works makes: words for its name, code, form, packaging, where it goes, how it ends.
TRADES = [
    ("电镀", "336-054-17", "semi_solid", "bag", "plant-treat", "D9"),
    ("金属表面处理", "336-064-17", "semi_solid", "bag", "plant-treat", "D9"),
    ("线路板", "398-004-22", "liquid", "ibc", "plant-metal", "R4"),
    ("酸洗", "900-300-34", "liquid", "ibc", "plant-metal", "R6"),
    ("阳极氧化", "336-100-21", "semi_solid", "drum", "plant-treat", "D9"),
    ("原料药", "271-001-02", "liquid", "drum", "incinerator-kiln", "D10"),
    ("农药", "263-008-04", "semi_solid", "drum", "incinerator-kiln", "D10"),
    ("家具喷涂", "900-252-12", "solid", "bag", "incinerator-kiln", "D10"),
    ("精细化工", "900-013-11", "semi_solid", "drum", "incinerator-kiln", "D10"),
    ("溶剂", "900-404-06", "liquid", "drum", "incinerator-kiln", "D10"),
    ("机械加工", "900-006-09", "liquid", "ibc", "incinerator-kiln", "D10"),
    ("印刷包装", "900-041-49", "solid", "bag", "incinerator-kiln", "D10"),
    ("油墨", "264-013-12", "liquid", "drum", "incinerator-kiln", "D10"),
    ("水处理树脂", "900-015-13", "solid", "bag", "incinerator-kiln", "D10"),
    ("活性炭吸附", "900-039-49", "solid", "bag", "incinerator-kiln", "D10"),
    ("石化储运", "251-001-08", "liquid", "tank", "incinerator-kiln", "D10"),
    ("含卤中间体", "261-084-45", "semi_solid", "drum", "incinerator-kiln", "D10"),
    ("汽车维修", "900-214-08", "liquid", "drum", "", ""),
    ("电动车服务", "900-052-31", "solid", "box", "", ""),
    ("照明更换", "900-023-29", "solid", "box", "", ""),
]
WORDS = ["青禾", "白鹭", "松涛", "云帆", "石桥", "柳岸", "长风", "明泉"]
PRODUCERS = 44


def trade_of(number):
    return TRADES[number % len(TRADES)]


def producers():
    for number in range(PRODUCERS):
        key, trade = f"works{number + 1:02d}", trade_of(number)
        division, _ = county(number)
        word = WORDS[number % len(WORDS)]
        organisations.add(organisation=key, name=f"样例市{word}{trade[0]}有限公司（{number + 1}号）", roles="producer",
                          uscc=uscc("91", division, 301 + number), division=division, registered_by="ecology")
        sites.add(site=f"{key}-site", organisation=key, name="厂区", division=division)
        facilities.add(facility=f"{key}-store", organisation=key, site=f"{key}-site", kind="storage_warehouse",
                       name="危险废物贮存库", capacity_kg=20000 + 1000 * number, accepted_days_ago=1200)
    division, name = county(3)
    sites.add(site="works01-site-two", organisation="works01", name=f"{name}分厂", division=division)
    facilities.add(facility="works01-store-two", organisation="works01", site="works01-site-two",
                   kind="storage_warehouse", name="分厂危险废物贮存库", capacity_kg=15000, accepted_days_ago=800)


# Stock of the works when the system came: number of the works → how it lies there.
SPECIAL_STOCK = {
    1: ("documented", "anniversary", "warned", "the year ends today: listed from tomorrow on"),
    2: ("documented", "anniversary", "warned", "the year ends today: listed from tomorrow on"),
    3: ("inspected", "anniversary", "warned", "the year ends today: listed from tomorrow on"),
    4: ("owner_word", "anniversary", "warned", "the year ends today: to verify from tomorrow on"),
    5: ("documented", "anniversary+1", "listed", "the year ended yesterday"),
    6: ("inspected", "anniversary+1", "listed", "the year ended yesterday"),
    7: ("owner_word", "anniversary+1", "to_verify", "the year ended yesterday, by the owner's word"),
    8: ("documented", 730, "listed", "two years"),
    9: ("documented", 545, "listed", ""),
    10: ("inspected", 480, "listed", "seen by the bureau on inspection"),
    11: ("owner_word", 700, "to_verify", "nobody but the owner says since when"),
    12: ("owner_word", 400, "to_verify", "nobody but the owner says since when"),
    13: ("owner_word", "unknown", "to_verify", "nobody knows since when: counts as over a year"),
    14: ("documented", 350, "warned", "the year ends within 30 days"),
    15: ("owner_word", 345, "warned", "the year ends within 30 days, by the owner's word"),
    16: ("documented", 1, "within", "came into the store yesterday: declared today"),
    17: ("documented", 420, "gone", "over a year, and collected in the week"),
    21: ("documented", 430, "listed", "over a year, delivered and not yet confirmed: still its own"),
    22: ("documented", 500, "listed", "over a year, on a manifest that nobody has collected yet"),
    24: ("documented", 390, "listed", "over a year, on the road"),
}


def works_stock():
    for number in range(1, PRODUCERS + 1):
        trade = trade_of(number - 1)
        evidence, stored, expect, note = SPECIAL_STOCK.get(
            number, (["documented", "owner_word", "inspected"][number % 3], 9 + 7 * number, "within", ""))
        declared = 0 if stored == 1 else 8
        stock.add(batch=f"works{number:02d}-old", organisation=f"works{number:02d}",
                  facility=f"works{number:02d}-store", code=trade[1], mass_kg=300 + 85 * number, form=trade[2],
                  origin="own", evidence=evidence, stored_days_ago=stored, declared_days_ago=declared, expect=expect,
                  note=note)
        stock.add(batch=f"works{number:02d}-new", organisation=f"works{number:02d}",
                  facility=f"works{number:02d}-store", code="900-041-49", mass_kg=40 + 3 * number, form="solid",
                  origin="own", evidence="documented", stored_days_ago=10 + 5 * number, declared_days_ago=8,
                  expect="within")
    stock.add(batch="works01-two", organisation="works01", facility="works01-store-two", code=TRADES[0][1],
              mass_kg=2150, form="semi_solid", origin="own", evidence="documented", stored_days_ago=610,
              declared_days_ago=8, expect="listed", note="at the second site")


def operator_stock():
    def lies(batch, facility, code, mass_kg, form, origin, evidence, stored, expect, note):
        stock.add(batch=batch, organisation=facility.split("-")[0], facility=facility, code=code, mass_kg=mass_kg,
                  form=form, origin=origin, evidence=evidence, stored_days_ago=stored, declared_days_ago=8,
                  expect=expect, note=note)

    lies("ash-1", "incinerator-ash", "772-003-18", 46200, "solid", "own", "documented", 512, "listed",
         "its own fly ash: a producer's limit (T1), though it is an operator")
    lies("ash-2", "incinerator-ash", "772-003-18", 31800, "solid", "own", "owner_word", 433, "to_verify",
         "its own fly ash, by the owner's word")
    lies("ash-3", "incinerator-ash", "772-003-18", 28500, "solid", "own", "documented", 96, "within", "")
    lies("kiln-feed-1", "incinerator-store", "900-041-49", 5400, "solid", "received", "documented", 401, "listed",
         "collected from others and not burnt within a year (T5)")
    lies("kiln-feed-2", "incinerator-store", "900-252-12", 8200, "solid", "received", "documented", 120, "within", "")
    lies("sludge-1", "plant-store", "336-064-17", 12600, "semi_solid", "received", "owner_word", 380, "to_verify",
         "collected from others, by the owner's word (T5)")
    lies("sludge-2", "plant-store", "336-054-17", 9100, "semi_solid", "received", "inspected", 355, "warned",
         "the year ends within 30 days (T5)")
    lies("oil-1", "collector-point", "900-214-08", 2400, "liquid", "received", "documented", 60, "within", "")
    lies("batteries-1", "collector-point", "900-052-31", 3800, "solid", "received", "documented", "anniversary",
         "warned", "the year ends today: listed from tomorrow on (T5)")


SURNAMES = ["杏林", "春晖", "仁济", "康宁", "同心", "百草", "松鹤", "清和", "惠民", "安泰", "济世"]
TOWNS = ["东泉镇", "西岭镇", "南湾镇", "北河镇", "上林乡", "下坝乡", "前营镇", "后港镇", "高塬乡", "平沙镇", "新渡镇", "旧关镇"]
HOSPITALS, CENTRES, CLINICS = 15, 60, 528  # 603 in all; the last 20 clinics have no USCC


def institution(key, name, number, division, beds, kind, **identity):
    code = {} if identity else {"uscc": uscc(kind, division, 1000 + number)}
    organisations.add(organisation=key, name=name, roles="medical_institution", division=division, beds=beds,
                      registered_by="health", **code, **identity)
    sites.add(site=f"{key}-site", organisation=key, name="院区" if beds > 19 else "诊室", division=division)
    facilities.add(facility=f"{key}-store", organisation=key, site=f"{key}-site", kind="medical_store",
                   name="医疗废物暂存间", capacity_kg=40 + 10 * beds, accepted_days_ago=900)


def institutions():
    number = 0
    for i in range(HOSPITALS):
        division, name = county(i)
        institution(f"hospital{i + 1:02d}", f"样例市{name}第{i // 5 + 1}人民医院", number, division, 120 + 45 * i, "12")
        number += 1
    for i in range(CENTRES):
        division, name = county(i)
        institution(f"centre{i + 1:02d}", f"样例市{name}{TOWNS[i // 5]}卫生院", number, division, 20 + i, "12")
        number += 1
    for i in range(CLINICS):
        division, name = county(i)
        without = i - (CLINICS - 20)
        label = f"样例市{name}{TOWNS[(i // 5) % len(TOWNS)]}{SURNAMES[i % len(SURNAMES)]}诊所（{i + 1}号）"
        identity = {}
        if without >= 10:
            label = label.replace("诊所", "村卫生室")
            parent = f"centre{i % 5 + 1:02d}"  # of the same county
            identity = {"local_id": f"村{without - 9:03d}", "parent": parent}
        elif without >= 0:
            label = label.replace("诊所", "村卫生室")
            identity = {"medical_registration": f"PDY{division}{without + 1:05d}D6001"}
        institution(f"clinic{i + 1:03d}", label, number, division, i % 20 if i % 3 == 0 else 0, "92", **identity)
        number += 1


MEDICAL_CODES = [("841-001-01", "solid", "bag"), ("841-002-01", "solid", "sharps_box"), ("841-003-01", "solid", "bag")]


def medical_pickup(key, number, day, lines, weights):
    carrier = "medical-north" if number % 2 == 0 else "medical-south"
    clinic = key.startswith("clinic")
    for (code, form, packaging), kg in zip(MEDICAL_CODES[:lines], weights):
        pickups.add(manifest=f"{key}-d{day}", consignor_site=f"{key}-site",
                    consignor_facility="" if clinic else f"{key}-store", code=code, sent_kg=kg, received_kg=kg,
                    form=form, packaging=packaging, packages=max(1, int(float(kg)) // 12), carrier=carrier,
                    vehicle=f"{carrier}-{number % 6 + 1}", receiver_facility="incinerator-cold",
                    treatment_facility="incinerator-kiln", method="Y10", taken_days_ago=day, delivered_days_ago=day,
                    last_step="treated")


def medical_week():
    for i in range(HOSPITALS):
        for day in (7, 5, 3, 1):
            medical_pickup(f"hospital{i + 1:02d}", i, day, 3, [f"{80 + 9 * i + day}.4", f"{11 + i}.2", f"{3 + i}.5"])
    for i in range(CENTRES):
        for day in (6 - i % 2, 3 - i % 2):
            medical_pickup(f"centre{i + 1:02d}", i, day, 2, [f"{9 + i % 17}.6", f"{1 + i % 4}.3"])
    for i in range(CLINICS):
        medical_pickup(f"clinic{i + 1:03d}", i, 7 - i % 7, 1, [f"{1 + i % 6}.{i % 10}"])


def works_pickup(number, day, note="", old=False, later=0, last_step="", received=None, carrier="haulage"):
    name, code, form, packaging, treatment, method = trade_of(number - 1)
    key = f"works{number:02d}"
    sent = 300 + 85 * number if old else 120 + 14 * number
    receiver = {"": "collector-point", "plant-treat": "plant-store", "plant-metal": "plant-store",
                "incinerator-kiln": "incinerator-store"}[treatment]
    vehicle = f"{carrier}-{number % CARRIERS[carrier][3] + 1}"
    pickups.add(manifest=f"{key}-d{day}", stock_batch=f"{key}-old" if old else "", consignor_site=f"{key}-site",
                consignor_facility="" if old else f"{key}-store", code=code, sent_kg=sent,
                received_kg=sent if received is None else received, form=form, packaging=packaging,
                packages=max(1, sent // 200), carrier=carrier, vehicle=vehicle, receiver_facility=receiver,
                treatment_facility=treatment, method=method, taken_days_ago=day, delivered_days_ago=day - later,
                last_step=last_step or ("treated" if treatment and number % 2 else "stored"), note=note)


def works_week():
    special = {17, 21, 22, 24, 25, 42}
    works_pickup(17, 6, "over a year old, treated in the week", old=True, last_step="treated")
    works_pickup(21, 1, "delivered yesterday, not confirmed yet", old=True, last_step="delivered")
    works_pickup(22, 1, "issued yesterday, not collected yet", old=True, last_step="issued")
    works_pickup(24, 1, "taken yesterday, still on the road", old=True, last_step="taken")
    works_pickup(25, 5, "the receiver's scale says 23 kg less", received=120 + 14 * 25 - 23)
    works_pickup(42, 4, "taken on the last day of the carrier's licence, delivered a day after it ended", later=1,
                 carrier="lapsing")
    for number in range(1, PRODUCERS + 1):
        if number not in special:
            works_pickup(number, 7 - number % 7, later=1 if number % 7 == 3 else 0)


def main():
    authorities()
    operators()
    carriers()
    producers()
    institutions()
    works_stock()
    operator_stock()
    medical_week()
    works_week()
    for table in (organisations, sites, facilities, licences, vehicles, stock, pickups):
        table.write()
        print(f"{table.name}: {len(table.rows)} rows")


if __name__ == "__main__":
    main()
