#include "services/audit/ledger_source.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/note.h"

namespace cradle::audit {
namespace {

constexpr uint32_t kChainPage = 1'000;

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

absl::StatusOr<std::vector<evidence::Hash>> ToPath(const v1::GetProofResponse& response) {
  std::vector<evidence::Hash> path;
  for (const std::string& bytes : response.path()) {
    absl::StatusOr<evidence::Hash> hash = evidence::HashFromBytes(bytes);
    if (!hash.ok()) return hash.status();
    path.push_back(*hash);
  }
  return path;
}

class Call {
 public:
  explicit Call(std::chrono::milliseconds timeout) {
    context_.set_deadline(std::chrono::system_clock::now() + timeout);
  }
  grpc::ClientContext* operator()() { return &context_; }

 private:
  grpc::ClientContext context_;
};

}  // namespace

absl::StatusOr<std::string> LedgerSource::Checkpoint() const {
  Call call(call_timeout_);
  v1::GetCheckpointResponse response;
  const grpc::Status status = ledger_.GetCheckpoint(call(), {}, &response);
  if (!status.ok()) return FromGrpc(status);
  return std::move(*response.mutable_checkpoint());
}

absl::StatusOr<EntryBundle> LedgerSource::ReadEntryBundle(uint64_t index, uint64_t width) const {
  Call call(call_timeout_);
  v1::ReadEntriesRequest request;
  request.set_from_index(index * evidence::kTileWidth);
  request.set_until_size(request.from_index() + width);
  EntryBundle bundle;
  bundle.name = evidence::EntryBundlePath(index, width);
  auto stream = ledger_.ReadEntries(call(), request);
  v1::ReadEntriesResponse chunk;
  absl::Status broken;
  while (stream->Read(&chunk)) {
    if (chunk.first_index() != request.from_index() + bundle.width) {
      broken = absl::DataLossError(fmt::format("the ledger sent entry {} where {} follows",
                                               chunk.first_index(),
                                               request.from_index() + bundle.width));
    }
    for (const std::string& entry : chunk.entries()) {
      if (broken.ok() && bundle.width < width) {
        broken = evidence::AppendToBundle(bundle.bytes, entry);
        ++bundle.width;
      }
    }
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return FromGrpc(status);
  if (!broken.ok()) return broken;
  if (bundle.width < width) {
    return absl::NotFoundError(fmt::format("the ledger sent {} of {} entries from {} on",
                                           bundle.width, width, request.from_index()));
  }
  return bundle;
}

absl::StatusOr<std::string> LedgerSource::ReadRuleBundle(std::string_view sha256) const {
  Call call(call_timeout_);
  v1::GetRuleDataRequest request;
  request.set_sha256(std::string(sha256));
  v1::GetRuleDataResponse response;
  const grpc::Status status = ledger_.GetRuleData(call(), request, &response);
  if (!status.ok()) return FromGrpc(status);
  return std::move(*response.mutable_bundle());
}

absl::StatusOr<std::vector<evidence::Hash>> LedgerSource::ConsistencyPath(uint64_t old_size,
                                                                          uint64_t new_size) const {
  Call call(call_timeout_);
  v1::GetProofRequest request;
  request.mutable_consistency()->set_old_size(old_size);
  request.mutable_consistency()->set_new_size(new_size);
  v1::GetProofResponse response;
  const grpc::Status status = ledger_.GetProof(call(), request, &response);
  if (!status.ok()) return FromGrpc(status);
  return ToPath(response);
}

absl::StatusOr<std::vector<evidence::Hash>> LedgerSource::InclusionPath(uint64_t index,
                                                                        uint64_t size) const {
  Call call(call_timeout_);
  v1::GetProofRequest request;
  request.mutable_inclusion()->set_index(index);
  request.mutable_inclusion()->set_size(size);
  v1::GetProofResponse response;
  const grpc::Status status = ledger_.GetProof(call(), request, &response);
  if (!status.ok()) return FromGrpc(status);
  return ToPath(response);
}

absl::StatusOr<std::vector<ProvenEntry>> LedgerSource::ReadChain(const std::string& chain) const {
  std::vector<ProvenEntry> entries;
  while (true) {
    Call call(call_timeout_);
    v1::GetChainRequest request;
    request.set_chain(chain);
    request.set_from_height(entries.size());
    request.set_limit(kChainPage);
    v1::GetChainResponse response;
    const grpc::Status status = ledger_.GetChain(call(), request, &response);
    if (!status.ok()) return FromGrpc(status);
    for (v1::GetChainResponse::Element& element : *response.mutable_elements()) {
      if (element.height() != entries.size()) {
        return absl::DataLossError(fmt::format("the ledger sent height {} of {} where {} follows",
                                               element.height(), chain, entries.size()));
      }
      entries.push_back({element.index(), std::move(*element.mutable_entry()), {}});
    }
    if (response.elements().empty() || entries.size() > response.head().height()) return entries;
  }
}

absl::Status LedgerSource::WaitForSize(uint64_t size) const {
  if (size == 0) return absl::OkStatus();
  Call call(call_timeout_);
  v1::ReadEntriesRequest request;
  request.set_from_index(size - 1);
  request.set_until_size(size);
  request.set_follow(true);
  auto stream = ledger_.ReadEntries(call(), request);
  v1::ReadEntriesResponse chunk;
  bool reached = false;
  while (stream->Read(&chunk)) reached = reached || chunk.entries_size() > 0;
  const grpc::Status status = stream->Finish();
  if (reached) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("the log has not reached {} entries: {}", size,
                  status.ok() ? "the ledger ended the stream" : status.error_message()));
}

namespace {

// Follows the keys of a chain's entries back to the founding.
class EnrolmentSearch {
 public:
  EnrolmentSearch(const LedgerSource& source, ChainBundle& bundle)
      : source_(source), bundle_(bundle) {}

  absl::Status Run() {
    for (const ProvenEntry& entry : bundle_.entries) Want(entry);
    while (!wanted_.empty()) {
      const AttestingKey key = std::move(wanted_.front());
      wanted_.pop_front();
      if (absl::Status status = ReadOrganisation(key.organisation); !status.ok()) return status;
      const auto found = enrolled_in_.find(key.key_id);
      if (found == enrolled_in_.end()) continue;  // the verification says that it is missing
      const ProvenEntry& enrolment = found->second;
      if (!taken_.insert(enrolment.index).second) continue;
      bundle_.enrolments.push_back(enrolment);
      Want(enrolment);
    }
    return absl::OkStatus();
  }

 private:
  void Want(const ProvenEntry& entry) {
    for (AttestingKey& key : AttestingKeys(entry.entry)) {
      if (!key.organisation.empty() && asked_.insert(key.key_id).second) {
        wanted_.push_back(std::move(key));
      }
    }
  }

  absl::Status ReadOrganisation(const std::string& organisation) {
    if (!read_.insert(organisation).second) return absl::OkStatus();
    absl::StatusOr<std::vector<ProvenEntry>> entries = source_.ReadChain("org:" + organisation);
    if (absl::IsNotFound(entries.status())) return absl::OkStatus();
    if (!entries.ok()) return entries.status();
    for (ProvenEntry& entry : *entries) {
      for (const std::string& key_id : EnrolledKeys(entry.entry)) {
        enrolled_in_.try_emplace(key_id, entry);
      }
    }
    return absl::OkStatus();
  }

  const LedgerSource& source_;
  ChainBundle& bundle_;
  std::deque<AttestingKey> wanted_;
  std::set<std::string> asked_;
  std::set<std::string> read_;
  std::map<std::string, ProvenEntry> enrolled_in_;
  std::set<uint64_t> taken_;
};

}  // namespace

absl::StatusOr<ChainBundle> FetchChain(const LedgerSource& source, const std::string& chain) {
  ChainBundle bundle;
  bundle.chain = chain;
  absl::StatusOr<std::vector<ProvenEntry>> entries = source.ReadChain(chain);
  if (!entries.ok()) return entries.status();
  bundle.entries = std::move(*entries);
  if (absl::Status found = EnrolmentSearch(source, bundle).Run(); !found.ok()) return found;

  // After all entries, so that it covers them.
  absl::StatusOr<std::string> note = source.Checkpoint();
  if (!note.ok()) return note.status();
  bundle.checkpoint = *note;
  absl::StatusOr<evidence::Note> parsed = evidence::ParseNote(*note);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::ParseCheckpointText(parsed->text);
  if (!checkpoint.ok()) return checkpoint.status();
  for (std::vector<ProvenEntry>* list : {&bundle.entries, &bundle.enrolments}) {
    for (ProvenEntry& entry : *list) {
      absl::StatusOr<std::vector<evidence::Hash>> path =
          source.InclusionPath(entry.index, checkpoint->size);
      if (!path.ok()) return path.status();
      entry.path = std::move(*path);
    }
  }
  return bundle;
}

}  // namespace cradle::audit
