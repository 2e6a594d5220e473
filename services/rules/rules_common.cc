#include "services/rules/rules_common.h"

#include <algorithm>

#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/medical_clock.h"
#include "services/rules/state_keys.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/statement.h"
#include "storage/evidence/utf8.h"

namespace cradle::rules {
namespace {

constexpr size_t kCodeBytesMax = 16;

namespace v1 = statement::v1;

bool WrongField(Judge& judge, std::string_view field, std::string_view en, std::string_view zh) {
  judge.Violate(RuleId::kFormField, judge.Path(field), fmt::format("{}: {}", field, en),
                fmt::format("{}：{}", field, zh));
  return false;
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const uint32_t c = evidence::TakeCodePoint(text);
    if (!evidence::IsSpace(c) && c != 0x200C && c != 0x200D) return false;
  }
  return true;
}

// False for what is not UTF-8 too.
bool IsClean(std::string_view text) {
  while (!text.empty()) {
    const uint32_t c = evidence::TakeCodePoint(text);
    if (c == evidence::kNoCodePoint || IsControl(c)) return false;
  }
  return true;
}

}  // namespace

std::string KeyId(std::string_view spki_der) {
  return std::string(evidence::AsBytes(evidence::Sha256(spki_der)));
}

int LimitOf(Judge& judge, std::string_view name) {
  return static_cast<int>(std::min<int64_t>(WideLimitOf(judge, name), kLimitMost));
}

int64_t WideLimitOf(Judge& judge, std::string_view name) {
  return judge.data().Limit(name, judge.act_day()).value_or(0);
}

bool RequireId(Judge& judge, std::string_view id, std::string_view field) {
  if (evidence::IsId(id)) return true;
  return WrongField(judge, field, "not an id of 26 lower-case Crockford base32 characters",
                    "不是26位小写Crockford base32编号");
}

bool RequireText(Judge& judge, std::string_view text, std::string_view field) {
  if (!AllowText(judge, text, field)) return false;
  return !IsBlank(text) || WrongField(judge, field, "missing", "缺失");
}

bool AllowText(Judge& judge, std::string_view text, std::string_view field) {
  if (text.size() <= kTextBytesMax && IsClean(text)) return true;
  return WrongField(
      judge, field,
      fmt::format("over {} bytes, or with control or invisible characters", kTextBytesMax),
      fmt::format("超过{}字节，或含控制字符、不可见字符", kTextBytesMax));
}

bool AllowCode(Judge& judge, std::string_view code, std::string_view field) {
  if (judge.rule_set() < 2 || code.size() <= kCodeBytesMax) return true;
  return WrongField(judge, field, fmt::format("over {} bytes: no code is so long", kCodeBytesMax),
                    fmt::format("超过{}字节：没有如此长的代码", kCodeBytesMax));
}

bool RequireChosen(Judge& judge, int value, std::string_view field) {
  return value != 0 || WrongField(judge, field, "missing", "缺失");
}

bool RequireSha256(Judge& judge, std::string_view hash, std::string_view field) {
  return hash.size() == 32 ||
         WrongField(judge, field, "not 32 bytes of a SHA-256", "不是32字节的SHA-256");
}

bool RequireFactTime(Judge& judge, int64_t time_ms, std::string_view field) {
  if (time_ms <= 0 || time_ms > kLastTimeMs) {
    return WrongField(judge, field, "missing, or no time from 1970 to 9999",
                      "缺失，或不在1970年至9999年之间");
  }
  if (time_ms > judge.recorded_time_ms()) {
    judge.Violate(RuleId::kTimeFact, judge.Path(field),
                  fmt::format("{} is {} s after the recorded time", field,
                              (time_ms - judge.recorded_time_ms() + 999) / 1000),
                  fmt::format("{} 晚于登记时间{}秒", field,
                              (time_ms - judge.recorded_time_ms() + 999) / 1000));
  }
  return true;
}

std::optional<absl::CivilDay> RequireDate(Judge& judge, std::string_view date,
                                          std::string_view field) {
  const auto day = ParseDate(date);
  if (day.ok()) return *day;
  WrongField(judge, field, std::string(day.status().message()), "不是YYYY-MM-DD日期");
  return std::nullopt;
}

std::optional<Period> RequirePeriod(Judge& judge, std::string_view valid_from_date,
                                    std::string_view valid_to_date) {
  const auto from = RequireDate(judge, valid_from_date, "valid_from_date");
  const auto to = RequireDate(judge, valid_to_date, "valid_to_date");
  if (!from || !to) return std::nullopt;
  if (*to < *from) {
    WrongField(judge, "valid_to_date", fmt::format("before {}, when it begins", valid_from_date),
               fmt::format("早于起日 {}", valid_from_date));
    return std::nullopt;
  }
  return Period{*from, *to};
}

void RequireDocuments(Judge& judge,
                      const google::protobuf::RepeatedPtrField<std::string>& documents,
                      std::string_view field) {
  if (const int most = LimitOf(judge, "documents_max"); documents.size() > most) {
    WrongField(judge, field, fmt::format("{} documents, at most {}", documents.size(), most),
               fmt::format("文件{}份，至多{}份", documents.size(), most));
  }
  for (int i = 0; i < documents.size(); ++i) {
    RequireSha256(judge, documents[i], fmt::format("{}[{}]", field, i));
  }
}

void JudgePoint(Judge& judge, int64_t latitude_e7, int64_t longitude_e7) {
  const auto judge_one = [&](std::string_view field, int64_t value, int degrees_most) {
    const int64_t most = int64_t{degrees_most} * 10'000'000;
    if (value >= -most && value <= most) return;
    judge.Violate(RuleId::kFormField, judge.Path(field),
                  fmt::format("{}: beyond {} degrees", field, degrees_most),
                  fmt::format("{}：超过{}度", field, degrees_most));
  };
  judge_one("latitude_e7", latitude_e7, 90);
  judge_one("longitude_e7", longitude_e7, 180);
}

bool RequireDivision(Judge& judge, std::string_view division, std::string_view field) {
  const absl::Status form = CheckDivisionForm(division);
  if (form.ok()) return true;
  return WrongField(judge, field, std::string(form.message()), "不是GB/T 2260行政区划代码");
}

bool RequireNew(Judge& judge, const std::string& state_key, std::string_view id,
                std::string_view field) {
  if (!judge.ReadBytes(state_key)) return true;
  judge.Violate(RuleId::kIdNew, judge.Path(field),
                fmt::format("{} {} is registered already", field, id),
                fmt::format("{} {} 已登记", field, id));
  return false;
}

const v1::OrganisationRegistered* FindOrganisation(Judge& judge, std::string_view organisation,
                                                   std::string path) {
  if (const auto& state = judge.Organisation(organisation)) return &state->registered();
  judge.Violate(RuleId::kOrganisationKnown, std::move(path),
                fmt::format("the organisation {} is not registered", organisation),
                fmt::format("单位 {} 未登记", organisation));
  return nullptr;
}

bool HasRole(const v1::OrganisationRegistered& organisation, v1::OrganisationRole role) {
  return std::find(organisation.roles().begin(), organisation.roles().end(), role) !=
         organisation.roles().end();
}

bool IsAuthority(const v1::OrganisationRegistered& organisation) {
  return HasRole(organisation, v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY) ||
         HasRole(organisation, v1::ORGANISATION_ROLE_HEALTH_AUTHORITY);
}

bool RequireRole(Judge& judge, const v1::OrganisationRegistered& organisation,
                 std::initializer_list<v1::OrganisationRole> roles, std::string path) {
  std::string names;
  for (const v1::OrganisationRole role : roles) {
    if (HasRole(organisation, role)) return true;
    if (!names.empty()) names += " / ";
    names += v1::OrganisationRole_Name(role).substr(sizeof("ORGANISATION_ROLE_") - 1);
  }
  judge.Violate(RuleId::kOrganisationRole, std::move(path),
                fmt::format("{} does not have the role this needs: {}", organisation.name(), names),
                fmt::format("{} 不具备所需类别：{}", organisation.name(), names));
  return false;
}

void JudgeRegulator(Judge& judge, int place, std::string_view division,
                    const v1::OrganisationRegistered* authority) {
  const std::string path = fmt::format("parties[{}].organisation", place);
  if (authority == nullptr) {
    authority = FindOrganisation(judge, judge.statement().parties(place).organisation(), path);
    if (authority == nullptr) return;
  }
  if (!IsAuthority(*authority)) {
    judge.Violate(RuleId::kRegulatorAuthority, path,
                  fmt::format("{} is no ecology or health authority", authority->name()),
                  fmt::format("{} 不是生态环境或卫生健康主管部门", authority->name()));
  }
  if (!DivisionCovers(authority->division(), division)) {
    judge.Violate(RuleId::kRegulatorDivision, path,
                  fmt::format("the division {} of {} does not cover {}", authority->division(),
                              authority->name(), division),
                  fmt::format("{} 的行政区划 {} 不包含 {}", authority->name(),
                              authority->division(), division));
  }
}

void JudgeActor(Judge& judge, std::string_view organisation, std::string_view division,
                const v1::OrganisationRegistered* authority) {
  const v1::Party& party = judge.statement().parties(0);
  if (party.capacity() == v1::CAPACITY_REGULATOR) {
    JudgeRegulator(judge, 0, division, authority);
    return;
  }
  if (party.organisation() == organisation) return;
  judge.Violate(RuleId::kPartySelf, "parties[0].organisation",
                fmt::format("{} cannot act for {}", party.organisation(), organisation),
                fmt::format("{} 不能代 {} 作出陈述", party.organisation(), organisation));
}

std::optional<v1::SiteRegistered> FindSite(Judge& judge, std::string_view site,
                                           std::string_view organisation, std::string_view field) {
  auto state = judge.Read<state::v1::SiteState>(keys::Site(site));
  if (state && state->registered().organisation() == organisation) {
    return std::move(*state->mutable_registered());
  }
  judge.Violate(
      RuleId::kSiteOfOrganisation, judge.Path(field),
      state ? fmt::format("the site {} belongs to another organisation", site)
            : fmt::format("the site {} is not registered", site),
      state ? fmt::format("场所 {} 属于其他单位", site) : fmt::format("场所 {} 未登记", site));
  return std::nullopt;
}

bool RequireWasteCode(Judge& judge, std::string_view code, std::string_view field) {
  const absl::Status form = CheckWasteCodeForm(code);
  if (form.ok()) return true;
  judge.Violate(RuleId::kCodeForm, judge.Path(field), std::string(form.message()),
                fmt::format("废物代码“{}”格式不正确，应为NNN-NNN-CC", Excerpt(code)));
  return false;
}

std::string CategoryOf(std::string_view waste_code) {
  return std::string("HW").append(waste_code.substr(8));
}

bool IsMedical(std::string_view waste_code) {
  return waste_code.size() == 10 && waste_code.ends_with("-01");
}

std::optional<RuleData::Method> FindMethod(Judge& judge, std::string_view method_code,
                                           std::string_view field) {
  std::optional<RuleData::Method> method = judge.data().FindMethod(method_code);
  if (!method) {
    judge.Violate(RuleId::kMethodKnown, judge.Path(field),
                  fmt::format("the method code \"{}\" is in no table", Excerpt(method_code)),
                  fmt::format("利用处置方式代码“{}”不在代码表中", Excerpt(method_code)));
  }
  return method;
}

bool RequireProcess(Judge& judge, std::string_view process_code, std::string_view field) {
  if (judge.data().FindProcess(process_code) != nullptr) return true;
  return WrongField(
      judge, field,
      fmt::format("\"{}\" is no pre-treatment of the rule data", Excerpt(process_code)),
      fmt::format("“{}”不是规则数据中的预处理工艺", Excerpt(process_code)));
}

void JudgeMedicalMethod(Judge& judge, std::string_view waste_code, std::string_view method_code,
                        std::string_view field) {
  const bool disinfection = method_code == "Y11" || method_code == "Y12" || method_code == "Y13";
  if (!IsChemicalMedical(waste_code) || !disinfection) return;
  judge.Violate(RuleId::kMedicalMethod, judge.Path(field),
                fmt::format("{} may not be treated by {}", waste_code, method_code),
                fmt::format("{} 不得采用 {} 处理", waste_code, method_code));
}

bool LimitMass(Judge& judge, int64_t mass_g, std::string_view field) {
  if (mass_g <= kMassMaxG) return true;
  return WrongField(judge, field,
                    fmt::format("{} g is over {} g, ten million tonnes", mass_g, kMassMaxG),
                    fmt::format("{}克超过{}克（一千万吨）", mass_g, kMassMaxG));
}

bool AllowMass(Judge& judge, int64_t mass_g, std::string_view field) {
  if (mass_g < 0) return WrongField(judge, field, "below zero", "小于零");
  return LimitMass(judge, mass_g, field);
}

bool RequireMassLimit(Judge& judge, int64_t mass_g, std::string_view field) {
  if (mass_g == 0) return WrongField(judge, field, "missing", "缺失");
  return AllowMass(judge, mass_g, field);
}

void JudgeMassBasis(Judge& judge, const v1::MassBasis& basis, int64_t mass_g,
                    std::string_view field) {
  RequireChosen(judge, basis.method(), fmt::format("{}.method", field));
  AllowText(judge, basis.scale_id(), fmt::format("{}.scale_id", field));
  AllowMass(judge, basis.division_mass_g(), fmt::format("{}.division_mass_g", field));
  LimitMass(judge, basis.unit_mass_g(), fmt::format("{}.unit_mass_g", field));
  if (basis.method() != v1::MASS_METHOD_COUNTED) return;
  int64_t product = 0;
  const bool overflow = __builtin_mul_overflow(basis.count(), basis.unit_mass_g(), &product);
  if (overflow || basis.count() <= 0 || basis.unit_mass_g() <= 0 || product != mass_g) {
    judge.Violate(
        RuleId::kMassSum, judge.Path(field),
        fmt::format("{} units of {} g are not {} g", basis.count(), basis.unit_mass_g(), mass_g),
        fmt::format("{}件、每件{}克，与{}克不符", basis.count(), basis.unit_mass_g(), mass_g));
  }
}

std::optional<int64_t> AddMass(std::optional<int64_t> a, int64_t b) {
  int64_t sum = 0;
  if (!a || *a < 0 || b < 0 || b > kMassMaxG || __builtin_add_overflow(*a, b, &sum))
    return std::nullopt;
  return sum;
}

}  // namespace cradle::rules
