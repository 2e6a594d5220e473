#include "tests/services/runtime/district.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "absl/time/civil_time.h"
#include "services/rules/calendar.h"
#include "services/rules/disputes.h"

namespace cradle::test {
namespace {

using statement::v1::Statement;

constexpr char kOrigin[] = "cradle.example/district";

// A bundle is 14 tables long to parse: once for all tests of a program.
std::shared_ptr<const rules::RuleData> LoadRuleData() {
  static const std::shared_ptr<const rules::RuleData> kData = [] {
    const std::string bundle = rules::PackRuleData("deploy/rule_data").value();
    return rules::RuleData::FromBundle(bundle).value();
  }();
  return kData;
}

evidence::PrivateKey NewKey(evidence::KeyAlgorithm algorithm) {
  return evidence::PrivateKey::Generate(algorithm).value();
}

void FillKey(const Actor& actor, statement::v1::DeviceKeyEnrolled& enrolled) {
  enrolled.set_organisation(actor.organisation);
  enrolled.set_algorithm(statement::v1::KEY_ALGORITHM_ECDSA_P256);
  enrolled.set_key(actor.key.public_key().spki_der());
  enrolled.set_person(actor.person);
  enrolled.add_roles(statement::v1::KEY_ROLE_ADMINISTRATOR);
  enrolled.add_roles(statement::v1::KEY_ROLE_OPERATOR);
}

statement::v1::MassBasis Estimated() {
  statement::v1::MassBasis basis;
  basis.set_method(statement::v1::MASS_METHOD_ESTIMATED);
  return basis;
}

}  // namespace

int64_t UtcMs(int year, int month, int day, int hour, int minute) {
  return rules::StartOfDayMs(absl::CivilDay(year, month, day), 0) + hour * rules::kHourMs +
         minute * int64_t{60'000};
}

District::District()
    : regulator{NewId(), "青州市生态环境局",
                NewId(), "",
                "",      NewKey(statement::v1::KEY_ALGORITHM_ECDSA_P256)},
      producer(regulator),
      workshop(regulator),
      carrier(regulator),
      operating(regulator),
      data_(LoadRuleData()) {
  library_.Add(data_);
  Found();
  using statement::v1::FACILITY_KIND_DISPOSAL;
  using statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE;
  producer = Register("青州甲化工", "370781", statement::v1::ORGANISATION_ROLE_PRODUCER);
  producer.site = AddSite(producer, "甲化工厂区");
  producer.facility =
      AddFacility(producer, producer.site, "危废库", FACILITY_KIND_STORAGE_WAREHOUSE);
  workshop = Register("莱西乙机修", "370285", statement::v1::ORGANISATION_ROLE_PRODUCER);
  workshop.site = AddSite(workshop, "乙机修车间");
  workshop.facility =
      AddFacility(workshop, workshop.site, "贮存库", FACILITY_KIND_STORAGE_WAREHOUSE);
  carrier = Register("Lucheng 运输", "370781", statement::v1::ORGANISATION_ROLE_CARRIER);
  operating = Register("青州丁处置", "370781", statement::v1::ORGANISATION_ROLE_OPERATOR);
  operating.site = AddSite(operating, "丁处置厂区");
  operating.facility =
      AddFacility(operating, operating.site, "暂存库", FACILITY_KIND_STORAGE_WAREHOUSE);
  furnace = AddFacility(operating, operating.site, "焚烧线", FACILITY_KIND_DISPOSAL);
  vehicle = NewId();
  Assert({{carrier, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_vehicle_registered();
    registered.set_organisation(carrier.organisation);
    registered.set_vehicle(vehicle);
    registered.set_plate("鲁G12345");
    registered.set_permit_number("370781000001");
  });
  GrantLicence(carrier, statement::v1::LICENCE_KIND_TRANSPORT);
  GrantLicence(operating, statement::v1::LICENCE_KIND_COMPREHENSIVE);
}

std::string District::NewBytes() {
  std::string bytes(16, '\0');
  ++drawn_;
  bytes[0] = static_cast<char>(drawn_ * 37);  // so that ids do not sort as they were drawn
  bytes[14] = static_cast<char>(drawn_ >> 8);
  bytes[15] = static_cast<char>(drawn_);
  return bytes;
}

std::string District::NewId() { return evidence::IdFromBytes(NewBytes()); }

rules::Admitted District::Assert(std::vector<Asserter> parties,
                                 const std::function<void(Statement&)>& fill) {
  std::optional<rules::Verdict> verdict =
      Enter(parties, fill, nullptr, evidence::EntryKind::kAdmitted);
  return verdict ? std::get<rules::Admitted>(*std::move(verdict)) : rules::Admitted();
}

rules::Disputed District::AssertDisputed(std::vector<Asserter> parties,
                                         const std::function<void(Statement&)>& fill,
                                         const std::function<void(statement::v1::Link&)>& relink) {
  std::optional<rules::Verdict> verdict =
      Enter(parties, fill, relink, evidence::EntryKind::kDisputed);
  return verdict ? std::get<rules::Disputed>(*std::move(verdict)) : rules::Disputed();
}

std::optional<rules::Verdict> District::Enter(
    std::vector<Asserter>& parties, const std::function<void(Statement&)>& fill,
    const std::function<void(statement::v1::Link&)>& relink, evidence::EntryKind kind) {
  Statement message;
  for (const Asserter& party : parties) {
    statement::v1::Party& added = *message.add_parties();
    added.set_organisation(party.actor.organisation);
    added.set_capacity(party.capacity);
  }
  message.set_claimed_time_ms(now_ms_);
  fill(message);
  const absl::Status completed = rules::Complete(state_, kOrigin, NewBytes(), message);
  if (!completed.ok()) {
    ADD_FAILURE() << completed << "\n" << message.DebugString();
    return std::nullopt;
  }
  if (relink) relink(*message.mutable_links(0));
  absl::StatusOr<evidence::ParsedStatement> parsed =
      evidence::ParseStatement(evidence::Serialize(message));
  if (!parsed.ok()) {
    ADD_FAILURE() << parsed.status() << "\n" << message.DebugString();
    return std::nullopt;
  }

  evidence::Entry entry;
  entry.kind = kind;
  entry.recorded_time_ms = now_ms_;
  entry.salt[15] = static_cast<uint8_t>(size());
  entry.signed_statement.statement = parsed->bytes;
  std::vector<rules::ProvenAttestation> proven;
  for (size_t i = 0; i < parties.size(); ++i) {
    Actor& actor = parties[i].actor;
    statement::v1::Attestation attestation;
    attestation.set_statement_hash(std::string(evidence::AsBytes(parsed->hash)));
    attestation.set_party(static_cast<uint32_t>(i));
    attestation.set_key_id(std::string(evidence::AsBytes(actor.key.public_key().id())));
    attestation.set_person(actor.person);
    attestation.set_seq(++actor.seq);
    evidence::SignedAttestation attested = evidence::Attest(attestation, actor.key).value();
    proven.push_back({attested.algorithm, attestation});
    entry.signed_statement.attestations.push_back(std::move(attested));
  }
  absl::StatusOr<rules::Verdict> verdict =
      rules::Admit(state_, library_, kOrigin, *parsed, proven, now_ms_, size());
  const bool disputed = kind == evidence::EntryKind::kDisputed;
  const bool as_said =
      verdict.ok() && (disputed ? std::holds_alternative<rules::Disputed>(*verdict)
                                : std::holds_alternative<rules::Admitted>(*verdict));
  if (!as_said) {
    ADD_FAILURE() << verdict.status() << "\n" << message.DebugString();
    if (verdict.ok() && std::holds_alternative<rules::Refused>(*verdict)) {
      for (const rules::Violation& violation : std::get<rules::Refused>(*verdict).violations) {
        ADD_FAILURE() << violation.rule << " " << violation.field << ": " << violation.message_en;
      }
    }
    return std::nullopt;
  }
  state_.Apply(disputed ? std::get<rules::Disputed>(*verdict).changes
                        : std::get<rules::Admitted>(*verdict).changes);
  entries_.push_back(evidence::EncodeEntry(entry).value());
  now_ms_ += 1'000;
  return *std::move(verdict);
}

void District::Found() {
  Actor log{"", "", "", "", "", NewKey(statement::v1::KEY_ALGORITHM_ED25519)};
  Assert({{regulator, statement::v1::CAPACITY_REGULATOR}, {log, statement::v1::CAPACITY_LOG}},
         [&](Statement& statement) {
           statement::v1::Founded& founded = *statement.mutable_founded();
           founded.set_log_key(log.key.public_key().spki_der());
           founded.set_rule_set(rules::kLastRuleSet);
           founded.set_rule_data_sha256(std::string(evidence::AsBytes(data_->sha256())));
           auto& registered = *founded.mutable_regulator();
           registered.set_organisation(regulator.organisation);
           registered.set_name(regulator.name);
           registered.set_uscc("91350100M000100Y43");
           registered.set_division("370000");
           registered.add_roles(statement::v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
           FillKey(regulator, *founded.mutable_regulator_key());
         });
}

Actor District::Register(std::string name, std::string division,
                         statement::v1::OrganisationRole role) {
  Actor actor{
      NewId(), std::move(name), NewId(), "", "", NewKey(statement::v1::KEY_ALGORITHM_ECDSA_P256)};
  Assert({{regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_organisation_registered();
    registered.set_organisation(actor.organisation);
    registered.set_name(actor.name);
    registered.mutable_scoped()->set_division(division);
    registered.mutable_scoped()->set_local_id(actor.organisation);
    registered.mutable_scoped()->set_parent(regulator.organisation);
    registered.set_division(division);
    registered.add_roles(role);
  });
  Assert({{regulator, statement::v1::CAPACITY_REGULATOR}},
         [&](Statement& statement) { FillKey(actor, *statement.mutable_device_key_enrolled()); });
  return actor;
}

std::string District::AddSite(Actor& actor, const std::string& name, const std::string& time_zone) {
  const std::string site = NewId();
  Assert({{regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_site_registered();
    registered.set_organisation(actor.organisation);
    registered.set_site(site);
    registered.set_name(name);
    registered.set_division("370781");
    registered.set_time_zone(time_zone);
  });
  return site;
}

std::string District::AddFacility(Actor& actor, const std::string& site, const std::string& name,
                                  statement::v1::FacilityKind kind) {
  const std::string facility = NewId();
  Assert({{actor, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_facility_registered();
    registered.set_facility(facility);
    registered.set_organisation(actor.organisation);
    registered.set_site(site);
    registered.set_kind(kind);
    registered.set_name(name);
    registered.set_capacity_mass_g(100'000'000);
    registered.set_eia_reference("青环审〔2020〕1号");
    registered.set_acceptance_date("2021-06-30");
    if (kind == statement::v1::FACILITY_KIND_DISPOSAL) registered.add_method_codes("D10");
  });
  return facility;
}

void District::GrantLicence(Actor& holder, statement::v1::LicenceKind kind) {
  Assert({{regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& statement) {
    auto& granted = *statement.mutable_licence_granted();
    granted.set_organisation(holder.organisation);
    granted.set_licence_number("鲁危证" + std::to_string(kind));
    granted.set_kind(kind);
    granted.set_valid_from_date("2023-01-01");
    granted.set_valid_to_date("2025-12-31");
    for (const char* waste : {"HW08", "HW49"}) {
      statement::v1::LicenceScope& scope = *granted.add_scopes();
      scope.set_waste(waste);
      if (kind == statement::v1::LICENCE_KIND_TRANSPORT) continue;
      scope.add_method_codes("D10");
      scope.set_annual_mass_g(10'000'000'000);
    }
  });
}

Batch District::Generate(Actor& actor, int64_t generated_time_ms, int64_t mass_g,
                         const std::string& waste_code, int64_t opened_time_ms) {
  Batch batch{NewId(), waste_code, mass_g};
  Assert({{actor, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& generated = *statement.mutable_batch_generated();
    generated.set_batch(batch.id);
    generated.set_site(actor.site);
    generated.set_waste_code(waste_code);
    generated.set_generated_mass_g(mass_g);
    *generated.mutable_mass_basis() = Estimated();
    generated.set_form(statement::v1::PHYSICAL_FORM_LIQUID);
    generated.set_generated_time_ms(generated_time_ms);
    generated.set_opened_time_ms(opened_time_ms);
  });
  return batch;
}

Batch District::Declare(Actor& actor, const std::string& start_date, int64_t mass_g,
                        const std::string& waste_code, statement::v1::StockOrigin origin) {
  Batch batch{NewId(), waste_code, mass_g};
  Assert({{actor, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& declared = *statement.mutable_stock_declared();
    declared.set_batch(batch.id);
    declared.set_site(actor.site);
    declared.set_facility(actor.facility);
    declared.set_waste_code(waste_code);
    declared.set_stock_mass_g(mass_g);
    *declared.mutable_mass_basis() = Estimated();
    declared.set_form(statement::v1::PHYSICAL_FORM_SOLID);
    declared.set_storage_start_date(start_date);
    declared.set_origin(origin);
    declared.set_evidence_grade(statement::v1::EVIDENCE_GRADE_OWNER_WORD);
  });
  return batch;
}

void District::Store(Actor& actor, const Batch& batch, int64_t stored_time_ms) {
  Assert({{actor, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& stored = *statement.mutable_batch_stored();
    stored.set_batch(batch.id);
    stored.set_facility(actor.facility);
    stored.set_stored_mass_g(batch.mass_g);
    stored.set_stored_time_ms(stored_time_ms);
  });
}

void District::Treat(const Batch& batch) {
  Assert({{operating, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& treated = *statement.mutable_batch_treated();
    treated.set_batch(batch.id);
    treated.set_facility(furnace);
    treated.set_ending(statement::v1::ENDING_DISPOSED);
    treated.set_method_code("D10");
    treated.set_treated_mass_g(batch.mass_g);
    treated.set_treated_time_ms(now_ms_);
  });
}

std::string District::Issue(const std::vector<Batch>& batches, const std::string& official_number) {
  return IssueBetween(producer, operating, batches, official_number);
}

std::string District::IssueBetween(Actor& consignor, Actor& receiver,
                                   const std::vector<Batch>& batches,
                                   const std::string& official_number) {
  const std::string manifest = NewId();
  ends_[manifest] = {&consignor, &receiver};
  Assert({{consignor, statement::v1::CAPACITY_CONSIGNOR}}, [&](Statement& statement) {
    auto& issued = *statement.mutable_manifest_issued();
    issued.set_manifest(manifest);
    issued.set_consignor_site(consignor.site);
    int64_t total_mass_g = 0;
    for (const Batch& batch : batches) {
      statement::v1::ManifestLine& line = *issued.add_lines();
      line.set_batch(batch.id);
      line.set_waste_code(batch.waste_code);
      line.set_sent_mass_g(batch.mass_g);
      line.set_packaging(statement::v1::PACKAGING_DRUM);
      line.set_package_count(1);
      line.set_method_code("D10");
      total_mass_g += batch.mass_g;
    }
    issued.add_carriers()->set_organisation(carrier.organisation);
    issued.set_receiver(receiver.organisation);
    issued.set_receiver_site(receiver.site);
    issued.set_total_sent_mass_g(total_mass_g);
    issued.set_official_number(official_number);
    issued.set_plan_reference("GLJH-2024-1");
    issued.set_contract_sha256(std::string(32, 'c'));
  });
  if (!official_number.empty()) numbered_.insert(manifest);
  return manifest;
}

rules::Admitted District::Take(const std::string& manifest) {
  return Assert({{*ends_.at(manifest).consignor, statement::v1::CAPACITY_CONSIGNOR},
                 {carrier, statement::v1::CAPACITY_CARRIER}},
                [&](Statement& statement) {
                  auto& taken = *statement.mutable_load_taken();
                  taken.set_manifest(manifest);
                  taken.set_vehicle(vehicle);
                  taken.set_taken_time_ms(now_ms_);
                  if (!numbered_.insert(manifest).second) return;
                  taken.set_official_number(fmt::format("20243707{:06}", 900'000 + size()));
                });
}

rules::Disputed District::TakeAgain(const std::string& manifest) {
  return AssertDisputed(
      {{*ends_.at(manifest).consignor, statement::v1::CAPACITY_CONSIGNOR},
       {carrier, statement::v1::CAPACITY_CARRIER}},
      [&](Statement& statement) {
        auto& taken = *statement.mutable_load_taken();
        taken.set_manifest(manifest);
        taken.set_vehicle(vehicle);
        taken.set_taken_time_ms(now_ms_);
      },
      [&](statement::v1::Link& link) {
        const auto issue = rules::ReadStanding(state_, link.chain(), 0);
        ASSERT_TRUE(issue.ok() && issue->has_value()) << "nobody took it before";
        link.set_height(1);
        link.set_previous((*issue)->statement_hash());
      });
}

rules::Admitted District::Deliver(const std::string& manifest) {
  return Assert({{carrier, statement::v1::CAPACITY_CARRIER},
                 {*ends_.at(manifest).receiver, statement::v1::CAPACITY_RECEIVER}},
                [&](Statement& statement) {
                  auto& delivered = *statement.mutable_load_delivered();
                  delivered.set_manifest(manifest);
                  delivered.set_delivered_time_ms(now_ms_);
                });
}

rules::Admitted District::Confirm(const std::string& manifest, const std::vector<Batch>& batches,
                                  int64_t more_g) {
  return Assert({{*ends_.at(manifest).receiver, statement::v1::CAPACITY_RECEIVER}},
                [&](Statement& statement) {
                  auto& confirmed = *statement.mutable_receipt_confirmed();
                  confirmed.set_manifest(manifest);
                  int64_t total_mass_g = 0;
                  for (const Batch& batch : batches) {
                    statement::v1::ReceivedLine& line = *confirmed.add_lines();
                    line.set_batch(batch.id);
                    line.set_outcome(statement::v1::LINE_OUTCOME_ACCEPTED);
                    line.set_received_mass_g(batch.mass_g + more_g);
                    *line.mutable_mass_basis() = Estimated();
                    line.set_method_code("D10");
                    total_mass_g += batch.mass_g + more_g;
                  }
                  confirmed.set_total_received_mass_g(total_mass_g);
                  confirmed.set_confirmed_time_ms(now_ms_);
                });
}

std::string District::Refuse(const std::string& manifest, const std::vector<Batch>& batches) {
  const std::string rest = NewId();
  Assert({{*ends_.at(manifest).receiver, statement::v1::CAPACITY_RECEIVER}},
         [&](Statement& statement) {
           auto& confirmed = *statement.mutable_receipt_confirmed();
           confirmed.set_manifest(manifest);
           confirmed.set_confirmed_time_ms(now_ms_);
           int64_t total_mass_g = 0;
           for (const Batch& batch : batches) {
             statement::v1::ReceivedLine& line = *confirmed.add_lines();
             line.set_batch(batch.id);
             line.set_refusal_reason(statement::v1::REFUSAL_REASON_NO_CAPACITY);
             line.set_outcome(statement::v1::LINE_OUTCOME_REFUSED);
             if (confirmed.lines_size() == 1) continue;
             line.set_outcome(statement::v1::LINE_OUTCOME_PARTLY_ACCEPTED);
             line.set_received_mass_g(batch.mass_g);
             line.set_accepted_mass_g(batch.mass_g - 1);
             line.set_remainder_batch(rest);
             *line.mutable_mass_basis() = Estimated();
             total_mass_g += batch.mass_g;
           }
           confirmed.set_total_received_mass_g(total_mass_g);
         });
  return rest;
}

void District::Send(Actor& consignor, Actor& receiver, const Batch& batch) {
  const std::string manifest = IssueBetween(consignor, receiver, {batch});
  Take(manifest);
  Deliver(manifest);
  Confirm(manifest, {batch});
}

}  // namespace cradle::test
