#include "services/rules/render_words.h"

#include <algorithm>
#include <iterator>

namespace cradle::rules {
namespace {

struct FieldWords {
  std::string_view field;
  Words words;
};

// In order of the field.
constexpr FieldWords kWords[] = {
    {"acceptance_date", {"Accepted", "验收日期"}},
    {"algorithm", {"Algorithm", "算法"}},
    {"amended_mass_g", {"Mass", "质量"}},
    {"annual_mass_g", {"Annual amount", "年规模"}},
    {"batch", {"Batch", "批次编号"}},
    {"batch_code", {"Batch code", "批次编码"}},
    {"batches", {"Batches", "批次编号"}},
    {"beds", {"Beds", "床位数"}},
    {"capacity_mass_g", {"Capacity", "容量"}},
    {"carriers", {"carrier", "承运人"}},
    {"chain", {"Chain", "链"}},
    {"confirmed_time_ms", {"Confirmed", "确认时间"}},
    {"consignor_site", {"From site", "移出场所"}},
    {"container", {"Container", "容器编号"}},
    {"containers", {"container", "容器"}},
    {"contract_sha256", {"Contract", "合同"}},
    {"corrects", {"Corrects", "更正的陈述"}},
    {"count", {"Count", "数量"}},
    {"decision_reference", {"Decision", "裁决文号"}},
    {"delivered_time_ms", {"Delivered", "送达时间"}},
    {"division", {"Division", "行政区划"}},
    {"division_mass_g", {"Scale division", "分度值"}},
    {"eia_reference", {"EIA", "环评批复"}},
    {"ending", {"Ending", "去向"}},
    {"evidence_grade", {"Evidence", "佐证"}},
    {"evidence_sha256", {"Document", "文件"}},
    {"facility", {"Facility", "设施编号"}},
    {"form", {"Form", "形态"}},
    {"generated_mass_g", {"Mass", "质量"}},
    {"generated_time_ms", {"Generated", "产生时间"}},
    {"handed_over_time_ms", {"Handed over", "交接时间"}},
    {"height", {"Height", "高度"}},
    {"key", {"Key", "密钥"}},
    {"key_id", {"Key", "密钥"}},
    {"kind", {"Kind", "类型"}},
    {"label_code", {"Label", "数字识别码"}},
    {"licence_number", {"Number", "证号"}},
    {"lines", {"line", "行"}},
    {"local_id", {"Local id", "区划内编号"}},
    {"log_key", {"Log key", "日志密钥"}},
    {"manifest", {"Manifest", "联单"}},
    {"mass_basis", {"How", "质量来源"}},
    {"medical_registration", {"Medical registration", "医疗机构登记号"}},
    {"medical_waste_dedicated", {"Dedicated to medical waste", "医疗废物专用"}},
    {"method", {"By", "方式"}},
    {"method_code", {"Method", "利用处置方式"}},
    {"method_codes", {"Methods", "利用处置方式"}},
    {"moved_time_ms", {"Moved", "移库时间"}},
    {"name", {"Name", "名称"}},
    {"net_mass_g", {"Net", "净重"}},
    {"official_number", {"Official number", "官方编号"}},
    {"opened_time_ms", {"Opened", "启用时间"}},
    {"organisation", {"Organisation", "单位编号"}},
    {"origin", {"Origin", "来源"}},
    {"outcome", {"Outcome", "处理意见"}},
    {"package_count", {"Packages", "包装数量"}},
    {"packaging", {"Packaging", "包装方式"}},
    {"parent", {"Under", "上级单位"}},
    {"payload_mass_g", {"Payload", "载质量"}},
    {"permit_number", {"Permit", "道路运输证"}},
    {"person", {"Person", "持有人"}},
    {"plan_reference", {"Plan", "管理计划备案编号"}},
    {"plate", {"Plate", "牌号"}},
    {"reason", {"Reason", "原因"}},
    {"received_mass_g", {"Received", "接受量"}},
    {"receiver", {"Receiver", "接受人"}},
    {"receiver_site", {"To site", "接受场所"}},
    {"regulator", {"Regulator", "监管部门"}},
    {"regulator_key", {"Regulator's key", "监管密钥"}},
    {"replaces", {"In place of", "替换批次"}},
    {"roles", {"Roles", "类别"}},
    {"rule_data_sha256", {"Rule data", "规则数据"}},
    {"rule_set", {"Rule set", "规则集"}},
    {"scale_id", {"Scale", "衡器编号"}},
    {"scoped", {"Local identity", "区划内身份"}},
    {"scopes", {"covers", "范围"}},
    {"sent_mass_g", {"Sent", "移出量"}},
    {"site", {"Site", "场所编号"}},
    {"stock_mass_g", {"Mass", "质量"}},
    {"storage_code", {"Storage code", "入库编码"}},
    {"storage_start_date", {"Stored since", "贮存起始日"}},
    {"stored_mass_g", {"Mass", "质量"}},
    {"stored_time_ms", {"Stored", "入库时间"}},
    {"taken_time_ms", {"Taken", "起运时间"}},
    {"time_zone", {"Zone", "时区"}},
    {"total_received_mass_g", {"Total received", "接受总量"}},
    {"total_sent_mass_g", {"Total", "移出总量"}},
    {"treated_mass_g", {"Mass", "质量"}},
    {"treated_time_ms", {"Treated", "利用处置时间"}},
    {"unit_mass_g", {"Mass of one", "单件质量"}},
    {"upheld", {"Upheld", "予以确认"}},
    {"uscc", {"Unified social credit code", "统一社会信用代码"}},
    {"valid_from_date", {"Valid from", "有效期自"}},
    {"valid_from_time_ms", {"Valid from", "有效期自"}},
    {"valid_to_date", {"Valid to", "有效期至"}},
    {"valid_to_time_ms", {"Valid to", "有效期至"}},
    {"vehicle", {"Vehicle", "车辆编号"}},
    {"waste", {"Waste", "废物"}},
    {"waste_code", {"Waste code", "废物代码"}},
};

constexpr bool ByField(const FieldWords& a, const FieldWords& b) { return a.field < b.field; }
static_assert(std::is_sorted(std::begin(kWords), std::end(kWords), ByField));

}  // namespace

const Words* WordsOf(std::string_view field) {
  const auto* const found =
      std::lower_bound(std::begin(kWords), std::end(kWords), FieldWords{field, {}}, ByField);
  return found != std::end(kWords) && found->field == field ? &found->words : nullptr;
}

}  // namespace cradle::rules
