#include "tests/model/books.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "services/rules/state_keys.h"

namespace cradle::model {
namespace {

namespace keys = rules::keys;

// It counts for its custodian.
bool IsInHand(const BatchState& batch) {
  switch (batch.status()) {
    case state::v1::BATCH_STATUS_TREATED:
    case state::v1::BATCH_STATUS_CONSUMED:
    case state::v1::BATCH_STATUS_VOIDED:
    case state::v1::BATCH_STATUS_CLOSED:
      return false;
    default:
      return true;
  }
}

bool IsIn(const std::string& facility, state::v1::BatchStatus status) {
  return !facility.empty() &&
         (status == state::v1::BATCH_STATUS_STORED || status == state::v1::BATCH_STATUS_FILLING ||
          status == state::v1::BATCH_STATUS_ABSORBED);
}

// It lies with its custodian, on no manifest.
bool IsLoose(state::v1::BatchStatus status) {
  return status == state::v1::BATCH_STATUS_GENERATED || status == state::v1::BATCH_STATUS_STORED ||
         status == state::v1::BATCH_STATUS_FILLING || status == state::v1::BATCH_STATUS_RECEIVED;
}

bool IsOpen(const ManifestState& manifest) {
  return manifest.status() == state::v1::MANIFEST_STATUS_ISSUED ||
         manifest.status() == state::v1::MANIFEST_STATUS_IN_TRANSIT ||
         manifest.status() == state::v1::MANIFEST_STATUS_DELIVERED;
}

bool IsParty(const v1::Statement& statement, const std::string& organisation) {
  return std::any_of(statement.parties().begin(), statement.parties().end(),
                     [&](const v1::Party& party) { return party.organisation() == organisation; });
}

bool ARegulatorAttests(const v1::Statement& statement) {
  return std::any_of(
      statement.parties().begin(), statement.parties().end(),
      [](const v1::Party& party) { return party.capacity() == v1::CAPACITY_REGULATOR; });
}

const state::v1::Holding* HoldingOf(const BatchState& batch, const std::string& organisation) {
  for (const state::v1::Holding& holding : batch.holdings()) {
    if (holding.organisation() == organisation) return &holding;
  }
  return nullptr;
}

// ISO days compare as text, and the empty one, unknown, is before all.
void ExpectNoYounger(const BatchState& older, const BatchState& batch) {
  for (const state::v1::Holding& holding : older.holdings()) {
    const state::v1::Holding* const now = HoldingOf(batch, holding.organisation());
    EXPECT_TRUE(now != nullptr && now->since_date() <= holding.since_date())
        << batch.batch() << " got younger: with " << holding.organisation() << " since "
        << (now == nullptr ? "never" : now->since_date()) << ", " << older.batch() << " since "
        << holding.since_date();
  }
}

template <typename Message>
bool Parse(std::string_view bytes, Message& message) {
  const bool parsed = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  EXPECT_TRUE(parsed) << "the state is not a " << message.GetTypeName();
  return parsed;
}

// What follows the prefix; nullopt: another key.
std::optional<std::string> After(const std::string& key, const std::string& prefix) {
  if (!key.starts_with(prefix)) return std::nullopt;
  return key.substr(prefix.size());
}

template <typename Message>
bool ReadInto(Table<Message>& table, const std::string& prefix, const rules::Change& change,
              std::string* id = nullptr) {
  const std::optional<std::string> found = After(change.key, prefix);
  if (!found) return false;
  Parse(change.value, table[*found]);
  if (id != nullptr) *id = *found;
  return true;
}

// The waste that made the statement's residues is ended, and they begin anew.
bool BeginAnew(const v1::Statement& statement) {
  if (!statement.has_treatment_recorded()) return false;
  int64_t residues_g = 0;
  for (const v1::MadeBatch& residue : statement.treatment_recorded().residues()) {
    residues_g += residue.made_mass_g();
  }
  return residues_g * 1000 <=
         statement.treatment_recorded().treated_mass_g() * Books::kInheritPermille;
}

}  // namespace

void Books::ReadHead(const std::string& chain, const std::string& bytes) {
  state::v1::ChainHead head;
  if (!Parse(bytes, head)) return;
  const auto [known, begins] = heights_.emplace(chain, head.height());
  EXPECT_EQ(head.height(), begins ? 0 : known->second + 1) << "a hole in the chain " << chain;
  known->second = head.height();
}

void Books::Read(const rules::Changes& written, std::map<std::string, Touched>& touched,
                 std::set<std::string>& manifests, std::set<std::string>& accounts) {
  static const std::string kBatch = keys::Batch("");
  static const std::string kManifest = keys::Manifest("");
  static const std::string kChain = keys::Chain("");
  std::string id;
  for (const rules::Change& change : written) {
    if (const auto batch = After(change.key, kBatch)) {
      const auto found = batches_.find(*batch);
      Touched& each = touched[*batch];
      if (found != batches_.end()) each.before = found->second;
      if (found == batches_.end()) batch_ids_.push_back(*batch);
      Parse(change.value, batches_[*batch]);
      each.after = batches_[*batch];
    } else if (const auto manifest = After(change.key, kManifest)) {
      if (!manifests_.contains(*manifest)) manifest_ids_.push_back(*manifest);
      Parse(change.value, manifests_[*manifest]);
      manifests.insert(*manifest);
    } else if (const auto chain = After(change.key, kChain)) {
      ReadHead(*chain, change.value);
    } else if (ReadInto(facility_accounts_, keys::FacilityAccount(""), change, &id) ||
               ReadInto(organisation_accounts_, keys::OrganisationAccount(""), change, &id)) {
      accounts.insert(id);
    } else {
      ReadInto(facilities_, keys::Facility(""), change) ||
          ReadInto(sites_, keys::Site(""), change) ||
          ReadInto(organisations_, keys::Organisation(""), change) ||
          ReadInto(vehicles_, keys::Vehicle(""), change) ||
          ReadInto(bulk_, keys::BulkAccount(""), change);
    }
  }
}

Books::Share Books::ShareOf(const BatchState& batch) const {
  Share share;
  if (!IsInHand(batch)) return share;
  share.holder = batch.custodian();
  share.held_g = batch.mass_g();
  share.facility = batch.facility();
  const auto manifest = manifests_.find(batch.manifest());
  const bool issued = manifest != manifests_.end() &&
                      manifest->second.status() == state::v1::MANIFEST_STATUS_ISSUED;
  share.medical =
      batch.waste_code().starts_with("841-") &&
      (IsLoose(batch.status()) || (batch.status() == state::v1::BATCH_STATUS_CONSIGNED && issued));
  if (IsIn(batch.facility(), batch.status())) {
    share.stored = true;
    share.stored_g = batch.mass_g() - batch.unaccounted_mass_g();
  } else if (batch.status() == state::v1::BATCH_STATUS_CONSIGNED &&
             IsIn(batch.facility(), batch.status_before())) {
    // It lies where it lay until it is taken.
    share.consigned = issued;
    share.consigned_g = share.consigned ? batch.mass_g() : 0;
  }
  return share;
}

void Books::Count(const Share& share, int sign) {
  if (share.holder.empty()) return;
  HolderSum& holder = holder_sums_[share.holder];
  holder.held_g += sign * share.held_g;
  holder.held_batches += sign;
  holder.medical_batches += share.medical ? sign : 0;
  FacilitySum& facility = facility_sums_[share.facility];
  facility.stored_g += sign * share.stored_g;
  facility.consigned_g += sign * share.consigned_g;
  facility.stored_batches += share.stored ? sign : 0;
  facility.consigned_batches += share.consigned ? sign : 0;
}

void Books::RecountOpen(const std::string& manifest, std::set<std::string>& organisations) {
  std::set<std::string> now;
  if (const ManifestState& state = manifests_[manifest]; IsOpen(state)) {
    now = {state.consignor(), state.issued().receiver()};
    for (const v1::CarrierLeg& leg : state.issued().carriers()) now.insert(leg.organisation());
  }
  std::set<std::string>& open_for = open_for_[manifest];
  for (const std::string& each : open_for) --holder_sums_[each].open_manifests;
  for (const std::string& each : now) ++holder_sums_[each].open_manifests;
  organisations.insert(open_for.begin(), open_for.end());
  organisations.insert(now.begin(), now.end());
  open_for = std::move(now);
}

void Books::Recount(const std::string& batch) {
  const auto found = batches_.find(batch);
  if (found == batches_.end()) return;
  Share& share = shares_[batch];
  Count(share, -1);
  share = ShareOf(found->second);
  Count(share, 1);
  NoteInHand(batch, IsInHand(found->second));
}

void Books::NoteInHand(const std::string& batch, bool in_hand) {
  const auto at = in_hand_at_.find(batch);
  if (in_hand == (at != in_hand_at_.end())) return;
  if (in_hand) {
    in_hand_at_[batch] = in_hand_.size();
    in_hand_.push_back(batch);
    return;
  }
  in_hand_at_[in_hand_.back()] = at->second;
  std::swap(in_hand_[at->second], in_hand_.back());
  in_hand_.pop_back();
  in_hand_at_.erase(batch);
}

void Books::CheckMass(const std::map<std::string, Touched>& touched, int64_t brought_g) {
  int64_t before_g = 0;
  int64_t after_g = 0;
  for (const auto& [id, each] : touched) {
    if (each.before && IsInHand(*each.before)) before_g += each.before->mass_g();
    if (IsInHand(each.after)) after_g += each.after.mass_g();
    EXPECT_GE(each.after.mass_g(), 0) << id;
    EXPECT_GE(each.after.unaccounted_mass_g(), 0) << id;
    EXPECT_LE(each.after.unaccounted_mass_g(), each.after.mass_g()) << id;
  }
  EXPECT_EQ(after_g - before_g, brought_g) << "no gram from nowhere, none lost unrecorded";
  account_g_ += brought_g;
}

void Books::CheckCustody(const v1::Statement& statement, const Touched& touched,
                         const std::map<std::string, Touched>& all) const {
  const BatchState& after = touched.after;
  EXPECT_TRUE(organisations_.contains(after.custodian()))
      << after.batch() << " has no custodian that is registered: " << after.custodian();
  if (!touched.before) {
    // What is parted from a batch on the road stays with whose it was.
    const bool stays =
        std::any_of(after.parents().begin(), after.parents().end(), [&](const std::string& parent) {
          const auto found = all.find(parent);
          return found != all.end() && found->second.before &&
                 found->second.before->custodian() == after.custodian();
        });
    EXPECT_TRUE(IsParty(statement, after.custodian()) || stays)
        << after.batch() << " began with one who did not attest";
    return;
  }
  const BatchState& before = *touched.before;
  if (before.custodian() == after.custodian()) return;
  EXPECT_TRUE(IsParty(statement, after.custodian()))
      << after.batch() << " went to one who did not attest";
  // Who gave it away attests too, or did so on the manifest.
  EXPECT_TRUE(IsParty(statement, before.custodian()) || !before.manifest().empty())
      << after.batch() << " was taken from one who did not attest";
}

void Books::CheckPlace(const BatchState& batch) const {
  const bool consigned = batch.status() == state::v1::BATCH_STATUS_CONSIGNED;
  EXPECT_EQ(consigned, !batch.manifest().empty()) << batch.batch();
  if (consigned) {
    const auto found = manifests_.find(batch.manifest());
    ASSERT_NE(found, manifests_.end()) << batch.batch() << " is on a manifest that is none";
    const auto& lines = found->second.issued().lines();
    EXPECT_TRUE(IsOpen(found->second)) << batch.batch() << " is on a manifest that has ended";
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [&](const v1::ManifestLine& line) {
      return line.batch() == batch.batch();
    })) << batch.batch();
    EXPECT_EQ(found->second.consignor(), batch.custodian())
        << batch.batch() << " is its consignor's until its receipt is confirmed";
    return;
  }
  if (!IsIn(batch.facility(), batch.status())) return;
  const auto found = facilities_.find(batch.facility());
  ASSERT_NE(found, facilities_.end()) << batch.batch() << " lies in a facility that is none";
  EXPECT_EQ(found->second.registered().site(), batch.site())
      << batch.batch() << " lies in a store of another site";
}

void Books::CheckAge(const v1::Statement& statement, const Touched& touched,
                     const std::map<std::string, Touched>& all) const {
  const BatchState& after = touched.after;
  if (touched.before) {
    const bool corrected = statement.has_batch_amended() && ARegulatorAttests(statement);
    if (!corrected) ExpectNoYounger(*touched.before, after);
    return;
  }
  if (!after.replaces().empty()) ExpectNoYounger(batches_.find(after.replaces())->second, after);
  if (BeginAnew(statement)) return;
  for (const std::string& id : after.parents()) {
    const auto parent = all.find(id);
    ASSERT_NE(parent, all.end()) << after.batch() << " was made of " << id << ", left untouched";
    if (parent->second.before) ExpectNoYounger(*parent->second.before, after);
  }
}

void Books::CheckLineage(const BatchState& batch) const {
  for (const std::string& id : batch.parents()) {
    const auto parent = batches_.find(id);
    ASSERT_NE(parent, batches_.end()) << batch.batch() << " was made of " << id;
    const auto& children = parent->second.children();
    EXPECT_NE(std::find(children.begin(), children.end(), batch.batch()), children.end())
        << "lineage goes both ways: " << id << " does not know of " << batch.batch();
  }
}

void Books::CheckFacility(const std::string& facility) const {
  const auto found = facility_accounts_.find(facility);
  const auto sum = facility_sums_.find(facility);
  const auto account =
      found == facility_accounts_.end() ? state::v1::FacilityAccount() : found->second;
  const FacilitySum is = sum == facility_sums_.end() ? FacilitySum() : sum->second;
  EXPECT_EQ(account.stored_mass_g(), is.stored_g) << "stored in " << facility;
  EXPECT_EQ(account.consigned_mass_g(), is.consigned_g) << "consigned from " << facility;
  EXPECT_EQ(static_cast<int64_t>(account.stored_batches()), is.stored_batches) << facility;
  EXPECT_EQ(static_cast<int64_t>(account.consigned_batches()), is.consigned_batches) << facility;
}

void Books::CheckHolder(const std::string& organisation) const {
  const auto found = organisation_accounts_.find(organisation);
  const auto sum = holder_sums_.find(organisation);
  const auto account =
      found == organisation_accounts_.end() ? state::v1::OrganisationAccount() : found->second;
  const HolderSum is = sum == holder_sums_.end() ? HolderSum() : sum->second;
  EXPECT_EQ(account.held_mass_g(), is.held_g) << "held by " << organisation;
  EXPECT_EQ(static_cast<int64_t>(account.held_batches()), is.held_batches) << organisation;
  EXPECT_EQ(static_cast<int64_t>(account.medical_batches()), is.medical_batches)
      << "medical waste waiting at " << organisation;
  EXPECT_EQ(static_cast<int64_t>(account.open_manifests()), is.open_manifests)
      << "manifests open for " << organisation;
}

void Books::Enter(const v1::Statement& statement, const rules::Changes& written) {
  std::map<std::string, Touched> touched;
  std::set<std::string> manifests;
  std::set<std::string> accounts;
  const int64_t brought_g = MassBrought(statement, batches_);
  Read(written, touched, manifests, accounts);

  std::set<std::string> moved;
  for (const auto& [id, each] : touched) moved.insert(id);
  for (const std::string& id : manifests) {
    RecountOpen(id, accounts);
    for (const v1::ManifestLine& line : manifests_[id].issued().lines()) moved.insert(line.batch());
  }
  for (const std::string& id : moved) {
    accounts.insert(shares_[id].facility);
    accounts.insert(shares_[id].holder);
    Recount(id);
    accounts.insert(shares_[id].facility);
    accounts.insert(shares_[id].holder);
  }

  CheckMass(touched, brought_g);
  for (const std::string& id : moved) {
    if (const auto found = batches_.find(id); found != batches_.end()) CheckPlace(found->second);
  }
  for (const auto& [id, each] : touched) {
    CheckCustody(statement, each, touched);
    CheckAge(statement, each, touched);
    CheckLineage(each.after);
  }
  for (const std::string& id : accounts) {
    if (facilities_.contains(id)) CheckFacility(id);
    if (const auto bulk = bulk_.find(id); bulk != bulk_.end()) CheckBulk(id, bulk->second);
    if (organisations_.contains(id)) CheckHolder(id);
  }
}

void Books::EnterDisputed(const rules::Changes& written) {
  for (const rules::Change& change : written) {
    for (const std::string& prefix :
         {keys::Batch(""), keys::Manifest(""), keys::Chain(""), keys::FacilityAccount(""),
          keys::OrganisationAccount(""), keys::BulkAccount(""), keys::Facility("")}) {
      EXPECT_FALSE(change.key.starts_with(prefix))
          << "a disputed statement changed custody: " << change.key;
    }
  }
}

void Books::CheckAll() const {
  std::map<std::string, HolderSum> holders;
  int64_t held_g = 0;
  for (const auto& [id, batch] : batches_) {
    CheckPlace(batch);
    CheckLineage(batch);
    if (!IsInHand(batch)) continue;
    held_g += batch.mass_g();
    HolderSum& sum = holders[batch.custodian()];
    sum.held_g += batch.mass_g();
    ++sum.held_batches;
  }
  EXPECT_EQ(held_g, account_g_) << "no gram from nowhere, none lost unrecorded";
  for (const auto& [id, organisation] : organisations_) {
    CheckHolder(id);
    const auto sum = holder_sums_.find(id);
    EXPECT_EQ(sum == holder_sums_.end() ? 0 : sum->second.held_g, holders[id].held_g) << id;
  }
  for (const auto& [id, facility] : facilities_) CheckFacility(id);
  for (const auto& [id, manifest] : manifests_) {
    if (!IsOpen(manifest)) continue;
    for (const v1::ManifestLine& line : manifest.issued().lines()) {
      const auto batch = batches_.find(line.batch());
      ASSERT_NE(batch, batches_.end()) << line.batch();
      EXPECT_EQ(batch->second.manifest(), id) << line.batch() << " left an open manifest";
    }
  }
  for (const auto& [id, account] : bulk_) CheckBulk(id, account);
}

// The account of a bulk store and the batches that are its layers say the same.
void Books::CheckBulk(const std::string& facility, const state::v1::BulkAccount& account) const {
  for (const state::v1::BulkLayer& layer : account.layers()) {
    const auto batch = batches_.find(layer.batch());
    ASSERT_NE(batch, batches_.end()) << layer.batch() << " is a layer of " << facility;
    EXPECT_EQ(batch->second.status(), state::v1::BATCH_STATUS_ABSORBED) << layer.batch();
    EXPECT_EQ(batch->second.facility(), facility) << layer.batch();
    EXPECT_EQ(batch->second.mass_g() - batch->second.unaccounted_mass_g(), layer.mass_g())
        << layer.batch();
  }
}

}  // namespace cradle::model
