#include "tests/bench/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace cradle::bench {
namespace {

[[noreturn]] void Give(const char* what) {
  std::perror(what);
  std::exit(1);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& arguments) {
  int to_child[2];
  int from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) Give("pipe");
  std::vector<char*> argv = {const_cast<char*>("append_bench")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
  const int error = posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to_child[0]);
  close(from_child[1]);
  if (error != 0) Give("spawn");
  input_ = to_child[1];
  FILE* output = fdopen(from_child[0], "r");
  int port = 0;
  if (output == nullptr || std::fscanf(output, "%d", &port) != 1 || port == 0) {
    std::fprintf(stderr, "the server did not start\n");
    std::exit(1);
  }
  std::fclose(output);
  address_ = fmt::format("127.0.0.1:{}", port);
}

double ServerProcess::PeakMemoryMib() const {
  std::ifstream status(fmt::format("/proc/{}/status", pid_));
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024;
  }
  return 0;
}

double ServerProcess::CpuSeconds() const {
  clockid_t clock = 0;
  timespec used{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) Give("clock");
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

void ServerProcess::Stop() {
  if (input_ < 0) return;
  close(input_);
  input_ = -1;
  int result = 0;
  if (waitpid(pid_, &result, 0) < 0 || result != 0) {
    std::fprintf(stderr, "the server ended with status %d\n", result);
    std::exit(1);
  }
}

void ServeUntilInputEnds(int port) {
  std::printf("%d\n", port);
  std::fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

}  // namespace cradle::bench
