// Admit over a district in which the input decides who says what, in which order and when: every
// statement of the right form gets a verdict, the same whenever it is asked for, and every
// violation is one that the table has for the event.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/event_table.h"
#include "services/rules/rule_table.h"
#include "storage/evidence/statement.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/statement_choices.h"
#include "tests/services/rules/mutator.h"
#include "tests/services/rules/one_of_each.h"

namespace cradle::fuzz {
namespace {

using rules::Admitted;
using rules::Duplicate;
using rules::Effect;
using rules::ProvenAttestation;
using rules::Refused;
using rules::Verdict;
using rules::test::Device;
using rules::test::District;
using rules::test::Draft;
using statement::v1::Statement;

constexpr int kStepsMax = 40;
constexpr int64_t kHourMs = 3'600'000;

// Where every run begins. Keys are drawn once in a program; all else is the same in every run.
struct Start {
  explicit Start(uint32_t rule_set) : district(rule_set), drafts(rules::test::OneOfEach(district)) {
    using rules::test::Actor;
    for (const Actor* actor : {&district.bureau, &district.producer, &district.hospital,
                               &district.carrier, &district.carrier2, &district.plant}) {
      devices.push_back(actor->administrator);
      devices.push_back(actor->handler);
    }
    for (size_t i = 0; i < 4; ++i) {
      devices.push_back(district.NewDevice(devices[2 * i].organisation));
    }
    // The oldest are drawn last: what the drafts say of themselves comes after.
    statement::v1::DeviceKeyEnrolled key;
    for (const Device& device : devices) {
      key.set_key(device.spki);
      key.set_person(device.person);
      said.Learn(key);
      statement::v1::DeviceKeyRevoked revoked;
      revoked.set_key_id(device.key_id);
      said.Learn(revoked);
    }
    for (const Draft& draft : drafts) said.Learn(draft.message);
  }
  District district;
  std::vector<Draft> drafts;
  std::vector<Device> devices;
  Said said;
};

// One for each rule set that a log may have been founded with.
const Start& StartOf(Input& input) {
  static const auto* const kStarts = [] {
    FailedExpectationsEndTheProgram();
    auto* starts = new std::vector<std::unique_ptr<Start>>;  // for the life of the program
    for (uint32_t set = rules::kFirstRuleSet; set <= rules::kLastRuleSet; ++set) {
      starts->push_back(std::make_unique<Start>(set));
    }
    return starts;
  }();
  return *(*kStarts)[input.Below(kStarts->size())];
}

google::protobuf::Message& EventOf(Statement& message) {
  const auto* field =
      message.GetDescriptor()->FindFieldByNumber(static_cast<int>(message.event_case()));
  return *message.GetReflection()->MutableMessage(&message, field);
}

class Run {
 public:
  explicit Run(Input& input)
      : input_(input),
        start_(StartOf(input)),
        district_(start_.district),
        drafts_(start_.drafts),
        said_(start_.said),
        choices_(input_, said_, district_) {}

  void Step() {
    const uint8_t what = input_.Byte();
    district_.now_ms += input_.Byte() * kHourMs;
    if (what % 8 == 7) return SayAgain();
    // As somebody said it, or from nothing.
    Draft draft = what % 8 == 6 ? FromNothing() : drafts_[input_.Below(drafts_.size())];
    draft.by_hand = true;
    ChangeEvent(draft);
    const uint8_t envelope = input_.Byte();
    if (envelope % 4 == 1) ChangeParty(draft);
    if (envelope % 8 == 2) draft.seen.assign(draft.devices.size(), input_.Byte());
    if (envelope % 8 == 3) draft.message.set_claimed_time_ms(Time());
    draft.on_completed = [&](Statement& message) { ChangeEnvelope(message, envelope); };
    draft.on_attested = [&](std::vector<ProvenAttestation>& attestations) {
      if (envelope % 32 != 9 || attestations.empty()) return;
      Mutate(attestations[input_.Below(attestations.size())].message, choices_);
    };
    const auto [completed, attestations] = district_.Complete(draft);
    const auto parsed = evidence::ParseStatement(completed.bytes);
    if (!parsed.ok() || !AreOfForm(attestations)) return;
    if (Judge(*parsed, attestations)) {
      draft.message.mutable_parties()->CopyFrom(parsed->message.parties());
      draft.on_completed = nullptr;
      draft.on_attested = nullptr;
      draft.message.clear_links();
      drafts_.push_back(std::move(draft));
      said_.Learn(parsed->message);
      admitted_.emplace_back(*parsed, attestations);
    }
  }

 private:
  int64_t Time() {
    return district_.now_ms + (static_cast<int64_t>(input_.Byte()) - 200) * kHourMs;
  }

  Draft FromNothing() {
    const auto events = rules::Events();
    Draft draft;
    draft.message.GetReflection()->MutableMessage(
        &draft.message, draft.message.GetDescriptor()->FindFieldByNumber(
                            static_cast<int>(events[input_.Below(events.size())])));
    auto& event = EventOf(draft.message);
    for (size_t changes = input_.Below(16); changes > 0; --changes) Mutate(event, choices_);
    const size_t parties = 1 + input_.Below(3);
    for (size_t i = 0; i < parties; ++i) draft.By(AnyDevice(), AnyCapacity());
    return draft;
  }

  const Device& AnyDevice() { return start_.devices[input_.Below(start_.devices.size())]; }
  statement::v1::Capacity AnyCapacity() {
    return static_cast<statement::v1::Capacity>(input_.Below(statement::v1::Capacity_ARRAYSIZE));
  }

  void ChangeEvent(Draft& draft) {
    const uint8_t how = input_.Byte();
    auto& event = EventOf(draft.message);
    if (how % 4 == 3) RenewId(event);
    for (int changes = how / 4 % 4; changes > 0; --changes) Mutate(event, choices_);
  }

  // Its first id, as a new one: what the event begins, mostly.
  void RenewId(google::protobuf::Message& event) {
    for (int i = 0; i < event.GetDescriptor()->field_count(); ++i) {
      const auto* field = event.GetDescriptor()->field(i);
      if (field->is_repeated() ||
          field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        continue;
      }
      return event.GetReflection()->SetString(&event, field, district_.NewId());
    }
  }

  void ChangeParty(Draft& draft) {
    const Device& device = AnyDevice();
    const uint8_t where = input_.Byte();
    if (where % 4 == 3 || draft.devices.empty()) {
      draft.By(device, AnyCapacity());
      return;
    }
    const size_t party = where / 4 % draft.devices.size();
    draft.devices[party] = device;
    draft.message.mutable_parties(static_cast<int>(party))->set_organisation(device.organisation);
    if (where % 4 == 2) {
      draft.message.mutable_parties(static_cast<int>(party))->set_capacity(AnyCapacity());
    }
  }

  void ChangeEnvelope(Statement& message, uint8_t envelope) {
    if (message.links().empty()) message.add_links()->set_chain("log");
    if (envelope % 16 == 4) {
      Mutate(*message.mutable_links(
                 static_cast<int>(input_.Below(static_cast<size_t>(message.links_size())))),
             choices_);
    }
    if (envelope % 32 == 6 && !admitted_.empty()) {
      message.set_nonce(admitted_.back().first.message.nonce());
    }
    if (envelope % 64 == 7) message.set_log_origin("another log");
  }

  static bool AreOfForm(const std::vector<ProvenAttestation>& attestations) {
    return std::all_of(attestations.begin(), attestations.end(), [](const auto& attestation) {
      return evidence::ParseAttestation(evidence::Serialize(attestation.message)).ok();
    });
  }

  // What is in the log already is a duplicate, whoever attests it and whenever it comes.
  void SayAgain() {
    if (admitted_.empty()) return;
    const auto& [parsed, attestations] = admitted_[input_.Below(admitted_.size())];
    const auto verdict = district_.TryParsed(parsed, attestations);
    Check(verdict.ok() && std::holds_alternative<Duplicate>(*verdict),
          "what was admitted before is a duplicate");
  }

  // Whether it was admitted. The verdict's violations are checked by TryParsed.
  bool Judge(const evidence::ParsedStatement& parsed,
             const std::vector<ProvenAttestation>& attestations) {
    const auto verdict = district_.TryParsed(parsed, attestations);
    if (verdict.ok()) CheckInForce(*verdict, parsed.message);
    const auto again = district_.TryParsed(parsed, attestations);
    if (!verdict.ok()) {
      Check(verdict.status().code() == absl::StatusCode::kUnimplemented &&
                parsed.message.has_rules_adopted(),
            fmt::format("a statement of the right form gets a verdict, not {}",
                        verdict.status().ToString()));
      Check(again.status() == verdict.status(), "the same error when asked again");
      return false;
    }
    Check(again.ok() && again->index() == verdict->index(), "the same verdict when asked again");
    if (const auto* refused = std::get_if<Refused>(&*verdict)) {
      CheckRefused(*refused, std::get<Refused>(*again));
      return false;
    }
    Check(std::holds_alternative<Admitted>(*verdict), "a new statement is no duplicate");
    const auto& admitted = std::get<Admitted>(*verdict);
    CheckAdmitted(admitted, std::get<Admitted>(*again), parsed);
    const uint64_t index = district_.size();
    district_.Apply(admitted);
    const auto second = district_.TryParsed(parsed, attestations);
    Check(second.ok() && std::holds_alternative<Duplicate>(*second) &&
              std::get<Duplicate>(*second).index == index,
          "the second time it is a duplicate of its own index");
    return true;
  }

  // Each violation is of a rule that the log's rule set has, at this statement and to this effect.
  void CheckInForce(const Verdict& verdict, const Statement& statement) {
    const rules::Event event = statement.event_case();
    const bool one_sided = rules::IsOneSided(statement);
    const auto log = rules::ReadLog(district_.state());
    Check(log.ok() && log->has_value(), "the log is founded");
    const uint32_t rule_set = (*log)->rule_set();
    for (const auto& violation : rules::test::ViolationsOf(verdict)) {
      const auto rules = rules::Rules();
      Check(std::any_of(rules.begin(), rules.end(),
                        [&](const rules::Rule& rule) {
                          return rule.id == violation.rule && rule.InForce(rule_set) &&
                                 rule.At(event, one_sided) == violation.effect;
                        }),
            fmt::format("rule set {} has {} at {}", rule_set, violation.rule,
                        rules::EventName(event)));
    }
  }

  static void CheckRefused(const Refused& refused, const Refused& again) {
    Check(!refused.violations.empty() && refused.violations[0].effect == Effect::kForbids,
          "a refusal names what forbids, first of all");
    Check(refused.code != absl::StatusCode::kOk, "a refusal has a code");
    Check(refused.code == again.code && refused.violations == again.violations &&
              refused.heads.size() == again.heads.size(),
          "the same refusal when asked again");
    Check(refused.missing_predecessor.has_value() == again.missing_predecessor.has_value(),
          "the same predecessor is missing when asked again");
  }

  static void CheckAdmitted(const Admitted& admitted, const Admitted& again,
                            const evidence::ParsedStatement& parsed) {
    Check(std::all_of(admitted.marks.begin(), admitted.marks.end(),
                      [](const auto& mark) { return mark.effect == Effect::kMarks; }),
          "what is admitted is marked at most");
    Check(admitted.changes == again.changes && admitted.marks == again.marks &&
              admitted.act_time_ms == again.act_time_ms,
          "the same changes when asked again");
    const auto chains = rules::ChainsExtended(parsed.message);
    Check(chains.ok() && chains->size() == static_cast<size_t>(parsed.message.links_size()),
          "what is admitted extends the chains of its event");
  }

  Input& input_;
  const Start& start_;
  District district_;
  std::vector<Draft> drafts_;  // as somebody said it, or might have
  Said said_;
  StatementChoices choices_;
  std::vector<std::pair<evidence::ParsedStatement, std::vector<ProvenAttestation>>> admitted_;
};

}  // namespace
}  // namespace cradle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cradle::fuzz::Input input(data, size);
  cradle::fuzz::Run run(input);
  for (int step = 0; step < cradle::fuzz::kStepsMax && !input.AtEnd(); ++step) run.Step();
  return 0;
}
