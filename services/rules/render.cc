// A statement as a person reads it before attesting.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/rule_table.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/hash.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

struct Words {
  std::string_view en;
  std::string_view zh;
};

// "ORGANISATION_ROLE_CARRIER" less its prefix; the enum's own words are those of the format.
std::string Short(const std::string& name, std::string_view prefix) {
  return name.substr(prefix.size());
}

class Page {
 public:
  explicit Page(bool chinese) : chinese_(chinese) {}

  // All that a statement says comes through here: no value makes a line of its own.
  void Line(Words label, std::string_view value) {
    if (value.empty()) return;
    text_ += fmt::format("{}{}{}\n", chinese_ ? label.zh : label.en, chinese_ ? "：" : ": ",
                         VisibleText(value));
  }
  void Mass(Words label, int64_t mass_g) {
    // Grams stay exact: tonnes are what the field reads.
    const int64_t whole = mass_g / 1'000'000;
    const int64_t rest = mass_g % 1'000'000;
    Line(label, fmt::format("{} g = {}{}.{:06} t", mass_g, mass_g < 0 && whole == 0 ? "-" : "",
                            whole, rest < 0 ? -rest : rest));
  }
  void Time(Words label, int64_t time_ms) {
    if (time_ms == 0) return;
    const absl::CivilDay day = DayOf(time_ms, kLogZoneOffsetMs);
    const int64_t seconds = (time_ms - StartOfDayMs(day, kLogZoneOffsetMs)) / 1000;
    Line(label, fmt::format("{} {:02}:{:02}:{:02} +08:00", FormatDate(day), seconds / 3600,
                            seconds / 60 % 60, seconds % 60));
  }
  void Basis(const v1::MassBasis& basis) {
    std::string text = Short(v1::MassMethod_Name(basis.method()), "MASS_METHOD_");
    if (!basis.scale_id().empty()) text += fmt::format(", scale {}", basis.scale_id());
    if (basis.division_mass_g() != 0) text += fmt::format(", ±{} g", basis.division_mass_g());
    if (basis.count() != 0) text += fmt::format(", {} × {} g", basis.count(), basis.unit_mass_g());
    Line({"  how", "  质量来源"}, text);
  }
  void Heading(std::string_view text) { text_ += fmt::format("{}\n", text); }
  std::string Take() { return std::move(text_); }

 private:
  bool chinese_;
  std::string text_;
};

Words Title(Event event) {
  switch (event) {
    case S::kFounded:
      return {"Founding of the log", "日志创始"};
    case S::kRulesAdopted:
      return {"Adoption of rules", "采用规则"};
    case S::kOrganisationRegistered:
      return {"Registration of an organisation", "单位登记"};
    case S::kSiteRegistered:
      return {"Registration of a site", "场所登记"};
    case S::kLicenceGranted:
      return {"Grant of a licence", "许可证颁发"};
    case S::kVehicleRegistered:
      return {"Registration of a vehicle", "车辆登记"};
    case S::kDeviceKeyEnrolled:
      return {"Enrolment of a device key", "设备密钥登记"};
    case S::kDeviceKeyRevoked:
      return {"Revocation of a device key", "设备密钥吊销"};
    case S::kFacilityRegistered:
      return {"Registration of a facility", "设施登记"};
    case S::kStockDeclared:
      return {"Declaration of stock", "库存申报"};
    case S::kBatchGenerated:
      return {"Waste generated", "废物产生"};
    case S::kBatchStored:
      return {"Waste stored", "废物入库"};
    case S::kBatchMoved:
      return {"Waste moved within a site", "场所内移库"};
    case S::kBatchTreated:
      return {"Waste treated", "废物利用处置"};
    case S::kManifestIssued:
      return {"Issue of a manifest", "填写联单"};
    case S::kLoadTaken:
      return {"Load taken", "起运"};
    case S::kLoadHandedOver:
      return {"Load handed over between carriers", "承运人交接"};
    case S::kLoadDelivered:
      return {"Load delivered", "送达"};
    case S::kReceiptConfirmed:
      return {"Receipt confirmed", "接受确认"};
    case S::EVENT_NOT_SET:
      break;
  }
  return {"No event", "无事项"};
}

template <typename Roles, typename Name>
std::string NamesOf(const Roles& roles, Name name, std::string_view prefix) {
  std::string names;
  for (int i = 0; i < roles.size(); ++i) {
    if (i > 0) names += ", ";
    names += Short(name(roles.Get(i)), prefix);
  }
  return names;
}

void RenderOrganisation(Page& page, const v1::OrganisationRegistered& event) {
  page.Line({"Organisation", "单位编号"}, event.organisation());
  page.Line({"Name", "名称"}, event.name());
  page.Line({"Unified social credit code", "统一社会信用代码"}, event.uscc());
  page.Line({"Medical registration", "医疗机构登记号"}, event.medical_registration());
  if (event.has_scoped()) {
    page.Line({"Local id", "区划内编号"},
              fmt::format("{}/{}", event.scoped().division(), event.scoped().local_id()));
    page.Line({"Under", "上级单位"}, event.scoped().parent());
  }
  page.Line({"Division", "行政区划"}, event.division());
  page.Line({"Roles", "类别"},
            NamesOf(
                event.roles(),
                [](int role) {
                  return v1::OrganisationRole_Name(static_cast<v1::OrganisationRole>(role));
                },
                "ORGANISATION_ROLE_"));
  if (event.beds() != 0) page.Line({"Beds", "床位数"}, fmt::format("{}", event.beds()));
}

void RenderKey(Page& page, const v1::DeviceKeyEnrolled& event) {
  page.Line({"Organisation", "单位编号"}, event.organisation());
  page.Line({"Key", "密钥"}, evidence::Hex(evidence::Sha256(event.key())));
  page.Line({"Person", "持有人"}, event.person());
  page.Line(
      {"Roles", "权限"},
      NamesOf(
          event.roles(), [](int role) { return v1::KeyRole_Name(static_cast<v1::KeyRole>(role)); },
          "KEY_ROLE_"));
  page.Time({"Valid from", "有效期自"}, event.valid_from_time_ms());
  page.Time({"Valid to", "有效期至"}, event.valid_to_time_ms());
}

void RenderLicence(Page& page, const v1::LicenceGranted& event) {
  page.Line({"Holder", "持证单位"}, event.organisation());
  page.Line({"Number", "证号"}, event.licence_number());
  page.Line({"Kind", "类型"}, Short(v1::LicenceKind_Name(event.kind()), "LICENCE_KIND_"));
  page.Line({"Valid", "有效期"},
            fmt::format("{} – {}", event.valid_from_date(), event.valid_to_date()));
  for (const v1::LicenceScope& scope : event.scopes()) {
    page.Line({"- covers", "- 范围"},
              fmt::format("{} {} g/a {}", scope.waste(), scope.annual_mass_g(),
                          fmt::join(scope.method_codes(), " ")));
  }
}

void RenderRegistrations(Page& page, const v1::Statement& statement) {
  switch (statement.event_case()) {
    case S::kFounded: {
      const v1::Founded& event = statement.founded();
      page.Line({"Log key", "日志密钥"}, evidence::Hex(evidence::Sha256(event.log_key())));
      page.Line({"Rule set", "规则集"}, fmt::format("{}", event.rule_set()));
      page.Line({"Rule data", "规则数据"}, evidence::Hex(event.rule_data_sha256()));
      RenderOrganisation(page, event.regulator());
      RenderKey(page, event.regulator_key());
      break;
    }
    case S::kRulesAdopted:
      page.Line({"Rule set", "规则集"}, fmt::format("{}", statement.rules_adopted().rule_set()));
      page.Line({"Rule data", "规则数据"},
                evidence::Hex(statement.rules_adopted().rule_data_sha256()));
      break;
    case S::kOrganisationRegistered:
      RenderOrganisation(page, statement.organisation_registered());
      break;
    case S::kSiteRegistered: {
      const v1::SiteRegistered& event = statement.site_registered();
      page.Line({"Organisation", "单位编号"}, event.organisation());
      page.Line({"Site", "场所编号"}, event.site());
      page.Line({"Name", "名称"}, event.name());
      page.Line({"Division", "行政区划"}, event.division());
      page.Line({"Zone", "时区"}, event.time_zone());
      break;
    }
    case S::kVehicleRegistered: {
      const v1::VehicleRegistered& event = statement.vehicle_registered();
      page.Line({"Carrier", "承运人"}, event.organisation());
      page.Line({"Vehicle", "车辆编号"}, event.vehicle());
      page.Line({"Plate", "牌号"}, event.plate());
      page.Line({"Permit", "道路运输证"}, event.permit_number());
      if (event.medical_waste_dedicated()) {
        page.Line({"Dedicated to", "专用"}, "HW01");
      }
      if (event.payload_mass_g() != 0) page.Mass({"Payload", "载质量"}, event.payload_mass_g());
      break;
    }
    case S::kFacilityRegistered: {
      const v1::FacilityRegistered& event = statement.facility_registered();
      page.Line({"Organisation", "单位编号"}, event.organisation());
      page.Line({"Site", "场所编号"}, event.site());
      page.Line({"Facility", "设施编号"}, event.facility());
      page.Line({"Name", "名称"}, event.name());
      page.Line({"Kind", "类型"}, Short(v1::FacilityKind_Name(event.kind()), "FACILITY_KIND_"));
      page.Mass({"Capacity", "容量"}, event.capacity_mass_g());
      page.Line({"EIA", "环评批复"}, event.eia_reference());
      page.Line({"Accepted", "验收日期"}, event.acceptance_date());
      page.Line({"Methods", "利用处置方式"},
                fmt::format("{}", fmt::join(event.method_codes(), " ")));
      break;
    }
    case S::kLicenceGranted:
      RenderLicence(page, statement.licence_granted());
      break;
    case S::kDeviceKeyEnrolled:
      RenderKey(page, statement.device_key_enrolled());
      break;
    case S::kDeviceKeyRevoked: {
      const v1::DeviceKeyRevoked& event = statement.device_key_revoked();
      page.Line({"Organisation", "单位编号"}, event.organisation());
      page.Line({"Key", "密钥"}, evidence::Hex(event.key_id()));
      page.Line({"Reason", "原因"},
                Short(v1::RevocationReason_Name(event.reason()), "REVOCATION_REASON_"));
      break;
    }
    default:
      break;
  }
}

template <typename Containers>
void RenderContainers(Page& page, const Containers& containers) {
  for (const v1::Container& container : containers) {
    page.Line({"- container", "- 容器"},
              fmt::format("{} {} {} {} g", container.container(), container.label_code(),
                          Short(v1::Packaging_Name(container.packaging()), "PACKAGING_"),
                          container.net_mass_g()));
  }
}

void RenderBatch(Page& page, const v1::Statement& statement) {
  switch (statement.event_case()) {
    case S::kStockDeclared: {
      const v1::StockDeclared& event = statement.stock_declared();
      page.Line({"Batch", "批次编号"}, event.batch());
      page.Line({"Batch code", "批次编码"}, event.batch_code());
      page.Line({"Site", "场所编号"}, event.site());
      page.Line({"Facility", "设施编号"}, event.facility());
      page.Line({"Waste code", "废物代码"}, event.waste_code());
      page.Mass({"Mass", "质量"}, event.stock_mass_g());
      page.Basis(event.mass_basis());
      page.Line({"Form", "形态"}, Short(v1::PhysicalForm_Name(event.form()), "PHYSICAL_FORM_"));
      page.Line({"Stored since", "贮存起始日"},
                event.storage_start_date().empty() ? "?" : event.storage_start_date());
      page.Line({"Origin", "来源"}, Short(v1::StockOrigin_Name(event.origin()), "STOCK_ORIGIN_"));
      page.Line({"Evidence", "佐证"},
                Short(v1::EvidenceGrade_Name(event.evidence_grade()), "EVIDENCE_GRADE_"));
      for (const std::string& hash : event.evidence_sha256()) {
        page.Line({"- document", "- 文件"}, evidence::Hex(hash));
      }
      RenderContainers(page, event.containers());
      break;
    }
    case S::kBatchGenerated: {
      const v1::BatchGenerated& event = statement.batch_generated();
      page.Line({"Batch", "批次编号"}, event.batch());
      page.Line({"Batch code", "批次编码"}, event.batch_code());
      page.Line({"Site", "场所编号"}, event.site());
      page.Line({"Waste code", "废物代码"}, event.waste_code());
      page.Mass({"Mass", "质量"}, event.generated_mass_g());
      page.Basis(event.mass_basis());
      page.Line({"Form", "形态"}, Short(v1::PhysicalForm_Name(event.form()), "PHYSICAL_FORM_"));
      page.Time({"Generated", "产生时间"}, event.generated_time_ms());
      page.Time({"Opened", "启用时间"}, event.opened_time_ms());
      RenderContainers(page, event.containers());
      break;
    }
    case S::kBatchStored:
      page.Line({"Batch", "批次编号"}, statement.batch_stored().batch());
      page.Line({"Facility", "设施编号"}, statement.batch_stored().facility());
      page.Line({"Storage code", "入库编码"}, statement.batch_stored().storage_code());
      page.Mass({"Mass", "质量"}, statement.batch_stored().stored_mass_g());
      page.Time({"Stored", "入库时间"}, statement.batch_stored().stored_time_ms());
      break;
    case S::kBatchMoved:
      page.Line({"Batch", "批次编号"}, statement.batch_moved().batch());
      page.Line({"To facility", "移至设施"}, statement.batch_moved().facility());
      page.Time({"Moved", "移库时间"}, statement.batch_moved().moved_time_ms());
      break;
    case S::kBatchTreated: {
      const v1::BatchTreated& event = statement.batch_treated();
      page.Line({"Batch", "批次编号"}, event.batch());
      page.Line({"Facility", "设施编号"}, event.facility());
      page.Line({"Ending", "去向"}, Short(v1::Ending_Name(event.ending()), "ENDING_"));
      page.Line({"Method", "利用处置方式"}, event.method_code());
      page.Mass({"Mass", "质量"}, event.treated_mass_g());
      page.Time({"Treated", "利用处置时间"}, event.treated_time_ms());
      break;
    }
    default:
      break;
  }
}

void RenderManifest(Page& page, const v1::Statement& statement) {
  switch (statement.event_case()) {
    case S::kManifestIssued: {
      const v1::ManifestIssued& event = statement.manifest_issued();
      page.Line({"Manifest", "联单"}, event.manifest());
      page.Line({"Official number", "官方编号"}, event.official_number());
      page.Line({"Plan", "管理计划备案编号"}, event.plan_reference());
      if (!event.contract_sha256().empty()) {
        page.Line({"Contract", "合同"}, evidence::Hex(event.contract_sha256()));
      }
      page.Line({"From site", "移出场所"}, event.consignor_site());
      for (const v1::ManifestLine& line : event.lines()) {
        page.Line({"- line", "- 行"},
                  fmt::format("{} {} {} g {} × {} {}", line.batch(), line.waste_code(),
                              line.sent_mass_g(), line.package_count(),
                              Short(v1::Packaging_Name(line.packaging()), "PACKAGING_"),
                              line.method_code()));
      }
      page.Mass({"Total", "移出总量"}, event.total_sent_mass_g());
      for (const v1::CarrierLeg& leg : event.carriers()) {
        page.Line({"- carrier", "- 承运人"},
                  fmt::format("{} {}", leg.organisation(), leg.vehicle()));
      }
      page.Line({"Receiver", "接受人"}, event.receiver());
      page.Line({"To site", "接受场所"}, event.receiver_site());
      break;
    }
    case S::kLoadTaken:
      page.Line({"Manifest", "联单"}, statement.load_taken().manifest());
      page.Line({"Official number", "官方编号"}, statement.load_taken().official_number());
      page.Line({"Vehicle", "车辆编号"}, statement.load_taken().vehicle());
      page.Time({"Taken", "起运时间"}, statement.load_taken().taken_time_ms());
      break;
    case S::kLoadHandedOver:
      page.Line({"Manifest", "联单"}, statement.load_handed_over().manifest());
      page.Line({"Vehicle", "车辆编号"}, statement.load_handed_over().vehicle());
      page.Time({"Handed over", "交接时间"}, statement.load_handed_over().handed_over_time_ms());
      break;
    case S::kLoadDelivered:
      page.Line({"Manifest", "联单"}, statement.load_delivered().manifest());
      page.Time({"Delivered", "送达时间"}, statement.load_delivered().delivered_time_ms());
      break;
    case S::kReceiptConfirmed: {
      const v1::ReceiptConfirmed& event = statement.receipt_confirmed();
      page.Line({"Manifest", "联单"}, event.manifest());
      for (const v1::ReceivedLine& line : event.lines()) {
        page.Line({"- line", "- 行"},
                  fmt::format("{} {} {} g {}", line.batch(),
                              Short(v1::LineOutcome_Name(line.outcome()), "LINE_OUTCOME_"),
                              line.received_mass_g(), line.method_code()));
        page.Basis(line.mass_basis());
      }
      page.Mass({"Total", "接受总量"}, event.total_received_mass_g());
      page.Time({"Confirmed", "确认时间"}, event.confirmed_time_ms());
      break;
    }
    default:
      break;
  }
}

}  // namespace

std::string Render(const v1::Statement& statement, bool chinese) {
  Page page(chinese);
  const Words title = Title(statement.event_case());
  page.Heading(chinese ? title.zh : title.en);
  page.Line({"Log", "日志"}, statement.log_origin());
  page.Time({"Claimed time", "所称时间"}, statement.claimed_time_ms());
  for (const v1::Party& party : statement.parties()) {
    page.Line({"Party", "签署方"},
              fmt::format("{} {}", Short(v1::Capacity_Name(party.capacity()), "CAPACITY_"),
                          party.organisation()));
  }
  RenderRegistrations(page, statement);
  RenderBatch(page, statement);
  RenderManifest(page, statement);
  for (const v1::Link& link : statement.links()) {
    page.Line({"Extends", "延伸"}, fmt::format("{} @ {}", link.chain(), link.height()));
  }
  return page.Take();
}

}  // namespace cradle::rules
