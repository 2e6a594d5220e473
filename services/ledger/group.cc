#include "services/ledger/group.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "services/ledger/founding.h"
#include "services/ledger/marks.h"
#include "services/ledger/refusals.h"
#include "services/ledger/request_order.h"
#include "services/ledger/store_layout.h"
#include "storage/evidence/entry.h"

namespace cradle::ledger {
namespace {

// Links order most submissions at once. What depends without a link (a site on its organisation, a
// key on its enrolment) may need another pass; so many are enough for any honest order, and the
// rest is refused with what it misses.
constexpr int kPassesMax = 8;

bool MayHoldLater(const rules::Refused& refused) {
  switch (refused.code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return refused.missing_predecessor.has_value();
    default:
      return true;
  }
}

bool FitsStore(const rules::Changes& changes) {
  return std::all_of(changes.begin(), changes.end(), [](const rules::Change& change) {
    return change.key.size() <= kv::kKeyBytesMax && change.value.size() <= kv::kValueBytesMax;
  });
}

// In the order of the keys: an ordered store takes them with fewer comparisons.
void PutInOrder(const rules::StateRows& rows, kv::Batch& batch) {
  std::vector<const rules::StateRows::value_type*> sorted;
  sorted.reserve(rows.size());
  for (const auto& row : rows) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* left, const auto* right) { return left->first < right->first; });
  for (const auto* row : sorted) batch.Put(row->first, row->second);
}

}  // namespace

Group::Group(const JudgingParts& parts, const rules::StateReader* before, uint64_t first_index,
             int64_t last_recorded_time_ms)
    : parts_(parts),
      first_index_(first_index),
      last_recorded_time_ms_(last_recorded_time_ms),
      state_(before) {}

void Group::Judge(Submission& submission) {
  std::vector<size_t> open = OrderByLinks(submission.statements);
  for (int pass = 0; pass < kPassesMax && !open.empty(); ++pass) {
    std::vector<size_t> again;
    bool progress = false;
    for (const size_t position : open) {
      StatementInFlight& statement = submission.statements[position];
      if (absl::Status status = JudgeOne(statement); !status.ok()) {
        submission.failed = std::move(status);
        return;
      }
      if (!statement.refused) {
        progress = true;
      } else if (MayHoldLater(*statement.refused)) {
        again.push_back(position);
      }
    }
    if (!progress) return;
    open = std::move(again);
  }
}

absl::Status Group::JudgeOne(StatementInFlight& statement) {
  statement.refused.reset();
  statement.disputed = false;
  if (!statement.unattested && !statement.unproven.empty()) {
    if (absl::Status status = parts_.prover->ProveRest(state_, statement); !status.ok()) {
      return status;
    }
  }
  const auto& message = statement.statement.message;
  statement.refused =
      CheckLogStatement(*parts_.identity, *parts_.library, message, end_index() > 0);
  if (statement.refused) return absl::OkStatus();

  std::optional<rules::Refused> unattested = statement.unattested;
  if (!unattested && !statement.unproven.empty()) {
    const size_t first = statement.unproven.front();
    unattested = RefuseUnknownKey(first, statement.attestations[first].message.key_id());
  }
  // Without proof it is judged as if nobody had attested it: origin and idempotency come first.
  static const std::vector<rules::ProvenAttestation> kNone;
  const int64_t recorded_time_ms = std::max(parts_.clock->NowMs(), last_recorded_time_ms_);
  auto verdict =
      rules::Admit(state_, *parts_.library, parts_.identity->origin, statement.statement,
                   unattested ? kNone : statement.attestations, recorded_time_ms, end_index());
  if (!verdict.ok()) return verdict.status();
  if (const auto* duplicate = std::get_if<rules::Duplicate>(&*verdict)) {
    statement.index = duplicate->index;
    statement.repeated = true;
    statement.disputed = duplicate->disputed;
    statement.heads = duplicate->heads;
    return absl::OkStatus();
  }
  auto* refused = std::get_if<rules::Refused>(&*verdict);
  if (unattested) {
    const bool foreign = refused != nullptr && message.log_origin() != parts_.identity->origin;
    statement.refused = foreign ? std::move(*refused) : *std::move(unattested);
    return absl::OkStatus();
  }
  if (refused != nullptr) {
    statement.refused = std::move(*refused);
    return absl::OkStatus();
  }
  if (auto* disputed = std::get_if<rules::Disputed>(&*verdict)) {
    statement.disputed = true;
    statement.heads = std::move(disputed->heads);
    return Take(statement, evidence::EntryKind::kDisputed, std::move(disputed->changes),
                std::move(disputed->marks), recorded_time_ms);
  }
  auto& admitted = std::get<rules::Admitted>(*verdict);
  return Take(statement, evidence::EntryKind::kAdmitted, std::move(admitted.changes),
              std::move(admitted.marks), recorded_time_ms);
}

absl::Status Group::Take(StatementInFlight& statement, evidence::EntryKind kind,
                         rules::Changes changes, std::vector<rules::Violation> marks,
                         int64_t recorded_time_ms) {
  const auto& message = statement.statement.message;
  if (statement.attestations.size() != static_cast<size_t>(message.parties_size())) {
    return absl::InternalError("the rules admitted a statement that not all parties attest");
  }
  if (!FitsStore(changes)) {
    statement.refused = RefuseStateSize();
    return absl::OkStatus();
  }
  evidence::Entry entry;
  entry.kind = kind;
  entry.recorded_time_ms = recorded_time_ms;
  entry.signed_statement = {statement.signed_attestations, statement.statement.bytes};
  if (absl::Status status = DrawSalt(entry.salt); !status.ok()) return status;
  auto bytes = evidence::EncodeEntry(entry);
  if (!bytes.ok()) {
    statement.refused = RefuseForm(bytes.status(), "");
    return absl::OkStatus();
  }
  GroupEntry taken;
  taken.bytes = *std::move(bytes);
  if (!marks.empty()) taken.marks = EncodeMarks(marks);
  statement.index = end_index();
  statement.marks = std::move(marks);
  state_.Apply(std::move(changes));
  last_recorded_time_ms_ = recorded_time_ms;
  entries_.push_back(std::move(taken));
  return absl::OkStatus();
}

// Drawn for several entries at once: a call of the system costs more than the bytes.
absl::Status Group::DrawSalt(evidence::Salt& salt) {
  if (salts_left_ == 0) {
    if (getentropy(salts_.data(), sizeof(salts_)) != 0) {
      return absl::UnavailableError("the system gave no random bytes for an entry's salt");
    }
    salts_left_ = salts_.size();
  }
  salt = salts_[--salts_left_];
  return absl::OkStatus();
}

void Group::Write(evidence::Frontier& frontier, kv::Batch& batch) const {
  uint64_t index = first_index_;
  for (const GroupEntry& entry : entries_) {
    frontier.Append(evidence::LeafHash(entry.bytes));
    batch.Put(EntryKey(index), entry.bytes);
    if (!entry.marks.empty()) batch.Put(MarksKey(index), entry.marks);
    ++index;
  }
  for (const evidence::TileWrite& tile : frontier.TakeChanged()) {
    batch.Put(TileKey(tile.tile), tile.hashes);
  }
  PutInOrder(state_.changed(), batch);
  if (first_index_ == 0) batch.Put(kStateVersionKey, BigEndian(rules::kStateVersion));
  batch.Put(kSizeKey, BigEndian(frontier.size()));
  batch.Put(kRootKey, evidence::AsBytes(frontier.Root()));
}

std::vector<std::string> Group::TakeEntries() {
  std::vector<std::string> bytes;
  bytes.reserve(entries_.size());
  for (GroupEntry& entry : entries_) bytes.push_back(std::move(entry.bytes));
  return bytes;
}

}  // namespace cradle::ledger
