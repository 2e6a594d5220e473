#include "tests/storage/kv/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cradle::kv {

Child::Child(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), CRADLE_KV_STORE_CHILD);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  int to_child[2];
  int from_child[2];
  EXPECT_EQ(::pipe2(to_child, O_CLOEXEC), 0);
  EXPECT_EQ(::pipe2(from_child, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
  int error = posix_spawn(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ);
  EXPECT_EQ(error, 0) << pointers[0];
  if (error != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  ::close(to_child[0]);
  ::close(from_child[1]);
  input_ = to_child[1];
  output_ = from_child[0];
}

Child::~Child() {
  Kill();
  CloseInput();
  ::close(output_);
}

std::optional<std::string> Child::ReadLine() {
  for (;;) {
    if (size_t end = read_ahead_.find('\n'); end != std::string::npos) {
      std::string line = read_ahead_.substr(0, end);
      read_ahead_.erase(0, end + 1);
      return line;
    }
    char bytes[4096];
    ssize_t count = ::read(output_, bytes, sizeof(bytes));
    if (count == 0) return std::nullopt;
    if (count < 0) {
      if (errno == EINTR) continue;
      ADD_FAILURE() << "cannot read from the child, errno " << errno;
      return std::nullopt;
    }
    read_ahead_.append(bytes, static_cast<size_t>(count));
  }
}

void Child::CloseInput() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

void Child::Kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  Wait();
}

void Child::Wait() {
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace cradle::kv
