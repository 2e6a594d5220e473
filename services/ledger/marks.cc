#include "services/ledger/marks.h"

#include "cradle/v1/ledger.pb.h"
#include "services/runtime/status.h"

namespace cradle::ledger {

std::string EncodeMarks(const std::vector<rules::Violation>& marks) {
  v1::Admission admission;
  for (const rules::Violation& mark : marks) *admission.add_marks() = runtime::ToProto(mark);
  return admission.SerializeAsString();
}

absl::StatusOr<std::vector<rules::Violation>> DecodeMarks(std::string_view bytes) {
  v1::Admission admission;
  if (!admission.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the marks kept beside an entry do not parse");
  }
  std::vector<rules::Violation> marks;
  for (const v1::Violation& mark : admission.marks()) {
    marks.push_back(
        {mark.rule(),
         mark.effect() == v1::EFFECT_FORBIDS ? rules::Effect::kForbids : rules::Effect::kMarks,
         mark.field(), mark.message_en(), mark.message_zh(), mark.legal_basis()});
  }
  return marks;
}

}  // namespace cradle::ledger
