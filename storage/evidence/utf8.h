// Just enough UTF-8 for signed notes. Within this folder only.
#ifndef CRADLE_STORAGE_EVIDENCE_UTF8_H_
#define CRADLE_STORAGE_EVIDENCE_UTF8_H_

#include <string_view>

namespace cradle::evidence {

// Valid UTF-8 (RFC 3629) with no control character below U+0020 but LF.
bool IsNoteText(std::string_view text);

// A signer's name: such text, not empty, without Unicode white space and '+'.
bool IsNoteName(std::string_view name);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_UTF8_H_
