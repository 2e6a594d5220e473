#include "services/audit/core/attesters.h"

#include <fmt/format.h>

#include "storage/evidence/hash.h"

namespace cradle::audit {

using evidence::AsBytes;

std::vector<Enrolment> EnrolmentsIn(const statement::v1::Statement& statement) {
  const auto of = [](const statement::v1::DeviceKeyEnrolled& enrolled) {
    return Enrolment{enrolled.organisation(), enrolled.algorithm(), enrolled.key()};
  };
  if (statement.has_device_key_enrolled()) return {of(statement.device_key_enrolled())};
  if (statement.has_founded()) return {of(statement.founded().regulator_key())};
  return {};
}

Attesters::Attesters(const evidence::NoteVerifier& log_key) : log_key_(log_key) {
  keys_.Add(statement::v1::KEY_ALGORITHM_ED25519, log_key.key().spki_der());
}

std::vector<absl::Status> Attesters::Take(uint64_t index, bool in_log, CheckedEntry& checked) {
  const statement::v1::Statement& statement = checked.statement.message;
  const bool founds = index == 0 && statement.has_founded();
  if (in_log && founds) Enrol(EnrolmentsIn(statement));
  ProveAttestations(keys_, checked);
  std::vector<absl::Status> proven = checked.signatures;
  for (size_t i = 0; i < proven.size(); ++i) {
    const statement::v1::Party& party = statement.parties(static_cast<int>(i));
    if (!proven[i].ok() || IsOf(party, checked.attestations[i].message.key_id())) continue;
    proven[i] = absl::PermissionDeniedError(
        fmt::format("the key is not enrolled for {}",
                    party.organisation().empty() ? "the log itself" : party.organisation()));
  }
  // A disputed entry enrols nobody.
  const bool admitted = checked.entry.kind == evidence::EntryKind::kAdmitted;
  if (in_log && admitted && !statement.has_founded()) Enrol(EnrolmentsIn(statement));
  return proven;
}

void Attesters::Enrol(const std::vector<Enrolment>& enrolments) {
  for (const Enrolment& enrolment : enrolments) {
    keys_.Add(enrolment.algorithm, enrolment.spki_der);
    organisations_[std::string(AsBytes(evidence::Sha256(enrolment.spki_der)))].insert(
        enrolment.organisation);
  }
}

bool Attesters::IsOf(const statement::v1::Party& party, const std::string& key_id) const {
  if (party.capacity() == statement::v1::CAPACITY_LOG) {
    return key_id == AsBytes(log_key_.key().id());
  }
  const auto found = organisations_.find(key_id);
  return found != organisations_.end() && found->second.count(party.organisation()) != 0;
}

}  // namespace cradle::audit
