#include "services/audit/core/verify_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "services/audit/core/attesters.h"
#include "services/audit/core/entry_check.h"
#include "storage/evidence/proof.h"

namespace cradle::audit {
namespace {

using evidence::AsBytes;
using evidence::Hex;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class ChainVerification {
 public:
  ChainVerification(const ChainBundle& bundle, const evidence::NoteVerifier& log_key)
      : bundle_(bundle), log_key_(log_key), attesters_(log_key) {}

  Report Run() {
    if (OpenCheckpoint()) {
      for (const ProvenEntry& entry : bundle_.enrolments) Add(entry);
      for (const ProvenEntry& entry : bundle_.entries) Add(entry);
      for (auto& [index, entry] : entries_) Check(index, entry);
      CheckLinks();
      report_.entries = bundle_.entries.size();
      report_.root = checkpoint_.root;
    }
    if (bundle_.entries.empty()) {
      findings_.Add("empty", {Verdict::kUnavailable, std::nullopt, bundle_.chain,
                              "the bundle has no entry of it"});
    }
    WriteScope();
    Conclude(findings_, report_);
    return std::move(report_);
  }

 private:
  struct Known {
    const ProvenEntry* proven = nullptr;
    CheckedEntry checked;
  };

  bool OpenCheckpoint() {
    absl::StatusOr<evidence::Checkpoint> opened =
        evidence::OpenCheckpoint(bundle_.checkpoint, log_key_);
    if (opened.ok()) {
      checkpoint_ = *opened;
      return true;
    }
    findings_.Add("checkpoint",
                  {absl::IsNotFound(opened.status()) ? Verdict::kUnverifiable : Verdict::kTampered,
                   std::nullopt, "checkpoint", Message(opened.status())});
    return false;
  }

  void Add(const ProvenEntry& proven) {
    const auto [place, added] = entries_.try_emplace(proven.index);
    if (added) {
      place->second = {&proven, ParseEntry(proven.entry)};
    } else if (place->second.proven->entry != proven.entry) {
      findings_.AddEntry("twice", Verdict::kTampered, proven.index,
                         "the bundle has two entries of this index");
    }
  }

  // In order of index, so that a key is known only after its enrolment.
  void Check(uint64_t index, Known& known) {
    const absl::Status included = evidence::VerifyInclusion(
        index, checkpoint_.size, known.checked.leaf, known.proven->path, checkpoint_.root);
    if (!included.ok()) {
      findings_.AddEntry("inclusion", Verdict::kTampered, index, Message(included));
    }
    CheckedEntry& checked = known.checked;
    if (!checked.form.ok()) {
      findings_.AddEntry(
          "form", absl::IsUnimplemented(checked.form) ? Verdict::kUnverifiable : Verdict::kTampered,
          index, Message(checked.form));
      return;
    }
    if (checked.statement.message.log_origin() != log_key_.name()) {
      findings_.AddEntry("origin", Verdict::kTampered, index,
                         fmt::format("it was made for the log '{}', not for '{}'",
                                     checked.statement.message.log_origin(), log_key_.name()));
    }
    if (checked.entry.recorded_time_ms < last_recorded_time_ms_) {
      findings_.AddEntry("time", Verdict::kTampered, index,
                         "recorded before an entry ahead of it in the log");
    }
    last_recorded_time_ms_ = std::max(last_recorded_time_ms_, checked.entry.recorded_time_ms);
    CheckAttestations(index, included.ok(), checked);
  }

  void CheckAttestations(uint64_t index, bool included, CheckedEntry& checked) {
    const std::vector<absl::Status> proven = attesters_.Take(index, included, checked);
    for (size_t i = 0; i < proven.size(); ++i) {
      if (proven[i].ok()) {
        ++report_.attestations;
        continue;
      }
      const std::string reason =
          fmt::format("attestation {} by key {}: {}", i,
                      Hex(checked.attestations[i].message.key_id()), Message(proven[i]));
      if (absl::IsNotFound(proven[i]) || absl::IsUnimplemented(proven[i])) {
        findings_.AddEntry("key", Verdict::kUnverifiable, index, reason);
      } else {
        findings_.AddEntry(absl::IsPermissionDenied(proven[i]) ? "party" : "signature",
                           Verdict::kTampered, index, reason);
      }
    }
  }

  void CheckLinks() {
    const CheckedEntry* before = nullptr;
    for (size_t i = 0; i < bundle_.entries.size(); ++i) {
      const uint64_t index = bundle_.entries[i].index;
      const uint64_t height = bundle_.first_height + i;
      const CheckedEntry& checked = entries_.at(index).checked;
      if (i > 0 && index <= bundle_.entries[i - 1].index) {
        findings_.AddEntry("order", Verdict::kTampered, index,
                           fmt::format("it is at height {} and stands in the log before height {}",
                                       height, height - 1));
      }
      if (checked.form.ok()) CheckLink(index, height, checked, before);
      before = checked.form.ok() ? &checked : nullptr;
    }
  }

  void CheckLink(uint64_t index, uint64_t height, const CheckedEntry& checked,
                 const CheckedEntry* before) {
    const auto& links = checked.statement.message.links();
    const auto link = std::find_if(links.begin(), links.end(), [this](const auto& candidate) {
      return candidate.chain() == bundle_.chain;
    });
    if (checked.entry.kind != evidence::EntryKind::kAdmitted) {
      findings_.AddEntry(
          "link", Verdict::kTampered, index,
          fmt::format("it is kept as disputed and stands at no height of {}", bundle_.chain));
    } else if (link == links.end()) {
      findings_.AddEntry("link", Verdict::kTampered, index,
                         fmt::format("it does not extend {}", bundle_.chain));
    } else if (link->height() != height) {
      findings_.AddEntry("link", Verdict::kTampered, index,
                         fmt::format("it links to {} at height {} and is given as height {}",
                                     bundle_.chain, link->height(), height));
    } else if (before != nullptr && link->previous() != AsBytes(before->statement.hash)) {
      findings_.AddEntry("link", Verdict::kTampered, index,
                         fmt::format("it follows another statement than the one at height {} of {}",
                                     height - 1, bundle_.chain));
    }
  }

  void WriteScope() {
    const uint64_t end = bundle_.first_height + bundle_.entries.size();
    report_.scope = fmt::format(
        "Read {} entries of {}, heights {} to {}, and {} entries that enrol keys; proved {} "
        "attestations. ",
        bundle_.entries.size(), bundle_.chain, bundle_.first_height, end == 0 ? 0 : end - 1,
        bundle_.enrolments.size(), report_.attestations);
    report_.scope += fmt::format(
        "This shows that these statements are in the log of {} entries and follow each other{}. It "
        "does not show that nothing came later, that no key was revoked, or that the rules allowed "
        "it: only reading the whole log does.",
        checkpoint_.size, bundle_.first_height == 0 ? " from the beginning of the chain" : "");
  }

  const ChainBundle& bundle_;
  const evidence::NoteVerifier& log_key_;
  Report report_;
  Findings findings_;
  evidence::Checkpoint checkpoint_;
  std::map<uint64_t, Known> entries_;
  Attesters attesters_;
  int64_t last_recorded_time_ms_ = INT64_MIN;
};

}  // namespace

Report VerifyChain(const ChainBundle& bundle, const evidence::NoteVerifier& log_key) {
  return ChainVerification(bundle, log_key).Run();
}

std::vector<AttestingKey> AttestingKeys(std::string_view entry) {
  const CheckedEntry checked = ParseEntry(entry);
  std::vector<AttestingKey> keys;
  if (!checked.form.ok()) return keys;
  for (size_t i = 0; i < checked.attestations.size(); ++i) {
    keys.push_back({checked.statement.message.parties(static_cast<int>(i)).organisation(),
                    checked.attestations[i].message.key_id()});
  }
  return keys;
}

std::vector<std::string> EnrolledKeys(std::string_view entry) {
  const CheckedEntry checked = ParseEntry(entry);
  std::vector<std::string> ids;
  if (!checked.form.ok()) return ids;
  for (const Enrolment& enrolment : EnrolmentsIn(checked.statement.message)) {
    ids.emplace_back(AsBytes(evidence::Sha256(enrolment.spki_der)));
  }
  return ids;
}

}  // namespace cradle::audit
