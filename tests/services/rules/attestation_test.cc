// Who attests, with which key, and whether two parties are two.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

TEST(AttestationTest, EveryPartyAttestsOnceInOrder) {
  District district;
  const std::string manifest = district.Issued({district.Stored()});
  const Draft valid = district.Take(district.producer, district.carrier, manifest, district.truck);
  ExpectRule(district, valid, RuleId::kAttestationEach,
             [](Draft& draft) { draft.devices.pop_back(); });
  ExpectRule(district, valid, RuleId::kAttestationEach,
             [](Draft& draft) { draft.devices.push_back(draft.devices[0]); });
  ExpectRule(district, valid, RuleId::kAttestationEach,
             [](Draft& draft) { draft.devices.clear(); });
  ExpectRule(district, valid, RuleId::kKeyOfParty,
             [](Draft& draft) { std::swap(draft.devices[0], draft.devices[1]); });
}

TEST(AttestationTest, AnAttestationIsAboutThisStatementAndItsOwnParty) {
  District district;
  const Draft valid =
      district.Generate(district.producer, district.producer_site, district.NewId());
  ExpectRule(district, valid, RuleId::kAttestationBinds, [](Draft& draft) {
    draft.on_attested = [](std::vector<ProvenAttestation>& attestations) {
      attestations[0].message.set_statement_hash(std::string(32, 'h'));
    };
  });
  ExpectRule(district, valid, RuleId::kAttestationBinds, [](Draft& draft) {
    draft.on_attested = [](std::vector<ProvenAttestation>& attestations) {
      attestations[0].message.set_party(1);
    };
  });
}

TEST(AttestationTest, ADeviceCannotHaveSeenMoreThanThereIs) {
  District district;
  Draft valid = district.Generate(district.producer, district.producer_site, district.NewId());
  valid.seen = {district.size()};
  ExpectRule(district, valid, RuleId::kAttestationSeen,
             [&](Draft& draft) { draft.seen = {district.size() + 1}; });
}

TEST(AttestationTest, TheKeyIsKnownWithItsAlgorithmOfThePartyAndThePerson) {
  District district;
  const Draft valid =
      district.Generate(district.producer, district.producer_site, district.NewId());
  ExpectRule(district, valid, RuleId::kKeyKnown,
             [&](Draft& draft) { draft.devices[0] = district.NewDevice(district.producer.id); });
  ExpectRule(district, valid, RuleId::kKeyKnown,
             [](Draft& draft) { draft.devices[0].algorithm = v1::KEY_ALGORITHM_ED25519; });
  ExpectRule(district, valid, RuleId::kKeyOfParty,
             [&](Draft& draft) { draft.devices[0] = district.hospital.handler; });
  ExpectRule(district, valid, RuleId::kKeyPerson,
             [&](Draft& draft) { draft.devices[0].person = district.NewId(); });
}

TEST(AttestationTest, AdministratorsRegisterAndOperatorsHandleWaste) {
  District district;
  ExpectRule(
      district, district.Generate(district.producer, district.producer_site, district.NewId()),
      RuleId::kKeyRole, [&](Draft& draft) { draft.devices[0] = district.producer.administrator; });
  ExpectRule(district, district.RegisterSite(district.producer, district.NewId()), RuleId::kKeyRole,
             [&](Draft& draft) { draft.devices[0] = district.producer.handler; });
}

TEST(AttestationTest, AKeyHoldsFromItsFirstToItsLastMillisecond) {
  District district;
  const Device device = district.NewDevice(district.producer.id);
  Draft enrol = district.Enrol(district.producer.administrator, v1::CAPACITY_ORGANISATION, device,
                               {v1::KEY_ROLE_OPERATOR});
  const int64_t from = district.now_ms + 10 * kHourMs;
  const int64_t to = district.now_ms + 20 * kHourMs;
  enrol.message.mutable_device_key_enrolled()->set_valid_from_time_ms(from);
  enrol.message.mutable_device_key_enrolled()->set_valid_to_time_ms(to);
  district.Must(enrol);
  district.now_ms += 40 * kHourMs;
  Draft valid = district.Generate(district.producer, district.producer_site, district.NewId());
  valid.devices[0] = device;
  for (const int64_t inside : {from, to}) {
    ExpectRule(district, valid.Claimed(inside), RuleId::kKeyValid,
               [&](Draft& draft) { draft.Claimed(from - 1); });
    ExpectRule(district, valid.Claimed(inside), RuleId::kKeyValid,
               [&](Draft& draft) { draft.Claimed(to + 1); });
  }
}

// --- Revocation ---

TEST(RevocationTest, ARevokedKeyAttestsNothingFromItsIndexOn) {
  District district;
  const Draft valid =
      district.Generate(district.producer, district.producer_site, district.NewId());
  district.Must(valid);
  district.Must(district.Revoke(district.producer.administrator, district.producer.handler));
  const auto verdict =
      district.Try(district.Generate(district.producer, district.producer_site, district.NewId())
                       .Claimed(district.now_ms - kHourMs));
  ASSERT_TRUE(verdict.ok());
  const auto& refused = std::get<Refused>(*verdict);
  EXPECT_EQ(refused.violations[0].rule, "KEY-REVOKED") << "one party alone has no witness";
  EXPECT_EQ(refused.code, absl::StatusCode::kPermissionDenied);
}

// With no regulator key left nobody could register anything or enrol a key again.
TEST(RevocationTest, ARegulatorsKeyIsRevokedByAnotherRegulatorKeyAndNeverByItself) {
  District district;
  const Device& first = district.bureau.administrator;
  const Device second = district.NewDevice(district.bureau.id);
  district.Must(
      district.Enrol(first, v1::CAPACITY_ORGANISATION, second, {v1::KEY_ROLE_ADMINISTRATOR}));
  const auto revokes_itself = [&](v1::Capacity capacity) {
    return [&first, capacity](Draft& draft) {
      draft.message.mutable_parties(0)->set_capacity(capacity);
      draft.devices = {first};
    };
  };
  const Draft valid = district.Revoke(second, first);
  for (const v1::Capacity capacity : {v1::CAPACITY_ORGANISATION, v1::CAPACITY_REGULATOR}) {
    ExpectRule(district, valid, RuleId::kRegulatorKeyStands, revokes_itself(capacity),
               absl::StatusCode::kPermissionDenied);
  }
  district.Must(district.Revoke(second, district.bureau.handler));
  district.Must(valid);
  // The last one registers, enrols and is not revoked.
  EXPECT_FALSE(district.Submit(district.Revoke(second, second)));
  Draft registered =
      district.RegisterOrganisation(district.NewId(), {v1::ORGANISATION_ROLE_PRODUCER});
  registered.devices = {second};
  district.Must(registered);
}

TEST(RevocationTest, OthersRevokeTheirOwnKeyWithItself) {
  District district;
  const Device& own = district.producer.administrator;
  district.Must(district.Revoke(own, own));
}

class LateHandoverTest : public testing::Test {
 protected:
  LateHandoverTest() {
    manifest_ = district_.Issued({district_.Stored()});
    district_.now_ms += kHourMs;
    claimed_ = district_.now_ms;
    size_at_claim_ = district_.size();
    district_.now_ms += kHourMs;
    district_.Must(district_.Revoke(district_.carrier.administrator, district_.carrier.handler));
    revoked_index_ = district_.size() - 1;
    district_.now_ms += kHourMs;
  }
  Draft Take() {
    return district_.Take(district_.producer, district_.carrier, manifest_, district_.truck)
        .Claimed(claimed_);
  }
  void ExpectRefused(const Draft& draft) {
    const auto verdict = district_.Try(draft);
    ASSERT_TRUE(verdict.ok());
    ASSERT_TRUE(std::holds_alternative<Refused>(*verdict));
    EXPECT_EQ(std::get<Refused>(*verdict).violations[0].rule, "KEY-REVOKED");
  }

  District district_;
  std::string manifest_;
  int64_t claimed_ = 0;
  uint64_t size_at_claim_ = 0;
  uint64_t revoked_index_ = 0;
};

TEST_F(LateHandoverTest, ClaimedBeforeTheRevocationItIsAdmittedAndMarked) {
  EXPECT_TRUE(Has(district_.Must(Take()), RuleId::kKeyRevokedLate));
}

TEST_F(LateHandoverTest, ClaimedAtTheRevocationOrAfterItIsRefused) {
  ExpectRefused(Take().Claimed(claimed_ + kHourMs));
  ExpectRefused(Take().Claimed(claimed_ + 2 * kHourMs));
}

TEST_F(LateHandoverTest, RecordedAfterTheOfflineWindowItIsRefused) {
  district_.now_ms = claimed_ + 72 * kHourMs;
  EXPECT_TRUE(std::holds_alternative<Admitted>(*district_.Try(Take()))) << "the last millisecond";
  district_.now_ms += 1;
  ExpectRefused(Take());
}

TEST_F(LateHandoverTest, ByADeviceThatHadSeenTheRevocationItIsRefused) {
  Draft draft = Take();
  draft.seen = {0, revoked_index_ + 1};
  ExpectRefused(draft);
  draft.seen = {0, revoked_index_};
  EXPECT_TRUE(std::holds_alternative<Admitted>(*district_.Try(draft)));
}

TEST_F(LateHandoverTest, WithNoAttesterWhoseKeyStandsItIsRefused) {
  district_.Must(district_.Revoke(district_.producer.administrator, district_.producer.handler));
  ExpectRefused(Take());
}

TEST(RevocationTest, HandoverBetweenCarriersAndDeliveryAreSparedToo) {
  District district;
  const std::string manifest = district.Issued({district.Stored()}, true);
  district.Must(district.Take(district.producer, district.carrier, manifest, district.truck));
  const int64_t claimed = district.now_ms;
  district.now_ms += kHourMs;
  district.Must(district.Revoke(district.carrier2.administrator, district.carrier2.handler));
  EXPECT_TRUE(
      Has(district.Must(
              district.HandOver(district.carrier, district.carrier2, manifest, district.truck2)
                  .Claimed(claimed)),
          RuleId::kKeyRevokedLate));
  EXPECT_TRUE(Has(district.Must(district.Deliver(district.carrier2, manifest).Claimed(claimed)),
                  RuleId::kKeyRevokedLate));
}

TEST(RevocationTest, AReturnAndATransferByPipelineAreSparedToo) {
  District district;
  const std::string manifest = RefusedManifest(district);
  const std::string batch = district.Manifest(manifest).issued().lines(0).batch();
  const int64_t claimed = district.now_ms;
  const Draft back = Return(district, manifest, {batch}).Claimed(claimed);
  const Draft pipe = Pipe(district).Claimed(claimed);
  district.now_ms += kHourMs;
  ExpectRule(district, back, RuleId::kKeyRevokedLate, [&](Draft&) {
    district.Must(district.Revoke(district.carrier.administrator, district.carrier.handler));
  });
  ExpectRule(district, pipe, RuleId::kKeyRevokedLate, [&](Draft&) {
    district.Must(district.Revoke(district.plant.administrator, district.plant.handler));
  });
}

// --- Parties ---

TEST(PartiesTest, EachEventNeedsItsCapacities) {
  District district;
  const std::string manifest = district.Issued({district.Stored()});
  ExpectRule(district, district.Take(district.producer, district.carrier, manifest, district.truck),
             RuleId::kPartyCapacities, [](Draft& draft) {
               draft.message.mutable_parties()->RemoveLast();
               draft.devices.pop_back();
             });
  ExpectRule(
      district, district.Generate(district.producer, district.producer_site, district.NewId()),
      RuleId::kPartyCapacities,
      [](Draft& draft) { draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_CONSIGNOR); });
  ExpectRule(district,
             district.RegisterOrganisation(district.NewId(), {v1::ORGANISATION_ROLE_PRODUCER}),
             RuleId::kPartyCapacities, [](Draft& draft) {
               draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_ORGANISATION);
             });
}

TEST(PartiesTest, StockSeenByARegulatorIsAttestedByIt) {
  District district;
  Draft inspected = district.DeclareStock(district.producer, district.producer_site,
                                          district.producer_store, district.NewId());
  inspected.message.mutable_stock_declared()->set_evidence_grade(v1::EVIDENCE_GRADE_INSPECTED);
  inspected.By(district.bureau.handler, v1::CAPACITY_REGULATOR);
  ExpectRule(district, inspected, RuleId::kPartyCapacities, [](Draft& draft) {
    draft.message.mutable_parties()->RemoveLast();
    draft.devices.pop_back();
  });
  ExpectRule(district, inspected, RuleId::kPartyCapacities, [](Draft& draft) {
    draft.message.mutable_stock_declared()->set_evidence_grade(v1::EVIDENCE_GRADE_OWNER_WORD);
  });
}

TEST(PartiesTest, TwoPartiesAreDifferentOrganisationsPersonsAndDevices) {
  District district;
  const std::string manifest = district.Issued({district.Stored()}, true);
  const Draft take = district.Take(district.producer, district.carrier, manifest, district.truck);
  ExpectRule(district, take, RuleId::kPartyTwo, [&](Draft& draft) {
    // A driver whose key is enrolled to the same person as the producer's clerk.
    draft.devices[1] = district.NewDeviceOf(district.carrier.id, district.producer.handler.person);
    district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_REGULATOR,
                                 draft.devices[1], {v1::KEY_ROLE_OPERATOR}));
  });

  const Draft stock = [&] {
    Draft draft = district.DeclareStock(district.producer, district.producer_site,
                                        district.producer_store, district.NewId());
    draft.message.mutable_stock_declared()->set_evidence_grade(v1::EVIDENCE_GRADE_INSPECTED);
    return draft.By(district.bureau.handler, v1::CAPACITY_REGULATOR);
  }();
  ExpectRule(district, stock, RuleId::kPartyTwo, [&](Draft& draft) {
    draft.message.mutable_parties(1)->set_organisation(district.producer.id);
    draft.devices[1] = draft.devices[0];
  });

  District other;
  const std::string refused = RefusedManifest(other);
  const Draft back = Return(other, refused, {other.Manifest(refused).issued().lines(0).batch()});
  ExpectRule(other, back, RuleId::kPartyTwo, [&](Draft& draft) {
    draft.message.mutable_parties(0)->set_organisation(other.producer.id);
    draft.devices[0] = draft.devices[1];
  });
}

class EnrolledTwiceTest : public testing::Test {
 protected:
  // Someone of `actor`'s who also works for `other`, as the bureau enrolled them.
  Device InBoth(const Actor& actor, const Actor& other) {
    return EnrolInBoth(district_, actor, other);
  }
  void Expect(const Draft& valid, int party, const Device& device) {
    ExpectRule(district_, valid, RuleId::kPartyEnrolledTwice,
               [&](Draft& draft) { draft.devices[static_cast<size_t>(party)] = device; });
  }
  District district_;
};

TEST_F(EnrolledTwiceTest, NobodyAttestsWhoIsEnrolledForAnotherPartyOfTheManifest) {
  const Actor& producer = district_.producer;
  const Actor& carrier = district_.carrier;
  const Actor& plant = district_.plant;
  const Device clerk = InBoth(producer, plant);
  const Device driver = InBoth(carrier, plant);
  const Device receiver = InBoth(plant, carrier);

  const std::string manifest = district_.NewId();
  const Draft issue =
      district_.Issue(producer, manifest, {district_.Stored()}, {&carrier, &district_.carrier2});
  Expect(issue, 0, clerk);
  district_.Must(issue);
  Expect(district_.Cancel(producer, manifest), 0, clerk);
  const Draft take = district_.Take(producer, carrier, manifest, district_.truck);
  Expect(take, 1, driver);
  district_.Must(take);
  const Draft hand_over =
      district_.HandOver(carrier, district_.carrier2, manifest, district_.truck2);
  Expect(hand_over, 0, driver);
  district_.Must(hand_over);
  const Draft deliver = district_.Deliver(district_.carrier2, manifest);
  Expect(deliver, 1, receiver);
  district_.Must(deliver);
  Expect(district_.Confirm(manifest), 0, receiver);
}

TEST_F(EnrolledTwiceTest, NorAnybodyWhoChangesEndsOrFollowsOne) {
  const Device clerk = InBoth(district_.producer, district_.plant);
  const Device driver = InBoth(district_.carrier, district_.plant);
  const std::string issued = district_.Issued({district_.Stored()});
  Expect(ChangeCarriers(district_, issued, {&district_.carrier2}), 0, clerk);
  Expect(AttachNumber(district_, issued), 0, clerk);
  const std::string manifest = RefusedManifest(district_);
  const std::string batch = district_.Manifest(manifest).issued().lines(0).batch();
  Expect(Return(district_, manifest, {batch}), 0, driver);
  Expect(Contest(district_, manifest), 0, clerk);
  district_.Must(Contest(district_, manifest));
  Expect(Resolve(district_, manifest), 0, clerk);
  Expect(Pipe(district_), 0, clerk);
}

TEST_F(EnrolledTwiceTest, WhoWorksForStrangersToTheManifestMayAttest) {
  const Device driver = InBoth(district_.carrier, district_.hospital);
  const std::string manifest = district_.Issued({district_.Stored()});
  Draft take = district_.Take(district_.producer, district_.carrier, manifest, district_.truck);
  take.devices[1] = driver;
  district_.Must(take);
}

// A person's id is in every attestation: who enrols it for itself would keep its holder from
// attesting for the other party.
TEST_F(EnrolledTwiceTest, NoPartyKeepsAnotherFromAttestingByEnrollingItsPerson) {
  const Actor& carrier = district_.carrier;
  const Draft own = district_.Enrol(carrier.administrator, v1::CAPACITY_ORGANISATION,
                                    district_.NewDevice(carrier.id), {v1::KEY_ROLE_OPERATOR});
  const auto of_receiver = [&](Draft& draft) {
    draft.message.mutable_device_key_enrolled()->set_person(district_.plant.handler.person);
  };
  ExpectRule(district_, own, RuleId::kPersonElsewhere, of_receiver,
             absl::StatusCode::kPermissionDenied);
  Draft taken_over = own;
  of_receiver(taken_over);
  const auto violations = ViolationsOf(*district_.Try(taken_over));
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].field, "device_key_enrolled.person");

  const std::string manifest = district_.Issued({district_.Stored()});
  district_.Must(district_.Take(district_.producer, carrier, manifest, district_.truck));
  district_.Submit(taken_over);
  district_.Must(district_.Deliver(carrier, manifest));
  district_.Must(district_.Confirm(manifest));
}

TEST_F(EnrolledTwiceTest, ARegulatorEnrolsForAFurtherOrganisationWhichThenRenewsTheKeyItself) {
  const Actor& carrier = district_.carrier;
  const std::string person = InBoth(district_.plant, carrier).person;
  const auto renew = [&](const Actor& actor) {
    return district_.Enrol(actor.administrator, v1::CAPACITY_ORGANISATION,
                           district_.NewDeviceOf(actor.id, person), {v1::KEY_ROLE_OPERATOR});
  };
  district_.Must(renew(carrier));
  district_.Must(renew(district_.plant));
  EXPECT_FALSE(district_.Submit(renew(district_.producer)));
}

// The two handovers on the road and at the gate take the same check.
TEST(PartiesTest, NoHandoverIsAttestedTwiceByOnePerson) {
  District district;
  const std::string manifest = district.Issued({district.Stored()}, true);
  district.Must(district.Take(district.producer, district.carrier, manifest, district.truck));
  const auto same_person = [](Draft& draft) {
    draft.on_attested = [](std::vector<ProvenAttestation>& attestations) {
      attestations[1].message.set_person(attestations[0].message.person());
    };
  };
  const auto expect_both = [&](const Draft& valid) {
    Draft broken = valid;
    same_person(broken);
    const auto verdict = district.Try(broken);
    ASSERT_TRUE(verdict.ok());
    EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kPartyTwo));
  };
  const Draft hand_over =
      district.HandOver(district.carrier, district.carrier2, manifest, district.truck2);
  expect_both(hand_over);
  district.Must(hand_over);
  const Draft deliver = district.Deliver(district.carrier2, manifest);
  expect_both(deliver);
  district.Must(deliver);
}

}  // namespace
}  // namespace cradle::rules::test
