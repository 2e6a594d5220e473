#include "clients/district/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "clients/district/desk.h"
#include "clients/district/plan.h"
#include "clients/sdk/identity.h"
#include "clients/sdk/observe.h"
#include "services/rules/calendar.h"
#include "storage/evidence/entry.h"

namespace cradle::district {
namespace {

constexpr int64_t kMinuteMs = 60'000;
// Waves of registrations on the first day follow each other at this distance.
constexpr int64_t kWaveMs = 10 * kMinuteMs;
// Within one hour of the week people act at different minutes: claims lie so far apart, and all of
// them after whatever the hour before has recorded.
constexpr size_t kStaggerMinutes = 40;

class Loader {
 public:
  Loader(const District& district, const sdk::Connection& connection, const LoadOptions& options,
         evidence::NoteVerifier log)
      : district_(district),
        options_(options),
        log_(std::move(log)),
        desk_(connection, log_),
        today_(rules::DayOf(options.now_ms, rules::kLogZoneOffsetMs)) {
    const size_t all = CountStatements(district);
    desk_.OnProgress([this, all](size_t done) {
      if (options_.progress) options_.progress(done, all);
    });
  }

  Desk& desk() { return desk_; }
  const std::string& founder() const { return founder_; }

  absl::Status FindFounder() {
    for (const auto& [key, organisation] : district_.organisations) {
      if (!organisation.registered_by.empty()) continue;
      if (!founder_.empty()) {
        return absl::InvalidArgumentError(fmt::format(
            "organisations.csv: both {} and {} are registered by nobody; one founds the log",
            founder_, key));
      }
      founder_ = key;
    }
    if (!founder_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "organisations.csv: an organisation registered by nobody must found the log");
  }

  absl::Status GoLive();
  absl::Status LiveThroughTheWeek();
  // What came into store during the week is declared now, at the end of it.
  absl::Status Arrive() {
    if (absl::Status status = PutClock(options_.now_ms); !status.ok()) return status;
    return DeclareStock(0);
  }

 private:
  using Act = absl::Status (Loader::*)(const Pickup&, int64_t time_ms);
  struct Hour {
    int64_t hour;
    Step reached;    // by pickups that came at least so far
    bool delivered;  // on the day of delivery; else on the day of pickup
    Act act;
  };

  int64_t At(int64_t days_ago, int64_t hour) const {
    return rules::StartOfDayMs(today_ - days_ago, rules::kLogZoneOffsetMs) + hour * rules::kHourMs;
  }
  absl::Status PutClock(int64_t time_ms) {
    clock_ms_ = time_ms;
    return options_.set_clock(time_ms);
  }
  absl::Status NextWave() {
    if (absl::Status status = desk_.Send(); !status.ok()) return status;
    return PutClock(clock_ms_ + kWaveMs);
  }

  absl::Status Found();
  absl::Status Register(const Organisation& organisation);
  absl::Status RegisterOrganisations();
  absl::Status RegisterPlaces();
  absl::Status DeclareStock(int64_t declared_days_ago);

  absl::Status SignGenerated(const Pickup& pickup, int64_t time_ms) {
    return EachLine(pickup, [&](const PickupLine& line) {
      if (line.old) return absl::OkStatus();
      return desk_.Sign(Generated(district_, pickup, line, time_ms), time_ms);
    });
  }
  absl::Status SignStored(const Pickup& pickup, int64_t time_ms) {
    return EachLine(pickup, [&](const PickupLine& line) {
      if (line.old || pickup.consignor_facility.empty()) return absl::OkStatus();
      return desk_.Sign(Stored(district_, pickup, line, time_ms), time_ms);
    });
  }
  absl::Status SignIssued(const Pickup& pickup, int64_t time_ms) {
    return desk_.Sign(Issued(district_, pickup), time_ms);
  }
  absl::Status SignTaken(const Pickup& pickup, int64_t time_ms) {
    return desk_.Sign(Taken(district_, pickup, time_ms), time_ms);
  }
  absl::Status SignDelivered(const Pickup& pickup, int64_t time_ms) {
    return desk_.Sign(Delivered(district_, pickup, time_ms), time_ms);
  }
  absl::Status SignConfirmed(const Pickup& pickup, int64_t time_ms) {
    return desk_.Sign(Confirmed(district_, pickup, time_ms), time_ms);
  }
  absl::Status SignEnd(const Pickup& pickup, int64_t time_ms) {
    return EachLine(pickup, [&](const PickupLine& line) {
      return desk_.Sign(pickup.last_step == Step::kTreated
                            ? Treated(district_, pickup, line, time_ms)
                            : StoredByReceiver(district_, pickup, line, time_ms),
                        time_ms);
    });
  }
  static absl::Status EachLine(const Pickup& pickup,
                               const std::function<absl::Status(const PickupLine&)>& act) {
    for (const PickupLine& line : pickup.lines) {
      if (absl::Status status = act(line); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  absl::Status LiveThroughTheHour(int64_t days_ago, const Hour& hour);

  const District& district_;
  const LoadOptions& options_;
  const evidence::NoteVerifier log_;
  Desk desk_;
  const absl::CivilDay today_;
  std::string founder_;  // key
  int64_t clock_ms_ = 0;
};

absl::Status Loader::Found() {
  const Organisation& founder = district_.organisations.at(founder_);
  const Device& device = *desk_.FindDevice(district_.Id(founder_));
  absl::Status status = desk_.Sign(
      Founding(district_, founder, device, log_, options_.rule_data_sha256, clock_ms_), clock_ms_);
  if (!status.ok()) return status;
  return NextWave();
}

absl::Status Loader::Register(const Organisation& organisation) {
  absl::StatusOr<const Device*> device = desk_.MakeDevice(district_.Id(organisation.key));
  if (!device.ok()) return device.status();
  absl::Status status = desk_.Sign(Registration(district_, organisation), clock_ms_);
  if (!status.ok()) return status;
  return desk_.Sign(Enrolment(district_, organisation, **device, clock_ms_), clock_ms_);
}

// The authorities first, for they register the others; then whoever has no parent; then the rest.
absl::Status Loader::RegisterOrganisations() {
  const auto wave_of = [&](const Organisation& organisation) {
    const bool registers = std::any_of(
        district_.organisations.begin(), district_.organisations.end(),
        [&](const auto& other) { return other.second.registered_by == organisation.key; });
    if (registers) return 0;
    return organisation.parent.empty() ? 1 : 2;
  };
  for (int wave = 0; wave <= 2; ++wave) {
    for (const auto& [key, organisation] : district_.organisations) {
      if (key == founder_ || wave_of(organisation) != wave) continue;
      if (absl::Status status = Register(organisation); !status.ok()) return status;
    }
    if (absl::Status status = NextWave(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Loader::RegisterPlaces() {
  for (const auto& [key, site] : district_.sites) {
    absl::Status status = desk_.Sign(Registration(district_, site), clock_ms_);
    if (!status.ok()) return status;
  }
  if (absl::Status status = NextWave(); !status.ok()) return status;
  for (const auto& [key, facility] : district_.facilities) {
    absl::Status status = desk_.Sign(Registration(district_, facility, today_), clock_ms_);
    if (!status.ok()) return status;
  }
  for (const auto& [key, vehicle] : district_.vehicles) {
    absl::Status status = desk_.Sign(Registration(district_, vehicle), clock_ms_);
    if (!status.ok()) return status;
  }
  for (const Licence& licence : district_.licences) {
    absl::Status status = desk_.Sign(Grant(district_, licence, founder_, today_), clock_ms_);
    if (!status.ok()) return status;
  }
  return NextWave();
}

absl::Status Loader::DeclareStock(int64_t declared_days_ago) {
  for (const auto& [key, stock] : district_.stock) {
    if (stock.declared_days_ago != declared_days_ago) continue;
    absl::StatusOr<std::string> start = StorageStartDate(stock.stored_days_ago, today_);
    if (!start.ok()) return start.status();
    absl::Status status = desk_.Sign(Declaration(district_, stock, founder_, *start), clock_ms_);
    if (!status.ok()) return status;
  }
  return desk_.Send();
}

absl::Status Loader::GoLive() {
  absl::Status status = PutClock(At(kGoLiveDaysAgo, 8));
  if (status.ok()) status = Found();
  if (status.ok()) status = RegisterOrganisations();
  if (status.ok()) status = RegisterPlaces();
  if (status.ok()) status = DeclareStock(kGoLiveDaysAgo);
  return status;
}

absl::Status Loader::LiveThroughTheHour(int64_t days_ago, const Hour& hour) {
  if (absl::Status status = PutClock(At(days_ago, hour.hour)); !status.ok()) return status;
  size_t acted = 0;
  for (const auto& [key, pickup] : district_.pickups) {
    if (pickup.last_step < hour.reached) continue;
    if ((hour.delivered ? pickup.delivered_days_ago : pickup.taken_days_ago) != days_ago) continue;
    const int64_t minutes_before = static_cast<int64_t>(acted++ % kStaggerMinutes);
    absl::Status status = (this->*hour.act)(pickup, clock_ms_ - minutes_before * kMinuteMs);
    if (!status.ok()) return status;
  }
  return desk_.Send();
}

absl::Status Loader::LiveThroughTheWeek() {
  static constexpr std::array kHours = {
      Hour{6, Step::kIssued, false, &Loader::SignGenerated},
      Hour{7, Step::kIssued, false, &Loader::SignStored},
      Hour{8, Step::kIssued, false, &Loader::SignIssued},
      Hour{10, Step::kTaken, false, &Loader::SignTaken},
      Hour{15, Step::kDelivered, true, &Loader::SignDelivered},
      Hour{17, Step::kConfirmed, true, &Loader::SignConfirmed},
      Hour{19, Step::kStored, true, &Loader::SignEnd},
  };
  for (int64_t day = kFirstPickupDaysAgo; day >= kLastPickupDaysAgo; --day) {
    for (const Hour& hour : kHours) {
      if (absl::Status status = LiveThroughTheHour(day, hour); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// NOT_FOUND is what an empty log answers.
absl::Status CheckEmpty(const sdk::Connection& connection, const evidence::NoteVerifier& log) {
  auto answer = connection.Call(connection.ledger(), &v1::LedgerService::Stub::GetCheckpoint,
                                v1::GetCheckpointRequest());
  if (absl::IsNotFound(answer.status()) || absl::IsFailedPrecondition(answer.status())) {
    return absl::OkStatus();
  }
  if (!answer.ok()) return answer.status();
  absl::StatusOr<evidence::Checkpoint> checkpoint =
      evidence::OpenCheckpoint(answer->checkpoint(), log);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->size == 0) return absl::OkStatus();
  return absl::AlreadyExistsError(
      fmt::format("the log {} has {} entries: a district is loaded into a log that was just made",
                  log.name(), checkpoint->size));
}

// Which log the device trusts, and for whom it signs.
absl::Status RememberLog(const sdk::Connection& connection, const evidence::NoteVerifier& log,
                         const std::string& organisation, const sdk::HomeLock& lock,
                         sdk::Home& home) {
  absl::StatusOr<sdk::Identity> identity = home.ReadIdentity();
  if (!identity.ok()) return identity.status();
  identity->server = connection.address();
  identity->log_origin = log.name();
  identity->log_vkey = log.ToText();
  identity->organisation = organisation;
  return home.WriteIdentity(lock, *identity);
}

absl::Status RememberFounding(const Desk& desk, const sdk::HomeLock& lock, sdk::Home& home) {
  if (!desk.first().has_value()) return absl::DataLossError("no receipt of the founding");
  const auto& [statement, outcome] = *desk.first();
  absl::StatusOr<evidence::ParsedStatement> parsed = evidence::ParseStatement(statement.statement);
  if (!parsed.ok()) return parsed.status();
  if (absl::Status status = home.KeepStatement(lock, statement); !status.ok()) return status;
  return home.Receipted(lock, *parsed, outcome.receipt);
}

// Short names for whom one is likely to ask: authorities, operators, carriers, and all stock.
absl::Status NameIds(const District& district, const sdk::HomeLock& lock, sdk::Home& home) {
  std::map<std::string, std::string> names;
  for (const auto& [key, organisation] : district.organisations) {
    if (organisation.registered.roles(0) == statement::v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION) {
      continue;
    }
    names[key] = organisation.registered.organisation();
  }
  for (const auto& [key, stock] : district.stock) names[key] = stock.declared.batch();
  for (const auto& [key, facility] : district.facilities) {
    if (names.contains(facility.organisation)) names[key] = facility.registered.facility();
  }
  for (const auto& [key, site] : district.sites) {
    if (names.contains(site.organisation)) names[key] = site.registered.site();
  }
  for (const auto& [name, id] : names) {
    if (absl::Status status = home.SetAlias(lock, name, id); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Puts the device of an organisation into a directory of its own, to be gone on with.
absl::Status HandOver(const Desk& desk, const District& district, const sdk::Connection& connection,
                      const evidence::NoteVerifier& log, const std::string& organisation,
                      const std::filesystem::path& path) {
  const auto found = district.organisations.find(organisation);
  if (found == district.organisations.end()) {
    return absl::InvalidArgumentError(fmt::format("no organisation is called {}", organisation));
  }
  const std::string& id = found->second.registered.organisation();
  const Device& device = *desk.FindDevice(id);
  absl::StatusOr<sdk::Home> home = sdk::Home::Open(path);
  if (!home.ok()) return home.status();
  absl::StatusOr<sdk::HomeLock> lock = home->Lock();
  if (!lock.ok()) return lock.status();
  absl::Status status = home->CreateKey(*lock, device.key, device.person);
  if (!status.ok()) return status;
  absl::StatusOr<uint64_t> next = device.counter->Next();
  if (!next.ok()) return next.status();
  if (status = home->RaiseSeq(*lock, *next - 1); !status.ok()) return status;
  if (status = NameIds(district, *lock, *home); !status.ok()) return status;
  return RememberLog(connection, log, id, *lock, *home);
}

struct Loaded {
  LoadResult result;
  std::string newest_note;
};

// All that needs the regulator's home locked.
absl::StatusOr<Loaded> LoadLocked(const District& district, const sdk::Connection& connection,
                                  const LoadOptions& options, const evidence::NoteVerifier& log,
                                  sdk::Home& regulator, const LoadHomes& homes) {
  absl::StatusOr<sdk::Identity> identity = regulator.ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::PrivateKey> key = regulator.ReadKey();
  if (!key.ok()) return key.status();
  absl::StatusOr<sdk::HomeLock> lock = regulator.Lock();
  if (!lock.ok()) return lock.status();

  Loader loader(district, connection, options, log);
  absl::Status status = loader.FindFounder();
  if (!status.ok()) return status;
  const std::string& founder = district.Id(loader.founder());
  loader.desk().AddDevice(founder, {identity->person, *std::move(key),
                                    std::make_unique<sdk::HomeCounter>(regulator, *lock)});
  if (status = loader.GoLive(); !status.ok()) return status;
  if (status = loader.LiveThroughTheWeek(); !status.ok()) return status;
  if (status = loader.Arrive(); !status.ok()) return status;

  const Desk& desk = loader.desk();
  status = RememberFounding(desk, *lock, regulator);
  if (status.ok()) status = NameIds(district, *lock, regulator);
  if (status.ok()) status = RememberLog(connection, log, founder, *lock, regulator);
  for (const auto& [organisation, path] : homes) {
    if (status.ok()) status = HandOver(desk, district, connection, log, organisation, path);
  }
  if (!status.ok()) return status;
  return Loaded{{desk.receipts(), desk.newest()->size, desk.marks()}, desk.newest_note()};
}

}  // namespace

absl::StatusOr<LoadResult> LoadDistrict(const District& district, const sdk::Connection& connection,
                                        const LoadOptions& options, sdk::Home& regulator,
                                        const LoadHomes& homes) {
  absl::StatusOr<sdk::Identity> identity = regulator.ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return log.status();
  if (absl::Status status = CheckEmpty(connection, *log); !status.ok()) return status;
  absl::StatusOr<Loaded> loaded = LoadLocked(district, connection, options, *log, regulator, homes);
  if (!loaded.ok()) return loaded.status();
  absl::Status status = sdk::Observe(regulator, connection, *log, loaded->newest_note);
  for (const auto& [organisation, path] : homes) {
    if (!status.ok()) return status;
    absl::StatusOr<sdk::Home> home = sdk::Home::Open(path);
    if (!home.ok()) return home.status();
    status = sdk::Observe(*home, connection, *log, loaded->newest_note);
  }
  if (!status.ok()) return status;
  return loaded->result;
}

absl::StatusOr<Counts> CountLog(const sdk::Connection& connection) {
  using statement::v1::Statement;
  grpc::ClientContext context;
  const auto reader = connection.ledger().ReadEntries(&context, v1::ReadEntriesRequest());
  Counts counts;
  v1::ReadEntriesResponse response;
  while (reader->Read(&response)) {
    for (const std::string& bytes : response.entries()) {
      absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(bytes);
      if (!entry.ok()) return entry.status();
      absl::StatusOr<evidence::ParsedStatement> parsed =
          evidence::ParseStatement(std::move(entry->signed_statement.statement));
      if (!parsed.ok()) return parsed.status();
      const auto event = parsed->message.event_case();
      ++counts.entries;
      if (event == Statement::kFounded || event == Statement::kOrganisationRegistered) {
        ++counts.organisations;
      }
      if (event == Statement::kStockDeclared || event == Statement::kBatchGenerated) {
        ++counts.batches;
      }
      if (event == Statement::kManifestIssued) ++counts.manifests;
    }
  }
  if (absl::Status status = sdk::FromGrpc(reader->Finish()); !status.ok()) return status;
  return counts;
}

}  // namespace cradle::district
