// What tests have done to a store by another process:
//   open DIR [nobody] [read-only]  opens it, prints the status, holds it until its input ends
//   commit DIR FIRST               numbered commits from FIRST on, every third one buffered, the
//                                  number printed when acknowledged, until it is killed
//   fill DIR                       on a small disk of its own mounted at DIR: commits until refused
// "nobody" gives up the rights of the superuser first.
#include <fmt/format.h>
#include <sched.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "storage/kv/rocksdb_store.h"
#include "tests/storage/kv/commits.h"

namespace cradle::kv {
namespace {

constexpr uid_t kNobody = 65534;

void PrintLine(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void PrintStatus(const absl::Status& status) {
  PrintLine(std::string(absl::StatusCodeToString(status.code())));
  PrintLine(std::string(status.message()));
}

void WaitForEndOfInput() {
  char byte;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

int Open(const std::string& directory, const std::vector<std::string>& flags) {
  auto has = [&](const char* flag) {
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
  };
  if (has("nobody") && ::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
    PrintLine(fmt::format("cannot become nobody: {}", std::strerror(errno)));
    return 1;
  }
  absl::StatusOr<std::unique_ptr<Store>> store =
      OpenRocksDb(directory, {.read_only = has("read-only")});
  PrintStatus(store.status());
  WaitForEndOfInput();
  return 0;
}

int CommitUntilKilled(const std::string& directory, uint64_t first) {
  absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(directory);
  if (!store.ok()) {
    PrintLine(store.status().ToString());
    return 1;
  }
  absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
  if (!writer.ok()) {
    PrintLine(writer.status().ToString());
    return 1;
  }
  for (uint64_t number = first;; ++number) {
    Durability durability = number % 3 == 0 ? Durability::kBuffered : Durability::kSynced;
    absl::Status status = (*writer)->Commit(NumberedCommit(number), durability);
    if (!status.ok()) {
      PrintLine(status.ToString());
      return 1;
    }
    PrintLine(std::to_string(number));
  }
}

// Mounting needs the superuser or a user namespace of one's own; where neither is allowed the first
// line printed says so.
bool MountSmallDisk(const std::string& directory) {
  int flags = CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
  if (::unshare(flags) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=96m") != 0) {
    PrintLine(fmt::format("cannot mount a disk: {}", std::strerror(errno)));
    return false;
  }
  PrintLine("mounted");
  return true;
}

int Fill(const std::string& directory) {
  if (!MountSmallDisk(directory)) return 1;
  absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(directory + "/kv");
  if (!store.ok()) {
    PrintStatus(store.status());
    return 1;
  }
  std::unique_ptr<Writer> writer = *(*store)->OpenWriter();
  uint64_t number = 0;
  absl::Status status;
  for (; status.ok(); number += status.ok() ? 1 : 0) {
    status = writer->Commit(NumberedCommit(number), Durability::kSynced);
  }
  PrintStatus(status);
  PrintLine(std::to_string(number));

  // Now really full: not a byte left. The store must open again once there is room.
  writer.reset();
  store->reset();
  std::string balloon = directory + "/balloon";
  std::ofstream file(balloon);
  const std::string block(4096, 'x');
  while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
  file.close();
  PrintStatus(OpenRocksDb(directory + "/kv").status());
  std::remove(balloon.c_str());
  store = OpenRocksDb(directory + "/kv");
  PrintStatus(store.status());
  if (store.ok()) PrintLine(std::to_string(CountNumberedCommits(**store)));
  return 0;
}

int Run(const std::vector<std::string>& arguments) {
  if (arguments.size() >= 2 && arguments[0] == "open") {
    return Open(arguments[1], {arguments.begin() + 2, arguments.end()});
  }
  if (arguments.size() == 3 && arguments[0] == "commit") {
    return CommitUntilKilled(arguments[1], std::stoull(arguments[2]));
  }
  if (arguments.size() == 2 && arguments[0] == "fill") return Fill(arguments[1]);
  fmt::print(stderr, "usage: see the head of store_child.cc\n");
  return 2;
}

}  // namespace
}  // namespace cradle::kv

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("kv_store_child"));
  return cradle::kv::Run({argv + 1, argv + argc});
}
