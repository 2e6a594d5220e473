#include "services/rules/csv.h"

#include <gtest/gtest.h>

#include <random>

namespace cradle::rules {
namespace {

using Fields = std::vector<std::string>;

std::string ErrorOf(std::string_view text) {
  const auto table = ParseCsv("t.csv", text);
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(table.status().message());
}

TEST(CsvTest, ReadsQuotedFieldsWithCommasQuotesAndLineEnds) {
  const auto table = ParseCsv("t.csv", "a,b\n1,\"x, \"\"y\"\"\"\n\"two\nlines\",\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->columns, (Fields{"a", "b"}));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].fields, (Fields{"1", "x, \"y\""}));
  EXPECT_EQ(table->rows[0].line, 2u);
  EXPECT_EQ(table->rows[1].fields, (Fields{"two\nlines", ""}));
  EXPECT_EQ(table->rows[1].line, 3u);
  EXPECT_EQ(table->Column("b"), 1u);
  EXPECT_EQ(table->Column("c"), CsvTable::npos);
}

TEST(CsvTest, ReadsWindowsLineEndsAMissingLastOneAndAByteOrderMark) {
  const auto table =
      ParseCsv("t.csv", "\xEF\xBB\xBF废物代码,数量\r\n900-214-08,1.5\r\n900-217-08,2");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->Column("废物代码"), 0u);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[1].fields, (Fields{"900-217-08", "2"}));
}

TEST(CsvTest, RefusesWhatItWouldHaveToGuess) {
  EXPECT_EQ(ErrorOf(""), "t.csv:1: empty: a heading line is due");
  EXPECT_EQ(ErrorOf("a,b\n1\n"), "t.csv:2: 1 fields where the heading has 2");
  EXPECT_EQ(ErrorOf("a,b\n1,2,3\n"), "t.csv:2: 3 fields where the heading has 2");
  EXPECT_EQ(ErrorOf("a\n\n1\n"), "t.csv:2: an empty line");
  EXPECT_EQ(ErrorOf("a\nx\"y\n"), "t.csv:2: a quote inside a field that is not quoted");
  EXPECT_EQ(ErrorOf("a\n\"x\"y\n"), "t.csv:2: text after a closing quote");
  EXPECT_EQ(ErrorOf("a\n1\n\"x\n"), "t.csv:3: a quote is opened and never closed");
  EXPECT_EQ(ErrorOf("a\nx\ry\n"), "t.csv:2: a carriage return without line feed");
  EXPECT_EQ(ErrorOf("a,\n1,2\n"), "t.csv:1: a heading is empty");
  EXPECT_EQ(ErrorOf("a,a\n1,2\n"), "t.csv:1: the heading a is given twice");
  EXPECT_EQ(ErrorOf(std::string_view("a\n\0\n", 4)), "t.csv:2: a NUL byte");
  // 废 in GB 18030, as spreadsheets of this country like to save it.
  EXPECT_EQ(ErrorOf("a\n1\n\xB7\xCF\n"), "t.csv:3: not UTF-8: save the file as UTF-8");
  for (const char* not_utf8 : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                               "\xF0\x80\x80\x80", "\xE5\xBA", "\x80"}) {
    EXPECT_EQ(ErrorOf(std::string("a\n") + not_utf8), "t.csv:2: not UTF-8: save the file as UTF-8");
  }
}

TEST(CsvTest, WhatIsWrittenIsReadBack) {
  std::mt19937 random(20240603);
  const std::string_view alphabet = "ab,\"\n\r ";
  for (int round = 0; round < 2000; ++round) {
    Fields fields;
    for (int i = 0; i < 3; ++i) {
      std::string field;
      for (auto length = random() % 6; length > 0; --length) {
        field.push_back(alphabet[random() % alphabet.size()]);
      }
      fields.push_back(field);
    }
    const auto table = ParseCsv("t.csv", "a,b,c\n" + CsvLine(fields));
    ASSERT_TRUE(table.ok()) << table.status();
    ASSERT_EQ(table->rows.size(), 1u);
    ASSERT_EQ(table->rows[0].fields, fields);
  }
}

TEST(CsvTest, AFieldThatBeginsWithAByteOrderMarkIsReadBack) {
  const Fields fields = {
      "\xEF\xBB\xBF"
      "a",
      "b"};
  const auto table = ParseCsv("t.csv", CsvLine(fields));
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->columns, fields);
}

TEST(CsvTest, RandomBytesAreATableOrAnError) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (auto length = random() % 40; length > 0; --length) {
      bytes.push_back("a,\"\n\r\xE5\xBA\x9F\xFF"[random() % 9]);
    }
    const auto table = ParseCsv("t.csv", bytes);
    if (!table.ok()) {
      ASSERT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
      continue;
    }
    for (const CsvRow& row : table->rows) ASSERT_EQ(row.fields.size(), table->columns.size());
  }
}

}  // namespace
}  // namespace cradle::rules
