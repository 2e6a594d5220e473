// Runs a fuzz target without libFuzzer, so that any compiler's build can: over the inputs kept in
// the corpus, then over a fixed number of inputs changed from them, the same in every run.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr char kUsage[] =
    "usage: {} [-runs=N] [-seed=N] FILE|DIRECTORY…\n"
    "Runs every file, then N inputs changed from them (default 0, seed 1).\n";
constexpr size_t kBytesMax = 4096;
constexpr std::string_view kTokens[] = {
    std::string_view("\0", 1), "\n", ",", "\"", "\r\n", "\xEF\xBB\xBF", "汉", "HW08", "9999-12-31"};

// The input being run, for the handler of a crash.
const std::string* running = nullptr;
std::string crash_path;
std::string crash_text;

void KeepInput(int signal_number) {
  const int file = open(crash_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  bool kept = file >= 0 && running != nullptr;
  if (kept) kept = write(file, running->data(), running->size()) >= 0;
  if (kept) kept = write(STDERR_FILENO, crash_text.data(), crash_text.size()) >= 0;
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

void RunOne(const std::string& input) {
  running = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  running = nullptr;
}

class Changer {
 public:
  Changer(const std::vector<std::string>& corpus, uint64_t seed) : corpus_(corpus), random_(seed) {}

  std::string Next() {
    std::string input = Any();
    for (size_t changes = 1 + Below(4); changes > 0; --changes) Change(input);
    if (input.size() > kBytesMax) input.resize(kBytesMax);
    return input;
  }

 private:
  size_t Below(size_t count) { return random_() % count; }
  const std::string& Any() { return corpus_[Below(corpus_.size())]; }

  void Change(std::string& input) {
    const size_t at = Below(input.size() + 1);
    const size_t span = std::min(input.size() - at, 1 + Below(16));
    switch (Below(7)) {
      case 0:
        input.erase(at, span);
        return;
      case 1:
        input.insert(at, 1 + Below(3), static_cast<char>(random_()));
        return;
      case 2:
        input.insert(at, kTokens[Below(std::size(kTokens))]);
        return;
      case 3: {
        const std::string& other = Any();
        const size_t from = Below(other.size() + 1);
        input.insert(at, other.substr(from, Below(64)));
        return;
      }
      case 4: {
        // One that begins as this and goes on as another.
        const std::string& other = Any();
        input.resize(at);
        input += other.substr(std::min(at, other.size()));
        return;
      }
      default:
        if (at == input.size()) return input.push_back(static_cast<char>(random_()));
        input[at] = Below(2) == 0 ? static_cast<char>(random_())
                                  : static_cast<char>(input[at] ^ (1 << Below(8)));
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The files at a path, in order of name.
std::vector<std::filesystem::path> FilesAt(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool TakeNumber(std::string_view argument, std::string_view name, uint64_t& number) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  const char* const end = argument.data() + argument.size();
  const auto [stop, error] = std::from_chars(argument.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 0;
  uint64_t seed = 1;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (TakeNumber(argument, "-runs=", runs) || TakeNumber(argument, "-seed=", seed)) continue;
    if (argument.starts_with("-") || !std::filesystem::exists(argument)) {
      fmt::print(stderr, fmt::runtime(kUsage), argv[0]);
      return 2;
    }
    for (auto& file : FilesAt(argument)) files.push_back(std::move(file));
  }
  if (files.empty()) {
    fmt::print(stderr, "no input in the corpus\n");
    return 2;
  }
  crash_path = fmt::format("{}.crash", argv[0]);
  crash_text = fmt::format("its input is kept; replay it with: {} {}\n", argv[0], crash_path);
  for (const int signal_number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) {
    signal(signal_number, KeepInput);
  }
  std::vector<std::string> corpus;
  for (const auto& file : files) {
    corpus.push_back(ReadFile(file));
    RunOne(corpus.back());
  }
  fmt::print("{} inputs of the corpus; now {} changed from them, seed {}\n", corpus.size(), runs,
             seed);
  std::fflush(stdout);
  Changer changer(corpus, seed);
  for (uint64_t i = 0; i < runs; ++i) RunOne(changer.Next());
  fmt::print("done\n");
  return 0;
}
