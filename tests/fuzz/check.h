// How a fuzz target says that a property does not hold.
#ifndef CRADLE_TESTS_FUZZ_CHECK_H_
#define CRADLE_TESTS_FUZZ_CHECK_H_

#include <string_view>

namespace cradle::fuzz {

// Prints what does not hold and ends the program, which is how a fuzzer keeps the input.
void Check(bool holds, std::string_view what);

// The same for every failed EXPECT_… and ASSERT_… of the helpers that tests share.
void FailedExpectationsEndTheProgram();

// Fit to be shown: valid UTF-8 without controls, every line of it.
void CheckVisible(std::string_view text, std::string_view what);

}  // namespace cradle::fuzz

#endif  // CRADLE_TESTS_FUZZ_CHECK_H_
