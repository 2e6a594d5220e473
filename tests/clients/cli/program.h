// Runs the built `cradle` as a person would, in homes of its own.
#ifndef CRADLE_TESTS_CLIENTS_CLI_PROGRAM_H_
#define CRADLE_TESTS_CLIENTS_CLI_PROGRAM_H_

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/clients/sdk/temporary_directory.h"

namespace cradle::cli {

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
  nlohmann::json json() const {
    auto parsed = nlohmann::json::parse(out, nullptr, /*allow_exceptions=*/false);
    EXPECT_FALSE(parsed.is_discarded()) << out;
    return parsed;
  }
};

class Program {
 public:
  std::string Path(const std::string& name) const { return (directory_.path() / name).string(); }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // In the home `home` under the test's directory, in which the program also runs.
  Ran Run(const std::string& home, const std::vector<std::string>& arguments) const {
    std::string command = "cd " + directory_.path().string() + " && " + CRADLE_PROGRAM +
                          " --home " + Path(home) + " --now 2026-03-01T08:30:00+08:00";
    for (const std::string& argument : arguments) command += " '" + argument + "'";
    command += " >" + Path("out") + " 2>" + Path("err") + " </dev/null";
    const int status = system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Read("out"), Read("err")};
  }

 private:
  sdk::TemporaryDirectory directory_;
};

}  // namespace cradle::cli

#endif  // CRADLE_TESTS_CLIENTS_CLI_PROGRAM_H_
