#include "tests/services/ledger/signers.h"

#include <utility>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/lines.h"
#include "storage/evidence/hash.h"

namespace cradle::ledger::testing {
namespace {

using statement::v1::Statement;

constexpr char kDivision[] = "370781";
constexpr size_t kFewBatches = 50;  // more of them are said at once, where they are alike

std::string Bytes(const evidence::Hash& hash) { return std::string(evidence::AsBytes(hash)); }

void FillEnrolment(const Device& device, statement::v1::DeviceKeyEnrolled& enrolled) {
  enrolled.set_organisation(device.organisation);
  enrolled.set_algorithm(statement::v1::KEY_ALGORITHM_ECDSA_P256);
  enrolled.set_key(device.key.public_key().spki_der());
  enrolled.set_person(device.person);
  enrolled.add_roles(statement::v1::KEY_ROLE_ADMINISTRATOR);
  enrolled.add_roles(statement::v1::KEY_ROLE_OPERATOR);
}

}  // namespace

const std::shared_ptr<const rules::RuleData>& SampleRuleData() {
  static const std::shared_ptr<const rules::RuleData> data =
      rules::RuleData::FromBundle(rules::PackRuleData("deploy/rule_data").value()).value();
  return data;
}

Signers::Signers(std::string origin, uint32_t id_space)
    : origin_(std::move(origin)), id_space_(id_space) {
  regulator = NewDevice(NewId());
}

std::string Signers::NewBytes() {
  std::string bytes(16, '\0');
  ++drawn_;
  for (size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<char>(drawn_ >> (56 - 8 * i));
  for (size_t i = 0; i < 4; ++i) bytes[4 + i] = static_cast<char>(id_space_ >> (24 - 8 * i));
  bytes[0] = static_cast<char>(drawn_ * 37);  // so that ids do not sort as they were drawn
  return bytes;
}

Device Signers::NewDevice(const std::string& organisation) {
  return {organisation, NewId(),
          evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ECDSA_P256).value()};
}

Statement Signers::Compose(const std::vector<Attester>& attesters, const Fill& fill,
                           bool log_attests) {
  Statement message;
  message.set_format(evidence::kStatementFormat);
  message.set_log_origin(origin_);
  message.set_nonce(NewBytes());
  message.set_claimed_time_ms(now_ms_);
  for (const Attester& attester : attesters) {
    statement::v1::Party& party = *message.add_parties();
    party.set_organisation(attester.device->organisation);
    party.set_capacity(attester.capacity);
  }
  if (log_attests) message.add_parties()->set_capacity(statement::v1::CAPACITY_LOG);
  fill(message);
  const std::vector<std::string> chains = rules::ChainsExtended(message).value();
  for (const std::string& chain : chains) {
    statement::v1::Link& link = *message.add_links();
    link.set_chain(chain);
    if (const auto head = heads_.find(chain); head != heads_.end()) {
      link.set_height(head->second.height + 1);
      link.set_previous(head->second.statement_hash);
    }
  }
  return message;
}

evidence::SignedAttestation Signers::AttestAs(const evidence::Hash& statement_hash, uint32_t party,
                                              Device& device) {
  statement::v1::Attestation attestation;
  attestation.set_statement_hash(Bytes(statement_hash));
  attestation.set_party(party);
  attestation.set_key_id(Bytes(device.key.public_key().id()));
  attestation.set_person(device.person);
  attestation.set_seq(++device.seq);
  if (seen) *attestation.mutable_seen() = *seen;
  return evidence::Attest(attestation, device.key).value();
}

evidence::SignedStatement Signers::Attest(const std::string& bytes,
                                          const std::vector<Attester>& attesters,
                                          const evidence::PrivateKey* log_key) {
  evidence::SignedStatement result;
  result.statement = bytes;
  const evidence::Hash hash = evidence::StatementHash(bytes);
  for (const Attester& attester : attesters) {
    const auto party = static_cast<uint32_t>(result.attestations.size());
    result.attestations.push_back(AttestAs(hash, party, *attester.device));
  }
  if (log_key != nullptr) {
    statement::v1::Attestation attestation;
    attestation.set_statement_hash(Bytes(hash));
    attestation.set_party(static_cast<uint32_t>(result.attestations.size()));
    attestation.set_key_id(Bytes(log_key->public_key().id()));
    attestation.set_seq(1);
    result.attestations.push_back(evidence::Attest(attestation, *log_key).value());
  }
  return result;
}

evidence::SignedStatement Signers::Sign(const std::vector<Attester>& attesters, const Fill& fill,
                                        const evidence::PrivateKey* log_key) {
  const Statement message = Compose(attesters, fill, log_key != nullptr);
  evidence::SignedStatement result = Attest(evidence::Serialize(message), attesters, log_key);
  for (const statement::v1::Link& link : message.links()) {
    heads_[link.chain()] = {link.height(), Bytes(evidence::StatementHash(result.statement))};
  }
  return result;
}

evidence::SignedStatement Signers::SignAside(const std::vector<Attester>& attesters,
                                             const Fill& fill) {
  return Attest(evidence::Serialize(Compose(attesters, fill)), attesters, nullptr);
}

evidence::SignedStatement Signers::SignAgain(const evidence::SignedStatement& statement,
                                             const std::vector<Attester>& attesters,
                                             const Fill& change) {
  Statement message = evidence::ParseStatement(statement.statement).value().message;
  message.set_nonce(NewBytes());
  if (change) change(message);
  return Attest(evidence::Serialize(message), attesters, nullptr);
}

evidence::SignedStatement Signers::Found(const evidence::PublicKey& log_public_key,
                                         const evidence::PrivateKey* log_key) {
  const Fill fill = [&](Statement& statement) {
    if (log_key == nullptr) statement.add_parties()->set_capacity(statement::v1::CAPACITY_LOG);
    statement::v1::Founded& founded = *statement.mutable_founded();
    founded.set_log_key(log_public_key.spki_der());
    founded.set_rule_set(rules::kLastRuleSet);
    founded.set_rule_data_sha256(Bytes(SampleRuleData()->sha256()));
    auto& registered = *founded.mutable_regulator();
    registered.set_organisation(regulator.organisation);
    registered.set_name("省生态环境厅");
    registered.set_uscc("91350100M000100Y43");
    registered.set_division("370000");
    registered.add_roles(statement::v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
    FillEnrolment(regulator, *founded.mutable_regulator_key());
  };
  return Sign({{&regulator, statement::v1::CAPACITY_REGULATOR}}, fill, log_key);
}

evidence::SignedStatement Signers::Enrol(const Device& device) {
  return Sign({{&regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& statement) {
    FillEnrolment(device, *statement.mutable_device_key_enrolled());
  });
}

Enterprise Signers::Register(statement::v1::OrganisationRole role, statement::v1::FacilityKind kind,
                             std::vector<evidence::SignedStatement>& out) {
  Enterprise enterprise{NewDevice(NewId()), NewId(), NewId()};
  const std::string& organisation = enterprise.device.organisation;
  out.push_back(Sign({{&regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_organisation_registered();
    registered.set_organisation(organisation);
    registered.set_name("企业" + organisation.substr(20));
    registered.mutable_scoped()->set_division(kDivision);
    registered.mutable_scoped()->set_local_id(organisation);
    registered.mutable_scoped()->set_parent(regulator.organisation);
    registered.set_division(kDivision);
    registered.add_roles(role);
  }));
  out.push_back(Enrol(enterprise.device));
  out.push_back(
      Sign({{&enterprise.device, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
        auto& registered = *statement.mutable_site_registered();
        registered.set_organisation(organisation);
        registered.set_site(enterprise.site);
        registered.set_name("厂区");
        registered.set_division(kDivision);
      }));
  out.push_back(
      Sign({{&enterprise.device, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
        auto& registered = *statement.mutable_facility_registered();
        registered.set_facility(enterprise.facility);
        registered.set_organisation(organisation);
        registered.set_site(enterprise.site);
        registered.set_kind(kind);
        registered.set_name("设施");
        registered.set_capacity_mass_g(100'000'000'000);
        registered.set_eia_reference("青环审〔2020〕1号");
        registered.set_acceptance_date("2021-06-30");
        if (kind == statement::v1::FACILITY_KIND_DISPOSAL) {
          registered.add_method_codes("D10");
        }
      }));
  return enterprise;
}

evidence::SignedStatement Signers::License(const Enterprise& holder,
                                           statement::v1::LicenceKind kind) {
  return Sign({{&regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& statement) {
    auto& granted = *statement.mutable_licence_granted();
    granted.set_organisation(holder.device.organisation);
    granted.set_licence_number("鲁危证" + std::to_string(kind));
    granted.set_kind(kind);
    // No longer than a comprehensive licence may be granted for.
    const absl::CivilDay from = rules::DayOf(now_ms_, rules::kLogZoneOffsetMs) - 365;
    granted.set_valid_from_date(rules::FormatDate(from));
    granted.set_valid_to_date(rules::FormatDate(rules::AddYears(from, 5)));
    statement::v1::LicenceScope& scope = *granted.add_scopes();
    scope.set_waste("HW08");
    if (kind != statement::v1::LICENCE_KIND_TRANSPORT) scope.add_method_codes("D10");
  });
}

evidence::SignedStatement Signers::AddVehicle(Enterprise& carrier, std::string& vehicle) {
  vehicle = NewId();
  return Sign({{&carrier.device, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_vehicle_registered();
    registered.set_organisation(carrier.device.organisation);
    registered.set_vehicle(vehicle);
    registered.set_plate("鲁G12345");
    registered.set_permit_number("370781000001");
  });
}

Signers::Fill Signers::Generated(const Enterprise& producer, const std::string& batch,
                                 int64_t mass_g) {
  return [this, &producer, batch, mass_g](Statement& statement) {
    auto& generated = *statement.mutable_batch_generated();
    generated.set_batch(batch);
    generated.set_site(producer.site);
    generated.set_waste_code("900-214-08");
    generated.set_generated_mass_g(mass_g);
    generated.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_ESTIMATED);
    generated.set_form(statement::v1::PHYSICAL_FORM_LIQUID);
    generated.set_generated_time_ms(now_ms_);
  };
}

evidence::SignedStatement Signers::Generate(Enterprise& producer, WasteBatch& batch) {
  batch.id = NewId();
  return Sign({{&producer.device, statement::v1::CAPACITY_ORGANISATION}},
              Generated(producer, batch.id, batch.mass_g));
}

Signers::Fill Signers::Stored(const Enterprise& holder, const WasteBatch& batch) {
  return [this, &holder, batch](Statement& statement) {
    auto& stored = *statement.mutable_batch_stored();
    stored.set_batch(batch.id);
    stored.set_facility(holder.facility);
    stored.set_stored_mass_g(batch.mass_g);
    stored.set_stored_time_ms(now_ms_);
  };
}

evidence::SignedStatement Signers::Store(Enterprise& holder, const WasteBatch& batch) {
  return Sign({{&holder.device, statement::v1::CAPACITY_ORGANISATION}}, Stored(holder, batch));
}

evidence::SignedStatement Signers::Treat(Enterprise& holder, const WasteBatch& batch) {
  return Sign({{&holder.device, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& treated = *statement.mutable_batch_treated();
    treated.set_batch(batch.id);
    treated.set_facility(holder.facility);
    treated.set_ending(statement::v1::ENDING_DISPOSED);
    treated.set_method_code("D10");
    treated.set_treated_mass_g(batch.mass_g);
    treated.set_treated_time_ms(now_ms_);
  });
}

evidence::SignedStatement Signers::Merge(Enterprise& holder, const std::vector<WasteBatch>& parents,
                                         WasteBatch& made) {
  made.id = NewId();
  made.mass_g = 0;
  for (const WasteBatch& parent : parents) made.mass_g += parent.mass_g;
  return Sign({{&holder.device, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& merged = *statement.mutable_batches_merged();
    for (const WasteBatch& parent : parents) merged.add_parents(parent.id);
    merged.mutable_made()->set_batch(made.id);
    merged.mutable_made()->set_waste_code("900-214-08");
    merged.mutable_made()->set_form(statement::v1::PHYSICAL_FORM_LIQUID);
    merged.mutable_made()->set_made_mass_g(made.mass_g);
    merged.mutable_made()->mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_ESTIMATED);
    merged.set_facility(holder.facility);
    merged.set_merged_time_ms(now_ms_);
  });
}

std::vector<evidence::SignedStatement> Signers::Carry(Enterprise& producer, Enterprise& carrier,
                                                      const std::string& vehicle,
                                                      Enterprise& receiver,
                                                      const std::vector<WasteBatch>& batches) {
  const std::string manifest = NewId();
  int64_t total_mass_g = 0;
  for (const WasteBatch& batch : batches) total_mass_g += batch.mass_g;
  std::vector<evidence::SignedStatement> out;
  out.push_back(
      Sign({{&producer.device, statement::v1::CAPACITY_CONSIGNOR}}, [&](Statement& statement) {
        auto& issued = *statement.mutable_manifest_issued();
        issued.set_manifest(manifest);
        issued.set_consignor_site(producer.site);
        for (const WasteBatch& batch : batches) {
          statement::v1::ManifestLine& line = *issued.add_lines();
          line.set_batch(batch.id);
          line.set_waste_code("900-214-08");
          line.set_sent_mass_g(batch.mass_g);
          line.set_packaging(statement::v1::PACKAGING_DRUM);
          line.set_package_count(1);
          line.set_method_code("D10");
        }
        issued.add_carriers()->set_organisation(carrier.device.organisation);
        issued.set_receiver(receiver.device.organisation);
        issued.set_receiver_site(receiver.site);
        issued.set_total_sent_mass_g(total_mass_g);
        if (batches.size() > kFewBatches) rules::SayOnceOfAllLines(issued);
      }));
  out.push_back(Sign({{&producer.device, statement::v1::CAPACITY_CONSIGNOR},
                      {&carrier.device, statement::v1::CAPACITY_CARRIER}},
                     [&](Statement& statement) {
                       auto& taken = *statement.mutable_load_taken();
                       taken.set_manifest(manifest);
                       taken.set_vehicle(vehicle);
                       taken.set_taken_time_ms(now_ms_);
                     }));
  out.push_back(Sign({{&carrier.device, statement::v1::CAPACITY_CARRIER},
                      {&receiver.device, statement::v1::CAPACITY_RECEIVER}},
                     [&](Statement& statement) {
                       auto& delivered = *statement.mutable_load_delivered();
                       delivered.set_manifest(manifest);
                       delivered.set_delivered_time_ms(now_ms_);
                     }));
  out.push_back(
      Sign({{&receiver.device, statement::v1::CAPACITY_RECEIVER}}, [&](Statement& statement) {
        auto& confirmed = *statement.mutable_receipt_confirmed();
        confirmed.set_manifest(manifest);
        for (const WasteBatch& batch : batches) {
          statement::v1::ReceivedLine& line = *confirmed.add_lines();
          line.set_batch(batch.id);
          line.set_outcome(statement::v1::LINE_OUTCOME_ACCEPTED);
          line.set_received_mass_g(batch.mass_g);
          line.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_ESTIMATED);
          line.set_method_code("D10");
        }
        if (batches.size() > kFewBatches) rules::SayOnceOfAllLines(confirmed);
        confirmed.set_total_received_mass_g(total_mass_g);
        confirmed.set_confirmed_time_ms(now_ms_);
      }));
  return out;
}

Custody::Custody(Signers& signers)
    : producer(signers.Register(statement::v1::ORGANISATION_ROLE_PRODUCER,
                                statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE, registrations)),
      carrier(signers.Register(statement::v1::ORGANISATION_ROLE_CARRIER,
                               statement::v1::FACILITY_KIND_STORAGE_YARD, registrations)),
      receiver(signers.Register(statement::v1::ORGANISATION_ROLE_OPERATOR,
                                statement::v1::FACILITY_KIND_DISPOSAL, registrations)) {
  registrations.push_back(signers.AddVehicle(carrier, vehicle));
  registrations.push_back(signers.License(carrier, statement::v1::LICENCE_KIND_TRANSPORT));
  registrations.push_back(signers.License(receiver, statement::v1::LICENCE_KIND_COMPREHENSIVE));
}

}  // namespace cradle::ledger::testing
