// Well-formed things that a test then damages.
#ifndef CRADLE_TESTS_STORAGE_EVIDENCE_SAMPLES_H_
#define CRADLE_TESTS_STORAGE_EVIDENCE_SAMPLES_H_

#include <string>

#include "storage/evidence/entry.h"
#include "storage/evidence/statement.h"

namespace cradle::evidence {

inline std::string SampleId(char c) { return IdFromBytes(std::string(16, c)); }

inline statement::v1::Statement SampleStatement() {
  statement::v1::Statement statement;
  statement.set_format(1);
  statement.set_log_origin("log.example/district");
  statement.set_nonce("0123456789abcdef");
  statement.set_claimed_time_ms(1'735'689'600'000);
  auto* party = statement.add_parties();
  party->set_organisation(SampleId('o'));
  party->set_capacity(statement::v1::CAPACITY_ORGANISATION);
  auto* link = statement.add_links();
  link->set_chain("batch:" + SampleId('b'));
  link->set_height(1);
  link->set_previous(std::string(32, 'p'));
  auto* stored = statement.mutable_batch_stored();
  stored->set_batch(SampleId('b'));
  stored->set_facility(SampleId('f'));
  stored->set_stored_mass_g(125'000);
  stored->set_stored_time_ms(1'735'689'500'000);
  return statement;
}

// A statement with messages three deep and enums in several places.
inline statement::v1::Statement SampleManifest() {
  statement::v1::Statement statement = SampleStatement();
  statement.mutable_parties(0)->set_capacity(statement::v1::CAPACITY_CONSIGNOR);
  statement.mutable_links(0)->set_chain("manifest:" + SampleId('m'));
  statement.mutable_links(0)->set_height(0);
  statement.mutable_links(0)->clear_previous();
  auto* issued = statement.mutable_manifest_issued();
  issued->set_manifest(SampleId('m'));
  for (char c : {'x', 'y'}) {
    auto* link = statement.add_links();
    link->set_chain("batch:" + SampleId(c));
    link->set_height(2);
    link->set_previous(std::string(32, c));
    auto* line = issued->add_lines();
    line->set_batch(SampleId(c));
    line->set_waste_code("900-214-08");
    line->set_sent_mass_g(1000);
    line->set_packaging(statement::v1::PACKAGING_DRUM);
  }
  return statement;
}

inline statement::v1::Attestation SampleAttestation(const PrivateKey& key) {
  statement::v1::Attestation attestation;
  attestation.set_statement_hash(std::string(AsBytes(StatementHash("statement"))));
  attestation.set_key_id(std::string(AsBytes(key.public_key().id())));
  attestation.set_person(SampleId('p'));
  attestation.set_seq(7);
  attestation.mutable_seen()->set_size(42);
  attestation.mutable_seen()->set_root(std::string(32, 'r'));
  return attestation;
}

inline Entry SampleEntry() {
  Entry entry;
  entry.recorded_time_ms = 1'735'689'600'123;
  entry.salt.fill(0xA5);
  entry.signed_statement.statement = Serialize(SampleStatement());
  entry.signed_statement.attestations = {
      {statement::v1::KEY_ALGORITHM_ECDSA_P256, "first attestation", std::string(64, '1')},
      {statement::v1::KEY_ALGORITHM_ED25519, "second", std::string(64, '2')}};
  return entry;
}

}  // namespace cradle::evidence

#endif  // CRADLE_TESTS_STORAGE_EVIDENCE_SAMPLES_H_
