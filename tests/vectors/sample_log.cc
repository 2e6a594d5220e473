#include "tests/vectors/sample_log.h"

#include <map>
#include <utility>

namespace cradle::vectors {
namespace {

namespace st = statement::v1;
using evidence::AsBytes;
using evidence::Serialize;
using st::Statement;

constexpr int64_t kFirstTimeMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kMassG = 1'250'000;

std::string Id(const std::string& label) { return evidence::IdFromBytes(SixteenBytes(label)); }

struct PartySpec {
  std::string signer;
  st::Capacity capacity;
};

// Statements one hour apart, each naming the one before on every chain it extends.
class LogBuilder {
 public:
  Statement& Begin(const std::string& name, const std::vector<PartySpec>& parties,
                   const std::vector<std::string>& chains) {
    Finish();
    SampleStatement& sample = log_.emplace_back();
    sample.name = name;
    Statement& statement = sample.statement;
    statement.set_format(1);
    statement.set_log_origin(kOrigin);
    statement.set_nonce(SixteenBytes("nonce of " + name));
    statement.set_claimed_time_ms(TimeMs());
    for (const auto& [signer, capacity] : parties) {
      sample.signers.push_back(signer);
      st::Party* party = statement.add_parties();
      if (capacity != st::CAPACITY_LOG) party->set_organisation(Id(signer));
      party->set_capacity(capacity);
    }
    for (const std::string& chain : chains) {
      const auto& [height, previous] = heads_[chain];
      st::Link* link = statement.add_links();
      link->set_chain(chain);
      link->set_height(height);
      link->set_previous(previous);
    }
    return statement;
  }

  // Of the statement that was begun last.
  int64_t TimeMs() const { return kFirstTimeMs + kHourMs * static_cast<int64_t>(log_.size()); }

  std::vector<SampleStatement> Take() {
    Finish();
    return std::exchange(log_, {});
  }

 private:
  void Finish() {
    if (log_.empty()) return;
    const Statement& statement = log_.back().statement;
    const evidence::Hash hash = evidence::StatementHash(Serialize(statement));
    for (const st::Link& link : statement.links()) {
      heads_[link.chain()] = {link.height() + 1, std::string(AsBytes(hash))};
    }
  }

  std::vector<SampleStatement> log_;
  std::map<std::string, std::pair<uint64_t, std::string>> heads_;
};

void Enrol(st::DeviceKeyEnrolled* enrolled, const std::string& name, const Keys& keys) {
  const evidence::PublicKey& key = keys.at(name).public_key();
  enrolled->set_organisation(Id(name));
  enrolled->set_algorithm(key.algorithm());
  enrolled->set_key(key.spki_der());
  enrolled->set_person(Id("person of " + name));
  enrolled->add_roles(st::KEY_ROLE_ADMINISTRATOR);
  enrolled->add_roles(st::KEY_ROLE_OPERATOR);
  enrolled->set_valid_from_time_ms(kFirstTimeMs);
}

void Register(st::OrganisationRegistered* registered, const std::string& name,
              const std::string& printed_name, const std::string& uscc, st::OrganisationRole role) {
  registered->set_organisation(Id(name));
  registered->set_name(printed_name);
  registered->set_uscc(uscc);
  registered->set_division("320500");
  registered->add_roles(role);
}

void AddRegistrations(LogBuilder& log, const Keys& keys) {
  const std::vector<PartySpec> regulator = {{"regulator", st::CAPACITY_REGULATOR}};
  Statement& founded = log.Begin("founded", {regulator[0], {"log", st::CAPACITY_LOG}},
                                 {"log", "org:" + Id("regulator")});
  founded.mutable_founded()->set_log_key(keys.at("log").public_key().spki_der());
  founded.mutable_founded()->set_rule_set(1);
  founded.mutable_founded()->set_rule_data_sha256(
      std::string(AsBytes(evidence::Sha256("rule data"))));
  Register(founded.mutable_founded()->mutable_regulator(), "regulator", "示例市生态环境局",
           "11320500014149601L", st::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
  Enrol(founded.mutable_founded()->mutable_regulator_key(), "regulator", keys);

  const auto add = [&](const std::string& name, const std::string& printed_name,
                       const std::string& uscc, st::OrganisationRole role) {
    Statement& organisation =
        log.Begin("organisation-registered-" + name, regulator, {"org:" + Id(name)});
    Register(organisation.mutable_organisation_registered(), name, printed_name, uscc, role);
    Statement& key = log.Begin("device-key-enrolled-" + name, regulator, {"org:" + Id(name)});
    Enrol(key.mutable_device_key_enrolled(), name, keys);
  };
  add("producer", "示例机械有限公司", "91320500MA1XXXX01P", st::ORGANISATION_ROLE_PRODUCER);
  add("carrier", "示例运输有限公司", "91320500MA1YYYY022", st::ORGANISATION_ROLE_CARRIER);
  add("receiver", "示例环保有限公司", "91320500MA1TTTT038", st::ORGANISATION_ROLE_OPERATOR);
}

void AddBatch(LogBuilder& log) {
  const std::string chain = "batch:" + Id("batch");
  const std::vector<PartySpec> producer = {{"producer", st::CAPACITY_ORGANISATION}};
  auto* facility = log.Begin("facility-registered", producer, {"facility:" + Id("store")})
                       .mutable_facility_registered();
  facility->set_facility(Id("store"));
  facility->set_organisation(Id("producer"));
  facility->set_site(Id("site of producer"));
  facility->set_kind(st::FACILITY_KIND_STORAGE_WAREHOUSE);
  facility->set_name("1号贮存库");
  facility->set_capacity_mass_g(20'000'000);
  facility->set_acceptance_date("2025-06-30");

  auto* generated = log.Begin("batch-generated", producer, {chain}).mutable_batch_generated();
  generated->set_batch(Id("batch"));
  generated->set_site(Id("site of producer"));
  generated->set_waste_code("900-214-08");
  generated->set_generated_mass_g(kMassG);
  generated->mutable_mass_basis()->set_method(st::MASS_METHOD_WEIGHED);
  generated->mutable_mass_basis()->set_scale_id("SCALE-7");
  generated->mutable_mass_basis()->set_division_mass_g(500);
  generated->set_form(st::PHYSICAL_FORM_LIQUID);
  generated->set_generated_time_ms(log.TimeMs());
  for (const char* label : {"drum 1", "drum 2"}) {
    st::Container* container = generated->add_containers();
    container->set_container(Id(label));
    container->set_packaging(st::PACKAGING_DRUM);
    container->set_net_mass_g(kMassG / 2);
  }

  auto* stored = log.Begin("batch-stored", producer, {chain}).mutable_batch_stored();
  stored->set_batch(Id("batch"));
  stored->set_facility(Id("store"));
  stored->set_stored_mass_g(kMassG);
  stored->set_stored_time_ms(log.TimeMs());
}

void AddManifest(LogBuilder& log) {
  const std::string batch = "batch:" + Id("batch");
  const std::string manifest = "manifest:" + Id("manifest");
  auto* issued =
      log.Begin("manifest-issued", {{"producer", st::CAPACITY_CONSIGNOR}}, {manifest, batch})
          .mutable_manifest_issued();
  issued->set_manifest(Id("manifest"));
  issued->set_consignor_site(Id("site of producer"));
  st::ManifestLine* line = issued->add_lines();
  line->set_batch(Id("batch"));
  line->set_waste_code("900-214-08");
  line->set_sent_mass_g(kMassG);
  line->set_packaging(st::PACKAGING_DRUM);
  line->set_package_count(2);
  line->set_method_code("R9");
  issued->add_carriers()->set_organisation(Id("carrier"));
  issued->set_receiver(Id("receiver"));
  issued->set_receiver_site(Id("site of receiver"));
  issued->set_total_sent_mass_g(kMassG);

  auto* taken = log.Begin("load-taken",
                          {{"producer", st::CAPACITY_CONSIGNOR}, {"carrier", st::CAPACITY_CARRIER}},
                          {manifest})
                    .mutable_load_taken();
  taken->set_manifest(Id("manifest"));
  taken->set_vehicle(Id("lorry"));
  taken->set_taken_time_ms(log.TimeMs());

  auto* delivered =
      log.Begin("load-delivered",
                {{"carrier", st::CAPACITY_CARRIER}, {"receiver", st::CAPACITY_RECEIVER}},
                {manifest})
          .mutable_load_delivered();
  delivered->set_manifest(Id("manifest"));
  delivered->set_delivered_time_ms(log.TimeMs());

  auto* confirmed =
      log.Begin("receipt-confirmed", {{"receiver", st::CAPACITY_RECEIVER}}, {manifest, batch})
          .mutable_receipt_confirmed();
  confirmed->set_manifest(Id("manifest"));
  st::ReceivedLine* received = confirmed->add_lines();
  received->set_batch(Id("batch"));
  received->set_outcome(st::LINE_OUTCOME_ACCEPTED);
  received->set_received_mass_g(kMassG - 1500);
  received->mutable_mass_basis()->set_method(st::MASS_METHOD_WEIGHED);
  received->set_method_code("R9");
  confirmed->set_total_received_mass_g(kMassG - 1500);
  confirmed->set_confirmed_time_ms(log.TimeMs());

  auto* treated = log.Begin("batch-treated", {{"receiver", st::CAPACITY_ORGANISATION}}, {batch})
                      .mutable_batch_treated();
  treated->set_batch(Id("batch"));
  treated->set_facility(Id("refinery"));
  treated->set_ending(st::ENDING_UTILISED);
  treated->set_method_code("R9");
  treated->set_treated_mass_g(kMassG - 1500);
  treated->set_treated_time_ms(log.TimeMs());
}

}  // namespace

std::string SixteenBytes(const std::string& label) {
  return std::string(AsBytes(evidence::Sha256(label)).substr(0, 16));
}

std::vector<SampleStatement> SampleLog(const Keys& keys) {
  LogBuilder log;
  AddRegistrations(log, keys);
  AddBatch(log);
  AddManifest(log);
  return log.Take();
}

}  // namespace cradle::vectors
