#include "services/rules/attestations.h"

#include <algorithm>

#include "services/rules/event_table.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_delegation.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

using S = statement::v1::Statement;
namespace v1 = statement::v1;

std::string NamesOf(Capacities capacities) {
  std::string names;
  for (const v1::Capacity capacity : capacities) {
    if (!names.empty()) names += ", ";
    names += v1::Capacity_Name(capacity).substr(sizeof("CAPACITY_") - 1);
  }
  return names;
}

void JudgeCapacities(Judge& judge) {
  const auto& parties = judge.statement().parties();
  const PartyLists needed = judge.row().parties(judge.statement());
  const bool fit = std::any_of(needed.begin(), needed.end(), [&](Capacities capacities) {
    return std::equal(parties.begin(), parties.end(), capacities.begin(), capacities.end(),
                      [](const v1::Party& party, v1::Capacity c) { return party.capacity() == c; });
  });
  if (fit) return;
  std::string names;
  for (const Capacities capacities : needed) {
    if (!names.empty()) names += " / ";
    names += NamesOf(capacities);
  }
  judge.Violate(RuleId::kPartyCapacities, "parties",
                fmt::format("{} needs as parties: {}", EventName(judge.event()), names),
                fmt::format("{} 的各方应为：{}", EventName(judge.event()), names));
}

// The key as enrolled; for Founded, as the event brings it.
std::optional<state::v1::KeyState> ReadKey(Judge& judge, const std::string& key_id) {
  if (judge.event() != S::kFounded) {
    return judge.Read<state::v1::KeyState>(keys::Key(key_id));
  }
  const v1::Founded& founded = judge.statement().founded();
  state::v1::KeyState key;
  if (key_id == KeyId(founded.regulator_key().key())) {
    *key.mutable_enrolled() = founded.regulator_key();
    return key;
  }
  if (key_id == KeyId(founded.log_key())) {
    key.mutable_enrolled()->set_algorithm(v1::KEY_ALGORITHM_ED25519);
    key.mutable_enrolled()->set_key(founded.log_key());
    return key;
  }
  return std::nullopt;
}

// One attestation under judgement.
struct Subject {
  int place;
  const v1::Party& party;
  const ProvenAttestation& attestation;

  std::string Path(std::string_view field) const {
    return fmt::format("attestations[{}].{}", place, field);
  }
};

void JudgeBinding(Judge& judge, const Subject& subject, std::string_view statement_hash) {
  const v1::Attestation& message = subject.attestation.message;
  if (message.statement_hash() != statement_hash) {
    judge.Violate(RuleId::kAttestationBinds, subject.Path("statement_hash"),
                  "the attestation is of another statement", "签署对应的是另一陈述");
  }
  if (message.party() != static_cast<uint32_t>(subject.place)) {
    judge.Violate(
        RuleId::kAttestationBinds, subject.Path("party"),
        fmt::format("attested as party {} in the place of party {}", message.party(),
                    subject.place),
        fmt::format("以第{}方身份签署，却处于第{}方的位置", message.party(), subject.place));
  }
  if (message.seen().size() > judge.index()) {
    judge.Violate(
        RuleId::kAttestationSeen, subject.Path("seen.size"),
        fmt::format("the device claims to have seen {} entries; the log has {}",
                    message.seen().size(), judge.index()),
        fmt::format("设备声称已见{}条，日志仅有{}条", message.seen().size(), judge.index()));
  }
}

// What was on paper may have happened long before it was attested: a key attests within the window
// of a device without network.
void JudgeValidity(Judge& judge, const Subject& subject, const v1::DeviceKeyEnrolled& enrolled,
                   int64_t offline_window_ms) {
  const int64_t act = std::max(judge.act_time_ms(), judge.recorded_time_ms() - offline_window_ms);
  const bool early = act < enrolled.valid_from_time_ms();
  const bool late = enrolled.valid_to_time_ms() != 0 && act > enrolled.valid_to_time_ms();
  if (!early && !late) return;
  judge.Violate(RuleId::kKeyValid, subject.Path("key_id"),
                early ? "the key is not valid yet" : "the key's validity has ended",
                early ? "密钥尚未生效" : "密钥有效期已过");
}

// A revocation holds from its index on, save for a handover that happened before it: the waste is
// on the truck. Someone whose key still stands must attest it too, and a device that had seen the
// revocation knew.
void JudgeRevocation(Judge& judge, const Subject& subject, const state::v1::KeyState& key,
                     int64_t offline_window_ms, bool counterpart_stands) {
  if (key.revoked_index() == 0) return;
  const auto revocation = judge.Read<state::v1::EntryState>(keys::Entry(key.revoked_index()));
  const int64_t claimed = judge.statement().claimed_time_ms();
  const bool before = revocation && claimed < revocation->recorded_time_ms() &&
                      subject.attestation.message.seen().size() <= key.revoked_index();
  const bool in_window = claimed >= judge.recorded_time_ms() - offline_window_ms;
  if (judge.row().handover && counterpart_stands && before && in_window) {
    judge.Violate(RuleId::kKeyRevokedLate, subject.Path("key_id"),
                  fmt::format("the key was revoked at entry {}, after this handover is claimed to "
                              "have happened",
                              key.revoked_index()),
                  fmt::format("密钥于第{}条被吊销，所称交接发生在吊销之前", key.revoked_index()));
    return;
  }
  judge.Violate(RuleId::kKeyRevoked, subject.Path("key_id"),
                fmt::format("the key was revoked at entry {}", key.revoked_index()),
                fmt::format("密钥已于第{}条被吊销", key.revoked_index()));
}

void JudgeKey(Judge& judge, const Subject& subject, const state::v1::KeyState& key,
              int64_t offline_window_ms) {
  const v1::DeviceKeyEnrolled& enrolled = key.enrolled();
  if (enrolled.algorithm() != subject.attestation.algorithm) {
    judge.Violate(RuleId::kKeyKnown, subject.Path("algorithm"),
                  "the key is enrolled with another algorithm", "密钥登记的算法与签署不同");
  }
  const std::string& organisation = AttestingOrganisation(subject.party);
  if (enrolled.organisation() != organisation) {
    judge.Violate(
        RuleId::kKeyOfParty, subject.Path("key_id"),
        fmt::format("the key is enrolled for {}, not for {}", enrolled.organisation(),
                    organisation),
        fmt::format("密钥登记在 {} 名下，而非 {}", enrolled.organisation(), organisation));
  }
  if (enrolled.person() != subject.attestation.message.person()) {
    judge.Violate(RuleId::kKeyPerson, subject.Path("person"),
                  "the key is enrolled to another person", "密钥登记的持有人为他人");
  }
  if (subject.party.capacity() == v1::CAPACITY_LOG) return;
  const v1::KeyRole role = judge.row().key_role;
  if (std::find(enrolled.roles().begin(), enrolled.roles().end(), role) == enrolled.roles().end()) {
    const bool administrator = role == v1::KEY_ROLE_ADMINISTRATOR;
    judge.Violate(RuleId::kKeyRole, subject.Path("key_id"),
                  fmt::format("{} is attested by {} key", EventName(judge.event()),
                              administrator ? "an administrator" : "an operator"),
                  fmt::format("{} 须由{}密钥签署", EventName(judge.event()),
                              administrator ? "管理员" : "操作员"));
  }
  JudgeValidity(judge, subject, enrolled, offline_window_ms);
}

// A delegate is its own organisation and its principal's.
bool SameOrganisation(const v1::Party& a, const v1::Party& b) {
  return a.organisation() == b.organisation() || a.organisation() == AttestingOrganisation(b) ||
         AttestingOrganisation(a) == b.organisation() ||
         AttestingOrganisation(a) == AttestingOrganisation(b);
}

// WARD-TWO-PERSONS: two of one organisation, and nobody in its name.
void JudgeTwoPersons(Judge& judge, const std::vector<ProvenAttestation>& attestations) {
  const v1::Party& a = judge.statement().parties(0);
  const v1::Party& b = judge.statement().parties(1);
  const auto wrong = [&](std::string_view en, std::string_view zh) {
    judge.Violate(RuleId::kWardTwoPersons, "parties[1]", std::string(en), std::string(zh));
  };
  if (a.organisation() != b.organisation() || !a.delegate().empty() || !b.delegate().empty()) {
    wrong("the two are not both of one organisation", "双方不属于同一单位");
  }
  if (attestations[0].message.person() == attestations[1].message.person()) {
    wrong("the two are the same person", "双方为同一人员");
  }
  if (attestations[0].message.key_id() == attestations[1].message.key_id()) {
    wrong("the two attest with the same device key", "双方使用同一设备密钥");
  }
}

void JudgeTwoParties(Judge& judge, const std::vector<ProvenAttestation>& attestations) {
  const auto& parties = judge.statement().parties();
  if (judge.row().one_organisation) return JudgeTwoPersons(judge, attestations);
  const auto same = [&](int i, std::string_view what_en, std::string_view what_zh) {
    judge.Violate(RuleId::kPartyTwo, fmt::format("parties[{}]", i),
                  fmt::format("two parties are the same {}", what_en),
                  fmt::format("双方为同一{}", what_zh));
  };
  for (int i = 1; i < parties.size(); ++i) {
    for (int k = 0; k < i; ++k) {
      const v1::Attestation& a = attestations[static_cast<size_t>(i)].message;
      const v1::Attestation& b = attestations[static_cast<size_t>(k)].message;
      const bool inspectors = judge.row().one_authority &&
                              parties[i].capacity() == v1::CAPACITY_REGULATOR &&
                              parties[k].capacity() == v1::CAPACITY_REGULATOR;
      if (SameOrganisation(parties[i], parties[k]) && !inspectors) {
        same(i, "organisation", "单位");
      }
      if (a.person() == b.person()) same(i, "person", "人员");
      if (a.key_id() == b.key_id()) same(i, "device key", "设备密钥");
    }
  }
}

void AddParties(const state::v1::ManifestState& manifest, std::vector<std::string>& parties) {
  parties.push_back(manifest.consignor());
  for (const v1::CarrierLeg& leg : manifest.issued().carriers()) {
    parties.push_back(leg.organisation());
  }
  parties.push_back(manifest.issued().receiver());
}

// Organisations that are parties of the manifest in hand, or of any of them; empty where there is
// none.
std::vector<std::string> ManifestParties(Judge& judge) {
  std::vector<std::string> organisations;
  if (judge.event() == S::kRoundDelivered) {
    for (const std::string& id : judge.statement().round_delivered().manifests()) {
      if (const auto& manifest = judge.TakeUp(id)) AddParties(*manifest, organisations);
    }
    return organisations;
  }
  const v1::ManifestIssued* issued = nullptr;
  if (judge.Issue() != nullptr) {
    issued = judge.Issue();
    organisations.push_back(HolderNamed(judge));
  } else if (judge.event() == S::kPipelineTransferred) {
    for (const v1::Party& party : judge.statement().parties()) {
      organisations.push_back(party.organisation());
    }
  } else if (const auto& manifest = judge.Manifest()) {
    AddParties(*manifest, organisations);
  }
  // A carrier who brings waste back need not be one of the manifest's.
  if (judge.event() == S::kLoadReturned) {
    for (const v1::Party& party : judge.statement().parties()) {
      organisations.push_back(party.organisation());
    }
  }
  if (const std::string& load = judge.statement().incident_reported().manifest(); !load.empty()) {
    if (const auto& manifest = judge.TakeUp(load)) AddParties(*manifest, organisations);
  }
  if (issued == nullptr) return organisations;
  for (const v1::CarrierLeg& leg : issued->carriers()) organisations.push_back(leg.organisation());
  organisations.push_back(issued->receiver());
  return organisations;
}

void JudgeEnrolments(Judge& judge, const std::vector<ProvenAttestation>& attestations,
                     const std::vector<std::string>& organisations) {
  if (organisations.empty()) return;
  for (int i = 0; i < judge.statement().parties_size(); ++i) {
    const v1::Attestation& message = attestations[static_cast<size_t>(i)].message;
    const auto person = judge.Read<state::v1::PersonState>(keys::Person(message.person()));
    if (!person || person->organisations_size() < 2) continue;
    for (const std::string& organisation : person->organisations()) {
      if (organisation == judge.statement().parties(i).organisation()) continue;
      // Whom a delegate stands for is judged by itself.
      if (organisation == judge.statement().parties(i).delegate()) continue;
      if (std::find(organisations.begin(), organisations.end(), organisation) ==
          organisations.end()) {
        continue;
      }
      judge.Violate(RuleId::kPartyEnrolledTwice, fmt::format("attestations[{}].person", i),
                    fmt::format("the person is or was enrolled for {} too, another party of the "
                                "manifest",
                                organisation),
                    fmt::format("签署人现在或曾经也登记于联单另一方 {}", organisation));
    }
  }
}

// A regulator's key attests the revocation of others, not its own: the key that attests stands
// afterwards, so a revocation never leaves the log without one that can enrol another.
void JudgeRevoker(Judge& judge, const v1::Attestation& message) {
  if (judge.event() != S::kDeviceKeyRevoked ||
      message.key_id() != judge.statement().device_key_revoked().key_id()) {
    return;
  }
  const auto& organisation = judge.Organisation(judge.statement().parties(0).organisation());
  if (!organisation || !IsAuthority(organisation->registered())) return;
  judge.Violate(RuleId::kRegulatorKeyStands, judge.Path("key_id"),
                "a regulator's key does not revoke itself: attest with another regulator key, "
                "enrolled first where there is none",
                "监管密钥不得吊销自身：请用另一监管密钥签署，没有的须先登记");
}

void PutDevice(Judge& judge, const v1::Attestation& message) {
  const std::string key = keys::Device(message.key_id());
  state::v1::DeviceSequence device =
      judge.Read<state::v1::DeviceSequence>(key).value_or(state::v1::DeviceSequence());
  device.set_highest(std::max(device.highest(), message.seq()));
  device.set_count(device.count() + 1);
  judge.Put(key, device);
}

}  // namespace

void JudgeAttestations(Judge& judge, std::string_view statement_hash,
                       const std::vector<ProvenAttestation>& attestations,
                       int64_t offline_window_ms) {
  const auto& parties = judge.statement().parties();
  JudgeCapacities(judge);
  if (judge.forbidden()) return;
  if (attestations.size() != static_cast<size_t>(parties.size())) {
    judge.Violate(RuleId::kAttestationEach, "attestations",
                  fmt::format("{} attestations where {} parties are due", attestations.size(),
                              parties.size()),
                  fmt::format("应有{}方签署，实有{}份签署", parties.size(), attestations.size()));
    return;
  }
  JudgeTwoParties(judge, attestations);
  std::vector<std::optional<state::v1::KeyState>> found;
  bool one_stands = false;
  for (int i = 0; i < parties.size(); ++i) {
    const Subject subject{i, parties[i], attestations[static_cast<size_t>(i)]};
    JudgeBinding(judge, subject, statement_hash);
    found.push_back(ReadKey(judge, subject.attestation.message.key_id()));
    one_stands = one_stands || (found.back() && found.back()->revoked_index() == 0);
    if (!found.back()) {
      judge.Violate(RuleId::kKeyKnown, subject.Path("key_id"), "no key of this id is enrolled",
                    "该密钥未登记");
    }
  }
  for (int i = 0; i < parties.size(); ++i) {
    const auto& key = found[static_cast<size_t>(i)];
    if (!key) continue;
    const Subject subject{i, parties[i], attestations[static_cast<size_t>(i)]};
    JudgeKey(judge, subject, *key, offline_window_ms);
    JudgeRevocation(judge, subject, *key, offline_window_ms, one_stands);
    PutDevice(judge, subject.attestation.message);
  }
  const std::vector<std::string> organisations = ManifestParties(judge);
  JudgeEnrolments(judge, attestations, organisations);
  JudgeDelegates(judge, organisations);
  JudgeRevoker(judge, attestations[0].message);
}

}  // namespace cradle::rules
