// cradle-district: loads a sample district into a log that was just made, and counts what a log
// holds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "clients/cli/output.h"
#include "clients/district/load.h"
#include "clients/sdk/clock.h"
#include "clients/sdk/files.h"
#include "cradle/v1/admin.grpc.pb.h"
#include "storage/evidence/hash.h"

namespace {

using namespace cradle;            // NOLINT(google-build-using-namespace)
using namespace cradle::district;  // NOLINT(google-build-using-namespace)

struct Options {
  std::string server;
  std::string data;
  std::string home;
  std::string directory;
  std::vector<std::string> homes;  // NAME=DIR
  int64_t now_ms = 0;
};

int Fail(const absl::Status& status) {
  std::cerr << "cradle-district: " << std::string(status.message()) << "\n";
  return 1;
}

// What `cradled init` wrote: the hash of the rule data that is to judge.
absl::StatusOr<std::string> ReadRuleDataSha256(const std::string& data) {
  const std::filesystem::path path = std::filesystem::path(data) / "cradle.json";
  absl::StatusOr<std::string> text = sdk::ReadFile(path);
  if (!text.ok()) return text.status();
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains("rule_data_sha256") &&
      json["rule_data_sha256"].is_string()) {
    return evidence::FromHex(json["rule_data_sha256"].get<std::string>());
  }
  return absl::InvalidArgumentError(path.string() + ": no rule_data_sha256 in it");
}

// Over the socket that only who runs the server can open.
SetClock ClockOf(const std::string& data) {
  const std::filesystem::path socket =
      std::filesystem::absolute(std::filesystem::path(data) / "admin.sock");
  std::shared_ptr<v1::AdminService::Stub> stub = v1::AdminService::NewStub(
      grpc::CreateChannel("unix:" + socket.string(), grpc::InsecureChannelCredentials()));
  return [stub, data](int64_t now_ms) -> absl::Status {
    grpc::ClientContext context;
    v1::SetClockRequest request;
    request.set_now_ms(now_ms);
    v1::SetClockResponse response;
    const absl::Status status = sdk::FromGrpc(stub->SetClock(&context, request, &response));
    if (status.ok()) return status;
    return {status.code(), fmt::format("cannot put the clock of the server on {}: {}", data,
                                       std::string(status.message()))};
  };
}

absl::Status ParseHomes(const std::vector<std::string>& words, LoadHomes& homes) {
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) {
      return absl::InvalidArgumentError("--keep " + word + ": NAME=DIR is needed");
    }
    homes[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return absl::OkStatus();
}

int RunLoad(const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  absl::StatusOr<District> district = ReadDistrict(options.directory);
  if (!district.ok()) return Fail(district.status());
  LoadHomes homes;
  if (absl::Status status = ParseHomes(options.homes, homes); !status.ok()) return Fail(status);
  absl::StatusOr<std::unique_ptr<sdk::Connection>> connection = sdk::Connection::To(options.server);
  if (!connection.ok()) return Fail(connection.status());
  absl::StatusOr<sdk::Home> regulator = sdk::Home::Open(options.home);
  if (!regulator.ok()) return Fail(regulator.status());
  absl::StatusOr<std::string> sha256 = ReadRuleDataSha256(options.data);
  if (!sha256.ok()) return Fail(sha256.status());

  cli::Progress bar("loading", /*quiet=*/false);
  LoadOptions load;
  load.now_ms = options.now_ms != 0 ? options.now_ms : sdk::SystemClock().NowMs();
  load.rule_data_sha256 = *sha256;
  load.set_clock = ClockOf(options.data);
  load.progress = [&bar](size_t done, size_t all) { bar.Show(done, all); };
  absl::StatusOr<LoadResult> result =
      LoadDistrict(*district, **connection, load, *regulator, homes);
  if (!result.ok()) return Fail(result.status());
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::cout << fmt::format("loaded {} statements in {:.1f} s, every receipt verified\n",
                           result->statements, seconds);
  for (const auto& [rule, count] : result->marks) {
    std::cout << fmt::format("marked by {}: {}\n", rule, count);
  }
  return 0;
}

int RunCount(const Options& options) {
  absl::StatusOr<std::unique_ptr<sdk::Connection>> connection = sdk::Connection::To(options.server);
  if (!connection.ok()) return Fail(connection.status());
  absl::StatusOr<Counts> counts = CountLog(**connection);
  if (!counts.ok()) return Fail(counts.status());
  std::cout << fmt::format("organisations {}\nbatches {}\nmanifests {}\nentries {}\n",
                           counts->organisations, counts->batches, counts->manifests,
                           counts->entries);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A district to try Cradle with."};
  app.require_subcommand(1);
  Options options;

  CLI::App* load =
      app.add_subcommand("load", "Live through a week of a district on a log that was just made");
  load->add_option("--server", options.server, "HOST:PORT of a server with --manual-clock")
      ->required();
  load->add_option("--data-admin", options.data, "Its data directory, to put its clock")
      ->required();
  load->add_option("--home", options.home,
                   "Home of the regulator whose key the log was made for; it trusts the log")
      ->required();
  load->add_option("--dir", options.directory, "The district's CSV files")->required();
  load->add_option("--keep", options.homes,
                   "NAME=DIR: make a home of an organisation's device, to go on with; again for "
                   "each");
  load->add_option("--now", options.now_ms, "The end of the week (Unix ms; default: now)");

  CLI::App* count = app.add_subcommand("count", "Count what a log holds, from its entries");
  count->add_option("--server", options.server, "HOST:PORT")->required();

  CLI11_PARSE(app, argc, argv);
  return *load ? RunLoad(options) : RunCount(options);
}
