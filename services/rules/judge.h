// The judgement of one statement under way. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_JUDGE_H_
#define CRADLE_SERVICES_RULES_JUDGE_H_

#include <fmt/format.h>
#include <google/protobuf/message_lite.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "cradle/state/v1/state.pb.h"
#include "cradle/statement/v1/statement.pb.h"
#include "services/rules/accounts.h"
#include "services/rules/event_table.h"
#include "services/rules/rule_data.h"
#include "services/rules/rule_table.h"
#include "services/rules/state.h"
#include "services/rules/violation.h"

namespace cradle::rules {

// Reads the state, collects violations and changes. A store's error sticks in status() and ends the
// judgement when Admit looks at it; until then a failed read looks like an absent value, so that
// rules need not pass errors on. Not thread-safe; lives for one call of Admit.
class Judge {
 public:
  Judge(const StateReader& state, const statement::v1::Statement& statement,
        int64_t recorded_time_ms, uint64_t index)
      : statement_(statement),
        row_(FindEvent(statement.event_case())),
        one_sided_(IsOneSided(statement)),
        recorded_time_ms_(recorded_time_ms),
        index_(index),
        state_(state) {
    changes_.reserve(kChangesUsual);
  }

  const statement::v1::Statement& statement() const { return statement_; }
  Event event() const { return statement_.event_case(); }
  // Who held the waste did not sign that it was taken.
  bool one_sided() const { return one_sided_; }
  // Of the statement's event, which is in the table: a parsed statement has one.
  const EventRow& row() const { return *row_; }
  int64_t recorded_time_ms() const { return recorded_time_ms_; }
  uint64_t index() const { return index_; }

  const StateReader& state() const { return state_; }

  // What judges: set once known. Before, violations carry no legal basis.
  void SetRules(uint32_t rule_set, const RuleData* data) {
    rule_set_ = rule_set;
    data_ = data;
  }
  uint32_t rule_set() const { return rule_set_; }
  const RuleData& data() const { return *data_; }
  // Before this entry; empty for Founded. `log` must outlive the judgement.
  void SetLog(const state::v1::LogState* log) { log_ = log; }
  const state::v1::LogState& log() const { return *log_; }

  void SetActTime(int64_t act_time_ms);
  int64_t act_time_ms() const { return act_time_ms_; }
  // The day of the act in the log's zone.
  absl::CivilDay act_day() const { return act_day_; }

  // Records that a rule does not hold; the table says what follows at this event.
  void Violate(RuleId rule, std::string field, std::string message_en, std::string message_zh);
  // "load_taken.vehicle" for "vehicle". Inside a Founded also "founded.regulator.uscc".
  std::string Path(std::string_view field) const;
  void SetPathPrefix(std::string prefix) { prefix_ = std::move(prefix); }

  // What another judge of the same statement found.
  void Forbid(absl::StatusCode code, Violation violation);
  // What stood in the way is another's claim: the statement is judged as one that disputes it.
  void ForgetForbids() {
    forbidden_.clear();
    code_ = absl::StatusCode::kOk;
  }

  bool forbidden() const { return !forbidden_.empty(); }
  absl::StatusCode code() const { return code_; }  // of the first rule that forbids
  std::vector<Violation>& forbids() { return forbidden_; }
  std::vector<Violation>& marks() { return marks_; }

  std::optional<std::string> ReadBytes(const std::string& key);
  // The message under a key; nullopt: none.
  template <typename Message>
  std::optional<Message> Read(const std::string& key) {
    std::optional<std::string> bytes = ReadBytes(key);
    if (!bytes) return std::nullopt;
    Message message;
    if (!message.ParseFromString(*bytes)) {
      Fail(absl::DataLossError(
          fmt::format("the state under {} is not a {}", Printable(key), message.GetTypeName())));
      return std::nullopt;
    }
    return message;
  }
  // An organisation as it was before the statement, read once; nullopt: not registered.
  const std::optional<state::v1::OrganisationState>& Organisation(std::string_view organisation);
  // The manifest that the event is about, read once; nullopt: not in the log, or about none.
  const std::optional<state::v1::ManifestState>& Manifest();
  // Of an event about several: the next of them is the one in hand.
  const std::optional<state::v1::ManifestState>& TakeUp(std::string_view manifest);
  // The manifest that the event issues, its lines in full; null: none.
  const statement::v1::ManifestIssued* Issue();

  void Put(std::string key, std::string value) {
    changes_.push_back({std::move(key), std::move(value)});
  }
  void Put(std::string key, const google::protobuf::MessageLite& message) {
    Put(std::move(key), message.SerializeAsString());
  }
  // What the statement changes of the accounts; Admit puts them in the end.
  Accounts& accounts() { return accounts_; }
  Changes& changes() { return changes_; }

  // Not a refusal: the judgement itself is not possible.
  void Fail(absl::Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  const absl::Status& status() const { return status_; }

 private:
  static constexpr size_t kChangesUsual = 16;  // more are taken too

  static std::string Printable(std::string_view key);

  const statement::v1::Statement& statement_;
  const EventRow* const row_;
  const bool one_sided_;
  const int64_t recorded_time_ms_;
  const uint64_t index_;
  const StateReader& state_;
  uint32_t rule_set_ = 1;
  const RuleData* data_ = nullptr;
  const state::v1::LogState* log_ = &state::v1::LogState::default_instance();
  int64_t act_time_ms_ = 0;
  absl::CivilDay act_day_;
  std::string prefix_;
  std::map<std::string, std::optional<state::v1::OrganisationState>, std::less<>> organisations_;
  bool manifest_read_ = false;
  std::optional<state::v1::ManifestState> manifest_;
  std::optional<statement::v1::ManifestIssued> issue_;
  absl::StatusCode code_ = absl::StatusCode::kOk;
  std::vector<Violation> forbidden_;
  std::vector<Violation> marks_;
  Accounts accounts_;
  Changes changes_;
  absl::Status status_;
};

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_JUDGE_H_
