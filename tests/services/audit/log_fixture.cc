#include "tests/services/audit/log_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>

#include "services/audit/core/journal.h"
#include "services/audit/core/tile_directory.h"
#include "storage/evidence/bundle.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/tree.h"

namespace cradle::audit::testing {
namespace {

using evidence::kTileWidth;

evidence::PrivateKey NewLogKey() {
  return evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
}

// The tree as the operator has it, its tiles in memory.
class Tiles : public evidence::TileReader {
 public:
  Tiles(const std::vector<std::string>& entries, uint64_t size) {
    evidence::Frontier frontier;
    for (uint64_t i = 0; i < size; ++i) frontier.Append(evidence::LeafHash(entries[i]));
    root = frontier.Root();
    for (evidence::TileWrite& write : frontier.TakeChanged()) tiles[write.tile] = write.hashes;
  }
  absl::StatusOr<std::string> ReadTile(const evidence::TileId& tile, uint64_t) const override {
    const auto found = tiles.find(tile);
    if (found == tiles.end()) return absl::NotFoundError("no such tile");
    return found->second;
  }
  std::map<evidence::TileId, std::string> tiles;
  evidence::Hash root{};
};

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "cradle-audit-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) std::abort();
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void WriteAll(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good()) << path;
}

void FlipByte(const std::string& path, size_t offset, uint8_t mask) {
  std::string bytes = ReadAll(path);
  ASSERT_LT(offset, bytes.size());
  bytes[offset] = static_cast<char>(bytes[offset] ^ mask);
  WriteAll(path, bytes);
}

LogFixture::LogFixture(Registered registered)
    : log_key(NewLogKey()),
      verifier(evidence::NoteVerifier::Create(kOrigin, log_key.public_key()).value()) {
  library.Add(ledger::testing::SampleRuleData());
  Append(signers.Found(log_key.public_key(), &log_key));
  if (registered == Registered::kNobody) return;
  custody = std::make_unique<ledger::testing::Custody>(signers);
  AppendAll(custody->registrations);
}

evidence::Entry LogFixture::Form(const evidence::SignedStatement& statement,
                                 evidence::EntryKind kind) {
  evidence::Entry entry;
  entry.kind = kind;
  entry.recorded_time_ms = now_ms;
  entry.salt[14] = static_cast<uint8_t>(size() >> 8);
  entry.salt[15] = static_cast<uint8_t>(size());
  entry.signed_statement = statement;
  now_ms += 1'000;
  signers.SetTime(now_ms);
  return entry;
}

uint64_t LogFixture::Append(const evidence::SignedStatement& statement, evidence::EntryKind kind) {
  const uint64_t index = size();
  const evidence::Entry entry = Form(statement, kind);
  absl::StatusOr<evidence::ParsedStatement> parsed = evidence::ParseStatement(statement.statement);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  std::vector<rules::ProvenAttestation> attestations;
  for (const evidence::SignedAttestation& attestation : statement.attestations) {
    attestations.push_back(
        {attestation.algorithm, evidence::ParseAttestation(attestation.attestation).value()});
  }
  absl::StatusOr<rules::Verdict> verdict =
      rules::Admit(state_, library, kOrigin, *parsed, attestations, entry.recorded_time_ms, index);
  EXPECT_TRUE(verdict.ok()) << verdict.status();
  if (kind == evidence::EntryKind::kDisputed && std::holds_alternative<rules::Disputed>(*verdict)) {
    state_.Apply(std::get<rules::Disputed>(*verdict).changes);
  } else if (kind == evidence::EntryKind::kAdmitted &&
             std::holds_alternative<rules::Admitted>(*verdict)) {
    state_.Apply(std::get<rules::Admitted>(*verdict).changes);
  } else {
    ADD_FAILURE() << "not of that kind: "
                  << (std::holds_alternative<rules::Refused>(*verdict)
                          ? std::get<rules::Refused>(*verdict).violations.at(0).message_en
                          : "another verdict");
    return index;
  }
  entries.push_back(evidence::EncodeEntry(entry).value());
  return index;
}

uint64_t LogFixture::AppendAll(const std::vector<evidence::SignedStatement>& statements) {
  uint64_t last = 0;
  for (const evidence::SignedStatement& statement : statements) last = Append(statement);
  return last;
}

uint64_t LogFixture::Force(const evidence::SignedStatement& statement, evidence::EntryKind kind) {
  entries.push_back(evidence::EncodeEntry(Form(statement, kind)).value());
  return size() - 1;
}

void LogFixture::Carry() {
  ledger::testing::WasteBatch batch;
  Append(signers.Generate(custody->producer, batch));
  Append(signers.Store(custody->producer, batch));
  AppendAll(signers.Carry(custody->producer, custody->carrier, custody->vehicle, custody->receiver,
                          {batch}));
  Append(signers.Treat(custody->receiver, batch));
}

void LogFixture::GrowTo(uint64_t wanted) {
  while (size() < wanted) {
    ledger::testing::WasteBatch batch;
    Append(signers.Generate(custody->producer, batch));
    Append(signers.Store(custody->producer, batch));
  }
}

evidence::Hash LogFixture::Root(uint64_t size) const { return Tiles(entries, size).root; }

std::string LogFixture::Checkpoint(uint64_t size) const {
  return evidence::SignCheckpoint({kOrigin, size, Root(size)}, log_key).value();
}

std::string LogFixture::Receipt(uint64_t index, uint64_t size) const {
  evidence::Receipt receipt;
  receipt.entry = entries[index];
  receipt.index = index;
  receipt.path = evidence::InclusionPath(index, size, Tiles(entries, size)).value();
  receipt.checkpoint = Checkpoint(size);
  return evidence::EncodeReceipt(receipt);
}

statement::v1::Seen LogFixture::Seen(uint64_t size) const {
  statement::v1::Seen seen;
  seen.set_size(size);
  seen.set_root(std::string(evidence::AsBytes(Root(size))));
  return seen;
}

void LogFixture::Write(const std::string& directory, uint64_t size,
                       const std::vector<uint64_t>& journalled) const {
  const Tiles tiles(entries, size);
  for (const auto& [tile, hashes] : tiles.tiles) {
    WriteAll(fmt::format("{}/{}", directory,
                         evidence::TilePath(tile, hashes.size() / sizeof(evidence::Hash))),
             hashes);
  }
  for (uint64_t begin = 0; begin < size; begin += kTileWidth) {
    const uint64_t width = std::min(kTileWidth, size - begin);
    WriteAll(fmt::format("{}/{}", directory, evidence::EntryBundlePath(begin / kTileWidth, width)),
             evidence::EncodeBundle(std::span(entries).subspan(begin, width)).value());
  }
  WriteAll(directory + "/checkpoint", Checkpoint(size));
  const auto& data = ledger::testing::SampleRuleData();
  WriteAll(fmt::format("{}/rule-data/{}.bundle", directory, evidence::Hex(data->sha256())),
           data->bundle());
  if (journalled.empty()) return;
  std::string journal;
  for (const uint64_t signed_size : journalled) journal += JournalRecord(Checkpoint(signed_size));
  WriteAll(directory + "/journal", journal);
}

void LogFixture::WriteEntries(const std::string& directory) const {
  for (uint64_t begin = 0; begin < size(); begin += kTileWidth) {
    const uint64_t width = std::min(kTileWidth, size() - begin);
    WriteAll(fmt::format("{}/{}", directory, evidence::EntryBundlePath(begin / kTileWidth, width)),
             evidence::EncodeBundle(std::span(entries).subspan(begin, width)).value());
  }
}

void LogFixture::Edit(uint64_t index, const std::function<void(evidence::Entry&)>& change) {
  evidence::Entry entry = evidence::DecodeEntry(entries[index]).value();
  change(entry);
  entries[index] = evidence::EncodeEntry(entry).value();
}

Report Verify(const LogFixture& log, const std::string& directory, const VerifyOptions& options) {
  return VerifyLog(TileDirectory(directory), log.verifier, options);
}

std::string Describe(const Report& report) {
  std::string text = fmt::format("{}: {}\n", VerdictName(report.verdict), report.scope);
  for (const Finding& finding : report.findings) {
    text +=
        fmt::format("  {} {}: {}\n", VerdictName(finding.verdict), finding.subject, finding.reason);
  }
  return text;
}

bool Names(const Report& report, Verdict verdict, uint64_t index) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.verdict == verdict && finding.index == index;
  });
}

bool NamesSubject(const Report& report, Verdict verdict, std::string_view subject) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.verdict == verdict && finding.subject == subject;
  });
}

}  // namespace cradle::audit::testing
