#include "tests/services/rules/world.h"

#include <fmt/format.h>

#include <utility>

#include "services/rules/calendar.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/key.h"

namespace cradle::rules::test {
namespace {

std::shared_ptr<const RuleData> LoadRuleData() {
  static const std::shared_ptr<const RuleData> kData = [] {
    const auto bundle = PackRuleData("deploy/rule_data");
    EXPECT_TRUE(bundle.ok()) << bundle.status();
    auto data = RuleData::FromBundle(bundle.value_or(""));
    EXPECT_TRUE(data.ok()) << data.status();
    return data.value_or(nullptr);
  }();
  return kData;
}

// A new one, of the device's algorithm.
void GiveKey(Device& device) {
  const auto key = evidence::PrivateKey::Generate(device.algorithm);
  ASSERT_TRUE(key.ok()) << key.status();
  device.spki = key->public_key().spki_der();
  device.key_id = std::string(evidence::AsBytes(key->public_key().id()));
  device.key = std::make_shared<const evidence::PrivateKey>(*key);
}

// Whether the path leads to a field of the statement, as "batch_stored.batch" or
// "manifest_issued.lines[2].batch", to one of several, or to what comes with a statement: an
// attestation and its algorithm, the time of the record.
bool IsField(std::string_view path) {
  if (path == "recorded_time_ms") return true;
  if (path.starts_with("attestations[") && path.ends_with("].algorithm")) return true;
  const google::protobuf::Descriptor* message = v1::Statement::descriptor();
  for (std::string_view rest = path; !rest.empty();) {
    const size_t dot = std::min(rest.find('.'), rest.size());
    std::string_view name = rest.substr(0, dot);
    name = name.substr(0, std::min(name.find('['), name.size()));
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    if (message == nullptr) return false;
    if (message == v1::Statement::descriptor() && name == "attestations") {
      message = v1::Attestation::descriptor();
      continue;
    }
    const auto* field = message->FindFieldByName(std::string(name));
    if (field == nullptr) {
      return rest.empty() && message->FindOneofByName(std::string(name)) != nullptr;
    }
    message = field->message_type();
  }
  return true;
}

// Every violation is one a program and a person can act on, and as the table says.
void CheckViolation(const Violation& violation, const v1::Statement& statement) {
  const Event event = statement.event_case();
  const Rule* rule = FindRule(violation.rule);
  ASSERT_NE(rule, nullptr) << violation.rule;
  EXPECT_EQ(rule->At(event, IsOneSided(statement)), violation.effect)
      << violation.rule << " at " << EventName(event);
  EXPECT_FALSE(violation.field.empty()) << violation.rule;
  EXPECT_TRUE(IsField(violation.field)) << violation.rule << " names " << violation.field;
  EXPECT_FALSE(violation.message_en.empty()) << violation.rule;
  const bool chinese = std::any_of(violation.message_zh.begin(), violation.message_zh.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0xE4; });
  EXPECT_TRUE(chinese) << violation.rule << ": " << violation.message_zh;
  if (!rule->basis.empty()) {
    EXPECT_FALSE(violation.legal_basis.empty()) << violation.rule << " cites " << rule->basis;
  }
  for (const std::string& text : {violation.field, violation.message_en, violation.message_zh}) {
    EXPECT_EQ(VisibleText(text), text) << "not fit to be kept and shown";
    EXPECT_EQ(text.find("\uFFFD"), std::string::npos) << "cut inside a character: " << text;
  }
  Returned().emplace(rule->number, event);
}

}  // namespace

int64_t ShanghaiMs(int year, int month, int day, int hour) {
  return StartOfDayMs(absl::CivilDay(year, month, day), kLogZoneOffsetMs) + hour * kHourMs;
}

Draft& Draft::By(const Device& device, v1::Capacity capacity) {
  v1::Party& party = *message.add_parties();
  if (capacity != v1::CAPACITY_LOG) party.set_organisation(device.organisation);
  party.set_capacity(capacity);
  devices.push_back(device);
  return *this;
}

Draft& Draft::Claimed(int64_t time_ms) {
  message.set_claimed_time_ms(time_ms);
  return *this;
}

World::World(OnEntered on_entered)
    : now_ms(ShanghaiMs(2024, 6, 3, 12)),
      on_entered_(std::move(on_entered)),
      data_(LoadRuleData()) {
  library_.Add(data_);
}

World::World(const World& other)
    : now_ms(other.now_ms),
      data_(other.data_),
      library_(other.library_),
      size_(other.size_),
      drawn_(other.drawn_),
      device_seq_(other.device_seq_) {
  for (const auto& [key, value] : other.state_.changed()) state_.Apply({{key, value}});
}

std::string World::rule_data_sha256() const {
  return std::string(evidence::AsBytes(data_->sha256()));
}

std::string World::NewId() {
  const evidence::Hash hash = evidence::Sha256(fmt::format("id {}", ++drawn_));
  return evidence::IdFromBytes(evidence::AsBytes(hash).substr(0, 16));
}

Device World::NewDevice(const std::string& organisation, v1::KeyAlgorithm algorithm) {
  Device device = NewDeviceOf(organisation, NewId());
  if (algorithm == device.algorithm) return device;
  device.algorithm = algorithm;
  GiveKey(device);
  return device;
}

Device World::NewDeviceOf(const std::string& organisation, const std::string& person) {
  Device device;
  device.organisation = organisation;
  device.person = person;
  GiveKey(device);
  return device;
}

std::pair<evidence::ParsedStatement, std::vector<ProvenAttestation>> World::Complete(
    const Draft& draft) {
  evidence::ParsedStatement parsed;
  parsed.message = draft.message;
  if (parsed.message.claimed_time_ms() == 0) parsed.message.set_claimed_time_ms(now_ms);
  const evidence::Hash nonce = evidence::Sha256(fmt::format("nonce {}", ++drawn_));
  const absl::Status completed =
      rules::Complete(state_, kOrigin, evidence::AsBytes(nonce).substr(0, 16), parsed.message);
  EXPECT_TRUE(completed.ok() || draft.by_hand) << completed;
  if (!completed.ok()) {
    // An id that is none names no chain: what Complete would have set before the links.
    parsed.message.set_format(evidence::kStatementFormat);
    parsed.message.set_log_origin(std::string(kOrigin));
    parsed.message.set_nonce(std::string(evidence::AsBytes(nonce).substr(0, 16)));
  }
  if (draft.on_completed) draft.on_completed(parsed.message);
  std::string bytes = evidence::Serialize(parsed.message);
  if (draft.by_hand) {
    parsed.hash = evidence::StatementHash(bytes);
    parsed.bytes = std::move(bytes);
  } else {
    auto form = evidence::ParseStatement(std::move(bytes));
    EXPECT_TRUE(form.ok()) << form.status();
    if (form.ok()) parsed = *std::move(form);
  }
  std::vector<ProvenAttestation> attestations;
  for (size_t i = 0; i < draft.devices.size(); ++i) {
    const Device& device = draft.devices[i];
    ProvenAttestation attestation;
    attestation.algorithm = device.algorithm;
    attestation.message.set_statement_hash(std::string(evidence::AsBytes(parsed.hash)));
    attestation.message.set_party(static_cast<uint32_t>(i));
    attestation.message.set_key_id(device.key_id);
    attestation.message.set_person(device.person);
    attestation.message.set_seq(++device_seq_[device.key_id]);
    if (i < draft.seen.size() && draft.seen[i] > 0) {
      attestation.message.mutable_seen()->set_size(draft.seen[i]);
      attestation.message.mutable_seen()->set_root(std::string(32, 'r'));
    }
    attestations.push_back(std::move(attestation));
  }
  if (draft.on_attested) draft.on_attested(attestations);
  return {std::move(parsed), std::move(attestations)};
}

absl::StatusOr<Verdict> World::TryParsed(const evidence::ParsedStatement& parsed,
                                         const std::vector<ProvenAttestation>& attestations) {
  absl::StatusOr<Verdict> verdict =
      Admit(state_, library_, kOrigin, parsed, attestations, now_ms, size_);
  if (verdict.ok()) {
    for (const Violation& violation : ViolationsOf(*verdict)) {
      CheckViolation(violation, parsed.message);
    }
  }
  return verdict;
}

absl::StatusOr<Verdict> World::Try(const Draft& draft) {
  const auto [parsed, attestations] = Complete(draft);
  return TryParsed(parsed, attestations);
}

void World::Apply(const Admitted& admitted) {
  state_.Apply(admitted.changes);
  ++size_;
}

void World::Apply(const Disputed& disputed) {
  state_.Apply(disputed.changes);
  ++size_;
}

absl::StatusOr<Verdict> World::Enter(const Draft& draft) {
  const auto [parsed, attestations] = Complete(draft);
  absl::StatusOr<Verdict> verdict = TryParsed(parsed, attestations);
  const auto* admitted = verdict.ok() ? std::get_if<Admitted>(&*verdict) : nullptr;
  if (admitted == nullptr) return verdict;
  Apply(*admitted);
  if (on_entered_) on_entered_(draft, parsed, attestations);
  return verdict;
}

std::vector<Violation> World::Must(const Draft& draft) {
  const absl::StatusOr<Verdict> verdict = Enter(draft);
  EXPECT_TRUE(verdict.ok()) << verdict.status();
  if (!verdict.ok()) return {};
  const auto* admitted = std::get_if<Admitted>(&*verdict);
  if (admitted == nullptr) {
    for (const Violation& violation : ViolationsOf(*verdict)) {
      ADD_FAILURE() << EventName(draft.message.event_case()) << " refused by " << violation.rule
                    << " at " << violation.field << ": " << violation.message_en;
    }
    return {};
  }
  return admitted->marks;
}

bool World::Submit(const Draft& draft) {
  const absl::StatusOr<Verdict> verdict = Enter(draft);
  EXPECT_TRUE(verdict.ok()) << verdict.status();
  return verdict.ok() && std::holds_alternative<Admitted>(*verdict);
}

state::v1::BatchState World::Batch(const std::string& batch) const {
  const auto state = ReadBatch(state_, batch);
  EXPECT_TRUE(state.ok() && state->has_value()) << batch;
  return state.ok() && *state ? **state : state::v1::BatchState();
}

state::v1::ManifestState World::Manifest(const std::string& manifest) const {
  const auto state = ReadManifest(state_, manifest);
  EXPECT_TRUE(state.ok() && state->has_value()) << manifest;
  return state.ok() && *state ? **state : state::v1::ManifestState();
}

std::vector<Violation> ViolationsOf(const Verdict& verdict) {
  if (const auto* admitted = std::get_if<Admitted>(&verdict)) return admitted->marks;
  if (const auto* disputed = std::get_if<Disputed>(&verdict)) return disputed->marks;
  if (const auto* refused = std::get_if<Refused>(&verdict)) return refused->violations;
  return {};
}

bool Has(const std::vector<Violation>& violations, RuleId rule) {
  return std::any_of(violations.begin(), violations.end(), [&](const Violation& violation) {
    return violation.rule == FindRule(rule).id;
  });
}

void ExpectRule(World& world, const Draft& valid, RuleId rule,
                const std::function<void(Draft&)>& breaks, std::optional<absl::StatusCode> code) {
  const std::string what =
      fmt::format("{} at {}", FindRule(rule).id, EventName(valid.message.event_case()));
  const auto neighbour = world.Try(valid);
  ASSERT_TRUE(neighbour.ok()) << what << ": " << neighbour.status();
  const auto* admitted = std::get_if<Admitted>(&*neighbour);
  if (admitted == nullptr) {
    const auto violations = ViolationsOf(*neighbour);
    FAIL() << what << ": the valid neighbour is refused by "
           << (violations.empty() ? "nothing"
                                  : violations[0].rule + ": " + violations[0].message_en);
  }
  EXPECT_FALSE(Has(admitted->marks, rule)) << what << ": the valid neighbour is marked";

  Draft broken = valid;
  breaks(broken);
  const auto verdict = world.Try(broken);
  ASSERT_TRUE(verdict.ok()) << what << ": " << verdict.status();
  const std::vector<Violation> violations = ViolationsOf(*verdict);
  if (FindRule(rule).At(valid.message.event_case(), IsOneSided(valid.message)) == Effect::kMarks) {
    EXPECT_TRUE(std::holds_alternative<Admitted>(*verdict))
        << what << ": refused, by " << (violations.empty() ? "nothing" : violations[0].rule);
    EXPECT_TRUE(Has(violations, rule)) << what << ": not marked";
    return;
  }
  const auto* refused = std::get_if<Refused>(&*verdict);
  ASSERT_NE(refused, nullptr) << what << ": not refused";
  EXPECT_EQ(refused->violations[0].rule, FindRule(rule).id)
      << what << ": " << refused->violations[0].message_en;
  EXPECT_EQ(refused->code, code.value_or(FindRule(rule).code)) << what;
}

std::set<std::pair<RuleId, Event>>& Returned() {
  static std::set<std::pair<RuleId, Event>> returned;
  return returned;
}

}  // namespace cradle::rules::test
