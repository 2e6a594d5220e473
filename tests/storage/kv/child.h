// A second process over a store: the program kv_store_child, driven by its input and output.
#ifndef CRADLE_TESTS_STORAGE_KV_CHILD_H_
#define CRADLE_TESTS_STORAGE_KV_CHILD_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace cradle::kv {

class Child {
 public:
  // Starts kv_store_child with these arguments; store_child.cc lists them.
  explicit Child(std::vector<std::string> arguments);
  ~Child();  // kills it if it still runs
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next line it prints, without its LF; nullopt when it has ended. What a killed child wrote
  // of an unfinished line is not a line.
  std::optional<std::string> ReadLine();
  void CloseInput();
  void Kill();  // -9
  void Wait();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string read_ahead_;
};

}  // namespace cradle::kv

#endif  // CRADLE_TESTS_STORAGE_KV_CHILD_H_
