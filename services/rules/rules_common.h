// Checks that several events share. Within this folder only. Every one records what it finds wrong
// in the judge; what it returns says whether the caller can go on.
#ifndef CRADLE_SERVICES_RULES_RULES_COMMON_H_
#define CRADLE_SERVICES_RULES_RULES_COMMON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

inline constexpr size_t kTextBytesMax = 400;

// SHA-256 of a SubjectPublicKeyInfo.
std::string KeyId(std::string_view spki_der);

// A limit of rule set 2 on the day of the act, at most kLimitMost; 0 before it is in force. The log
// has adopted no bundle without it (RuleData::FitsRuleSet).
inline constexpr int kLimitMost = 1'000'000'000;
int LimitOf(Judge& judge, std::string_view name);
// Of any size: masses in grams.
int64_t WideLimitOf(Judge& judge, std::string_view name);

// FORM-FIELD: a field that must be an id, a text of 1 to kTextBytesMax bytes that is not blank and
// has no control or invisible characters, such a text that may be empty or blank, a value chosen
// (not UNSPECIFIED), 32 bytes.
bool RequireId(Judge& judge, std::string_view id, std::string_view field);
bool RequireText(Judge& judge, std::string_view text, std::string_view field);
// FORM-FIELD, since rule set 2: no code is so long, and a state keeps one for each line.
bool AllowCode(Judge& judge, std::string_view code, std::string_view field);
bool AllowText(Judge& judge, std::string_view text, std::string_view field);
bool RequireChosen(Judge& judge, int value, std::string_view field);
bool RequireSha256(Judge& judge, std::string_view hash, std::string_view field);
// FORM-FIELD when missing or beyond the year 9999; TIME-FACT when after the recorded time.
bool RequireFactTime(Judge& judge, int64_t time_ms, std::string_view field);
// FORM-FIELD unless YYYY-MM-DD.
std::optional<absl::CivilDay> RequireDate(Judge& judge, std::string_view date,
                                          std::string_view field);
// FORM-FIELD unless `valid_from_date` and `valid_to_date` are days, the last not before the first.
struct Period {
  absl::CivilDay from;
  absl::CivilDay to;
};
std::optional<Period> RequirePeriod(Judge& judge, std::string_view valid_from_date,
                                    std::string_view valid_to_date);
// FORM-FIELD: documents, each by 32 bytes of SHA-256.
void RequireDocuments(Judge& judge,
                      const google::protobuf::RepeatedPtrField<std::string>& documents,
                      std::string_view field);
// FORM-FIELD of the fields latitude_e7 and longitude_e7, in 1e-7 degrees.
void JudgePoint(Judge& judge, int64_t latitude_e7, int64_t longitude_e7);
// FORM-FIELD unless GB/T 2260.
bool RequireDivision(Judge& judge, std::string_view division, std::string_view field);

// ID-NEW: nothing may be kept under `state_key`.
bool RequireNew(Judge& judge, const std::string& state_key, std::string_view id,
                std::string_view field);

// ORGANISATION-KNOWN; null then. `path` is a whole path, as "parties[0].organisation".
const statement::v1::OrganisationRegistered* FindOrganisation(Judge& judge,
                                                              std::string_view organisation,
                                                              std::string path);
bool HasRole(const statement::v1::OrganisationRegistered& organisation,
             statement::v1::OrganisationRole role);
// An ecology or health authority: who may act as a regulator.
bool IsAuthority(const statement::v1::OrganisationRegistered& organisation);
// ORGANISATION-ROLE unless it has one of the roles.
bool RequireRole(Judge& judge, const statement::v1::OrganisationRegistered& organisation,
                 std::initializer_list<statement::v1::OrganisationRole> roles, std::string path);

// PARTY-SELF, REGULATOR-AUTHORITY, REGULATOR-DIVISION: the first party acts on its own
// organisation, or is a regulator of `division` or above. `authority` as in
// JudgeOrganisationRegistered.
void JudgeActor(Judge& judge, std::string_view organisation, std::string_view division,
                const statement::v1::OrganisationRegistered* authority = nullptr);
// That party `place`, a regulator, is an authority whose division covers `division`.
void JudgeRegulator(Judge& judge, int place, std::string_view division,
                    const statement::v1::OrganisationRegistered* authority = nullptr);

// SITE-OF-ORGANISATION.
std::optional<statement::v1::SiteRegistered> FindSite(Judge& judge, std::string_view site,
                                                      std::string_view organisation,
                                                      std::string_view field);

// CODE-FORM.
bool RequireWasteCode(Judge& judge, std::string_view code, std::string_view field);
// "HW01" of "841-001-01"; needs a code of that form.
std::string CategoryOf(std::string_view waste_code);
bool IsMedical(std::string_view waste_code);
// METHOD-KNOWN; nullopt also where it is unknown and only marked.
std::optional<RuleData::Method> FindMethod(Judge& judge, std::string_view method_code,
                                           std::string_view field);
// FORM-FIELD unless a pre-treatment of the rule data.
bool RequireProcess(Judge& judge, std::string_view process_code, std::string_view field);
// MEDICAL-METHOD.
void JudgeMedicalMethod(Judge& judge, std::string_view waste_code, std::string_view method_code,
                        std::string_view field);

// FORM-FIELD over kMassMaxG: of every mass, whose sign another rule may judge.
bool LimitMass(Judge& judge, int64_t mass_g, std::string_view field);
// FORM-FIELD below zero too: of what is no mass of waste (0: not given).
bool AllowMass(Judge& judge, int64_t mass_g, std::string_view field);
// FORM-FIELD at zero too: of what limits.
bool RequireMassLimit(Judge& judge, int64_t mass_g, std::string_view field);
// MASS-SUM and FORM-FIELD of how a mass was got.
void JudgeMassBasis(Judge& judge, const statement::v1::MassBasis& basis, int64_t mass_g,
                    std::string_view field);
// a + b, or nullopt where it overflows, or one is negative or b over kMassMaxG.
std::optional<int64_t> AddMass(std::optional<int64_t> a, int64_t b);

// The organisation asserting as the first party.
inline const std::string& FirstParty(const Judge& judge) {
  return judge.statement().parties(0).organisation();
}

// Who holds the waste that an event names: the first party, or whom a collection names, who may not
// sign it.
inline const std::string& HolderNamed(const Judge& judge) {
  return judge.statement().has_waste_collected() ? judge.statement().waste_collected().consignor()
                                                 : FirstParty(judge);
}

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_COMMON_H_
