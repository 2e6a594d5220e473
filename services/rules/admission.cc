#include "services/rules/admission.h"

#include <algorithm>
#include <utility>

#include "services/rules/attestations.h"
#include "services/rules/calendar.h"
#include "services/rules/chains.h"
#include "services/rules/contested.h"
#include "services/rules/disputes.h"
#include "services/rules/in_force.h"
#include "services/rules/judge.h"
#include "services/rules/paper.h"
#include "services/rules/read_state.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_exit.h"
#include "services/rules/state_keys.h"
#include "services/rules/time_of_act.h"

namespace cradle::rules {
namespace {

using S = statement::v1::Statement;

std::string BigEndian(uint64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  return bytes;
}

// One statement on its way through the checks, in the order Admit promises.
class Admission {
 public:
  Admission(const StateReader& state, const RuleDataLibrary& library, std::string_view log_origin,
            const evidence::ParsedStatement& statement,
            const std::vector<ProvenAttestation>& attestations, int64_t recorded_time_ms,
            uint64_t index)
      : library_(library),
        log_origin_(log_origin),
        hash_(evidence::AsBytes(statement.hash)),
        message_(statement.message),
        attestations_(attestations),
        judge_(state, statement.message, recorded_time_ms, index) {}

  absl::StatusOr<Verdict> Run() {
    if (message_.log_origin() != log_origin_) return RefuseOrigin();
    nonce_ = judge_.Read<state::v1::NonceState>(keys::Nonce(message_.nonce()));
    if (const auto index = FindSame()) return Repeat(*index);
    log_ = judge_.Read<state::v1::LogState>(keys::Log());
    JudgePlace();
    if (Stop()) return Refuse();
    if (absl::Status found = FindRules(); !found.ok()) return found;
    JudgeInForce(judge_, kLastRuleSet);
    if (Stop()) return Refuse();
    JudgeNonce();
    if (Stop()) return Refuse();
    heads_ = ReadHeads(judge_);
    if (keeps_disputes_) named_ = FindNamed(judge_, heads_);
    if (absl::Status timed = SetActTime(); !timed.ok()) return timed;
    JudgeAttestations(judge_, hash_, attestations_, offline_window_ms_);
    if (Stop()) return Refuse();
    JudgeLinks(judge_, heads_, missing_);
    if (Stop()) return DisputeOrRefuse();
    JudgeExits(judge_);
    judge_.row().judge(judge_);
    if (absl::Status adopted = CheckAdopted(); !Stop() && !adopted.ok()) return adopted;
    if (Stop()) return Refuse();
    return Finish();
  }

 private:
  bool Stop() const { return judge_.forbidden() || !judge_.status().ok(); }

  absl::StatusOr<Verdict> Refuse() {
    if (!judge_.status().ok()) return judge_.status();
    Refused refused;
    refused.code = judge_.code();
    refused.violations = std::move(judge_.forbids());
    for (Violation& mark : judge_.marks()) refused.violations.push_back(std::move(mark));
    return refused;
  }

  absl::StatusOr<Verdict> RefuseLinks() {
    absl::StatusOr<Verdict> verdict = Refuse();
    if (!verdict.ok()) return verdict;
    auto& refused = std::get<Refused>(*verdict);
    refused.heads = TellHeads(message_, heads_);
    refused.missing_predecessor = missing_;
    return verdict;
  }

  // The entry of the same statement. It bears the same nonce, whoever attests it.
  std::optional<uint64_t> FindSame() const {
    if (!nonce_) return std::nullopt;
    for (const auto& use : nonce_->uses()) {
      if (use.statement_hash() == hash_) return use.index();
    }
    return std::nullopt;
  }

  // A retry is answered as the statement was.
  absl::StatusOr<Verdict> Repeat(uint64_t index) {
    Duplicate duplicate;
    duplicate.index = index;
    const auto entry = judge_.Read<state::v1::EntryState>(keys::Entry(index));
    duplicate.disputed = entry && entry->disputed();
    if (duplicate.disputed) duplicate.heads = TellHeads(message_, ReadHeads(judge_));
    if (!judge_.status().ok()) return judge_.status();
    return duplicate;
  }

  absl::StatusOr<Verdict> DisputeOrRefuse() {
    if (!keeps_disputes_ || !judge_.status().ok()) return RefuseLinks();
    if (!JudgeContested(judge_, heads_, named_, missing_)) return RefuseLinks();
    if (Stop()) return RefuseLinks();  // too many
    Judge of_event(judge_.state(), message_, judge_.recorded_time_ms(), judge_.index());
    of_event.SetRules(log_->rule_set(), data_.get());
    of_event.SetLog(&*log_);
    of_event.SetActTime(judge_.act_time_ms());
    of_event.row().judge(of_event);
    JudgeForm(judge_, of_event);
    if (Stop()) return Refuse();
    Disputed disputed;
    disputed.places = PutClaims(judge_, heads_, hash_);
    if (!judge_.status().ok()) return judge_.status();
    PutEntry(/*disputed=*/true);
    disputed.changes = std::move(judge_.changes());
    disputed.marks = std::move(judge_.marks());
    disputed.heads = TellHeads(message_, heads_);
    disputed.act_time_ms = judge_.act_time_ms();
    return disputed;
  }

  absl::StatusOr<Verdict> RefuseOrigin() {
    judge_.Violate(
        RuleId::kLogOrigin, "log_origin",
        fmt::format("the statement is for the log \"{}\", this is \"{}\"", message_.log_origin(),
                    log_origin_),
        fmt::format("该陈述属于日志“{}”，本日志为“{}”", message_.log_origin(), log_origin_));
    return Refuse();
  }

  void JudgePlace() {
    const bool founding = message_.event_case() == S::kFounded;
    if (founding != !log_.has_value() || founding != (judge_.index() == 0)) {
      judge_.Violate(RuleId::kLogFounded, std::string(EventName(message_.event_case())),
                     founding ? "the log is founded already" : "the log is not founded yet",
                     founding ? "日志已创始" : "日志尚未创始");
    }
    const int64_t earliest = log_ ? log_->last_recorded_time_ms() : 0;
    if (judge_.recorded_time_ms() < earliest || judge_.recorded_time_ms() > kLastTimeMs) {
      judge_.Violate(
          RuleId::kLogTime, "recorded_time_ms",
          "the recorded time is before that of the entry before, or no time from 1970 to "
          "9999",
          "登记时间早于前一条目的登记时间，或不在1970年至9999年之间");
    }
  }

  absl::Status FindRules() {
    const bool founding = !log_.has_value();
    const uint32_t rule_set = founding ? message_.founded().rule_set() : log_->rule_set();
    data_ = FindAtHand(rule_set,
                       founding ? message_.founded().rule_data_sha256() : log_->rule_data_sha256());
    if (data_ == nullptr) return at_hand_;
    judge_.SetRules(rule_set, data_.get());
    if (log_) judge_.SetLog(&*log_);
    keeps_disputes_ = !founding && rule_set >= kFirstRuleSetOfDisputes;
    return absl::OkStatus();
  }

  // Null: not at hand, and at_hand_ says what is missing.
  std::shared_ptr<const RuleData> FindAtHand(uint32_t rule_set, std::string_view sha256) {
    if (rule_set < kFirstRuleSet || rule_set > kLastRuleSet) {
      at_hand_ = absl::UnimplementedError(
          fmt::format("rule set {} is not known to this build, which knows {} to {}", rule_set,
                      kFirstRuleSet, kLastRuleSet));
      return nullptr;
    }
    std::shared_ptr<const RuleData> data = library_.Find(sha256);
    if (data == nullptr) {
      at_hand_ = absl::UnimplementedError(
          fmt::format("the rule data bundle {} is not at hand", evidence::Hex(sha256)));
      return nullptr;
    }
    if (absl::Status fits = data->FitsRuleSet(rule_set); !fits.ok()) {
      at_hand_ = absl::UnimplementedError(std::string(fits.message()));
      return nullptr;
    }
    return data;
  }

  // What this statement adopts must be at hand too, or nothing could follow it.
  absl::Status CheckAdopted() {
    if (message_.event_case() != S::kRulesAdopted) return absl::OkStatus();
    const auto& adopted = message_.rules_adopted();
    return FindAtHand(adopted.rule_set(), adopted.rule_data_sha256()) == nullptr ? at_hand_
                                                                                 : absl::OkStatus();
  }

  void JudgeNonce() {
    if (attestations_.empty() || !nonce_) return;
    for (const auto& use : nonce_->uses()) {
      if (use.key_id() != attestations_[0].message.key_id()) continue;
      judge_.Violate(RuleId::kNonceUnique, "nonce",
                     "another statement of this key has the same nonce",
                     "该密钥的另一陈述已使用此随机数");
    }
  }

  absl::Status SetActTime() {
    // The window is that of the recorded day: the day of the act depends on it.
    absl::StatusOr<int64_t> hours =
        data_->Limit("offline_window_hours", DayOf(judge_.recorded_time_ms(), kLogZoneOffsetMs));
    if (!hours.ok()) return hours.status();
    offline_window_ms_ = *hours * kHourMs;
    ClaimContext context;
    context.claimed_time_ms = message_.claimed_time_ms();
    context.recorded_time_ms = judge_.recorded_time_ms();
    context.offline_window_ms = offline_window_ms_;
    const auto after = [&context](int64_t time_ms) {
      context.predecessor_time_ms =
          std::max(time_ms, context.predecessor_time_ms.value_or(time_ms));
    };
    for (size_t i = 0; i < heads_.size(); ++i) {
      // A claim is measured by what it follows, not by how the chain went on without it.
      if (i < named_.size() && named_[i]) {
        after(named_[i]->act_time_ms());
      } else if (heads_[i]) {
        after(heads_[i]->act_time_ms());
      }
    }
    const std::optional<PaperPeriod> paper = FindPaperPeriod(judge_);
    if (paper && !paper->late) {
      // Entered by a device that has seen the log since; its keys stay bound to the window.
      const absl::StatusOr<int64_t> days =
          data_->Limit("paper_transfer_days", DayOf(judge_.recorded_time_ms(), kLogZoneOffsetMs));
      if (!days.ok()) return days.status();
      context.offline_window_ms =
          judge_.recorded_time_ms() - StartOfDayMs(paper->completed - *days, kLogZoneOffsetMs);
    } else if (!attestations_.empty()) {
      context.seen_time_ms = SeenTime(attestations_[0].message);
    }
    const ActTime act = TimeOfAct(context);
    judge_.SetActTime(act.time_ms);
    if (paper) JudgePaperTime(judge_, *paper);
    if (act.fault != ClaimFault::kNone) MarkClaim(act.fault);
    return absl::OkStatus();
  }

  // Recorded time of the last entry under the checkpoint seen; none: nothing seen, or more than is.
  std::optional<int64_t> SeenTime(const statement::v1::Attestation& attestation) {
    const uint64_t size = attestation.seen().size();
    if (size == 0 || size > judge_.index()) return std::nullopt;
    const auto entry = judge_.Read<state::v1::EntryState>(keys::Entry(size - 1));
    if (!entry) return std::nullopt;
    return entry->recorded_time_ms();
  }

  void MarkClaim(ClaimFault fault) {
    const char* en = "";
    const char* zh = "";
    switch (fault) {
      case ClaimFault::kNone:
        return;
      case ClaimFault::kBeforePredecessor:
        en = "the claimed time is before that of the statement it follows";
        zh = "所称时间早于前一陈述的行为时间";
        break;
      case ClaimFault::kBeforeSeen:
        en = "the claimed time is before the checkpoint the device had seen";
        zh = "所称时间早于设备已见检查点的时间";
        break;
      case ClaimFault::kAfterRecorded:
        en = "the claimed time is after the recorded time";
        zh = "所称时间晚于登记时间";
        break;
      case ClaimFault::kOutsideWindow:
        en = "the statement arrived after the offline window";
        zh = "陈述超过离线时限后才到达";
        break;
    }
    judge_.Violate(RuleId::kTimeOfAct, "claimed_time_ms",
                   fmt::format("{}; the recorded time counts", en),
                   fmt::format("{}；以登记时间为准", zh));
  }

  absl::StatusOr<Verdict> Finish() {
    CountOpenManifests(judge_);
    judge_.accounts().Put(judge_);
    if (!judge_.status().ok()) return judge_.status();
    for (int i = 0; i < message_.links_size(); ++i) {
      const statement::v1::Link& link = message_.links(i);
      state::v1::ChainHead head;
      head.set_height(link.height());
      head.set_statement_hash(hash_);
      head.set_index(judge_.index());
      head.set_act_time_ms(judge_.act_time_ms());
      judge_.Put(keys::Chain(link.chain()), head);
      state::v1::ChainElement element;
      element.set_statement_hash(hash_);
      element.set_index(judge_.index());
      element.set_act_time_ms(judge_.act_time_ms());
      judge_.Put(keys::Element(link.chain(), link.height()), element);
    }
    PutEntry(/*disputed=*/false);
    return Admitted{std::move(judge_.changes()), std::move(judge_.marks()), judge_.act_time_ms()};
  }

  // What every entry leaves, whatever it says.
  void PutEntry(bool disputed) {
    state::v1::EntryState entry;
    entry.set_statement_hash(hash_);
    entry.set_recorded_time_ms(judge_.recorded_time_ms());
    entry.set_disputed(disputed);
    judge_.Put(keys::Entry(judge_.index()), entry);
    judge_.Put(keys::Statement(hash_), BigEndian(judge_.index()));
    if (!nonce_) nonce_.emplace();
    auto& use = *nonce_->add_uses();
    use.set_key_id(attestations_[0].message.key_id());
    use.set_statement_hash(hash_);
    use.set_index(judge_.index());
    judge_.Put(keys::Nonce(message_.nonce()), *nonce_);
    if (!log_) log_.emplace();
    if (!disputed) FoldLog(*log_);
    log_->set_last_recorded_time_ms(judge_.recorded_time_ms());
    judge_.Put(keys::Log(), *log_);
  }

  void FoldLog(state::v1::LogState& log) const {
    if (message_.event_case() == S::kFounded) {
      const auto& founded = message_.founded();
      log.set_origin(message_.log_origin());
      log.set_log_key(founded.log_key());
      log.set_rule_set(founded.rule_set());
      log.set_rule_data_sha256(founded.rule_data_sha256());
      log.set_founding_regulator(founded.regulator().organisation());
    } else if (message_.event_case() == S::kRulesAdopted) {
      log.set_rule_set(message_.rules_adopted().rule_set());
      log.set_rule_data_sha256(message_.rules_adopted().rule_data_sha256());
    }
  }

  const RuleDataLibrary& library_;
  const std::string_view log_origin_;
  const std::string hash_;
  const statement::v1::Statement& message_;
  const std::vector<ProvenAttestation>& attestations_;
  Judge judge_;
  std::optional<state::v1::LogState> log_;
  std::shared_ptr<const RuleData> data_;
  absl::Status at_hand_;
  int64_t offline_window_ms_ = 0;
  std::optional<state::v1::NonceState> nonce_;
  bool keeps_disputes_ = false;
  Heads heads_;
  NamedStatements named_;  // empty before disputes were kept
  std::optional<Head> missing_;
};

}  // namespace

absl::StatusOr<Verdict> Admit(const StateReader& state, const RuleDataLibrary& library,
                              std::string_view log_origin,
                              const evidence::ParsedStatement& statement,
                              const std::vector<ProvenAttestation>& attestations,
                              int64_t recorded_time_ms, uint64_t index) {
  return Admission(state, library, log_origin, statement, attestations, recorded_time_ms, index)
      .Run();
}

absl::StatusOr<KnownKey> FindKey(const StateReader& state, std::string_view key_id,
                                 const statement::v1::Statement& statement) {
  if (statement.event_case() == S::kFounded) {
    const auto& founded = statement.founded();
    if (key_id == KeyId(founded.regulator_key().key())) {
      return KnownKey{founded.regulator_key().algorithm(), founded.regulator_key().key()};
    }
    if (key_id == KeyId(founded.log_key())) {
      return KnownKey{statement::v1::KEY_ALGORITHM_ED25519, founded.log_key()};
    }
    return absl::NotFoundError("the founding does not bring this key");
  }
  auto key = ReadMessage<state::v1::KeyState>(state, keys::Key(key_id), "a key");
  if (!key.ok()) return key.status();
  if (*key) return KnownKey{(*key)->enrolled().algorithm(), (*key)->enrolled().key()};
  absl::StatusOr<std::optional<state::v1::LogState>> log = ReadLog(state);
  if (!log.ok()) return log.status();
  if (*log && key_id == KeyId((*log)->log_key())) {
    return KnownKey{statement::v1::KEY_ALGORITHM_ED25519, (*log)->log_key()};
  }
  return absl::NotFoundError(fmt::format("no key {} is enrolled", evidence::Hex(key_id)));
}

std::string RuleDataNamedBy(const statement::v1::Statement& statement) {
  if (statement.has_founded()) return statement.founded().rule_data_sha256();
  if (statement.has_rules_adopted()) return statement.rules_adopted().rule_data_sha256();
  return "";
}

absl::StatusOr<std::optional<state::v1::LogState>> ReadLog(const StateReader& state) {
  return ReadMessage<state::v1::LogState>(state, keys::Log(), "the log");
}

absl::StatusOr<std::optional<state::v1::BatchState>> ReadBatch(const StateReader& state,
                                                               std::string_view batch) {
  return ReadMessage<state::v1::BatchState>(state, keys::Batch(batch), "a batch");
}

absl::StatusOr<std::optional<state::v1::ManifestState>> ReadManifest(const StateReader& state,
                                                                     std::string_view manifest) {
  return ReadMessage<state::v1::ManifestState>(state, keys::Manifest(manifest), "a manifest");
}

state::v1::BatchStatus BatchStatusOf(const state::v1::BatchState& batch,
                                     const state::v1::ManifestState* manifest) {
  if (batch.status() != state::v1::BATCH_STATUS_CONSIGNED || manifest == nullptr) {
    return batch.status();
  }
  // Delivered and not confirmed is still the consignor's, on its way.
  const bool moving = manifest->status() == state::v1::MANIFEST_STATUS_IN_TRANSIT ||
                      manifest->status() == state::v1::MANIFEST_STATUS_DELIVERED;
  return moving ? state::v1::BATCH_STATUS_IN_TRANSIT : batch.status();
}

bool IsOwnWaste(const state::v1::BatchState& batch, std::string_view organisation) {
  // Stock declared as received has its declarer for a generator: the true one is not known.
  return batch.generator() == organisation &&
         batch.stock_origin() != statement::v1::STOCK_ORIGIN_RECEIVED;
}

}  // namespace cradle::rules
