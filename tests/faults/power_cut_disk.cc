// A file system in memory that can lose power: what was not synced is then gone.
//
//   power_cut_disk DIRECTORY
//
// Mounts itself there by FUSE and obeys commands on standard input, one a line, each answered by a
// line on standard output:
//   cut      from here on every call fails with EIO
//   lose     power is back: each file has the bytes of its last fsync, each directory the names of
//            its last fsync; all else never happened
//   tear N   as `lose`, but of what was appended since the last fsync a part survives, chosen by
//   the
//            seed N: a disk may have written more than it was asked to
//   keep     all there is counts as synced
// At the end of standard input it unmounts.
//
// Stricter than most disks: a new file's name is lost unless its directory was synced, also when
// the file itself was.
#define FUSE_USE_VERSION 35
#include <fuse3/fuse.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>

namespace {

// A file, directory or socket: as it is, and as it is on the platter.
struct Node {
  explicit Node(mode_t new_mode) : mode(new_mode) { Touch(); }
  void Touch() { clock_gettime(CLOCK_REALTIME, &modified); }

  using Names = std::map<std::string, std::shared_ptr<Node>, std::less<>>;
  mode_t mode;
  timespec modified;
  std::string bytes;
  std::string synced_bytes;
  size_t same_bytes = 0;  // so many at the front are in both
  Names names;
  Names synced_names;
};
using NodePtr = std::shared_ptr<Node>;

class Disk {
 public:
  std::mutex mutex;
  bool cut = false;

  NodePtr Find(std::string_view path) const {
    NodePtr node = root_;
    while (node != nullptr && !path.empty()) {
      const size_t end = path.find('/', 1);
      const auto found = node->names.find(path.substr(1, end - 1));
      node = found == node->names.end() ? nullptr : found->second;
      path = end == std::string_view::npos ? std::string_view() : path.substr(end);
      if (path == "/") break;
    }
    return node;
  }
  NodePtr FindPath(const char* path) const {
    return std::strcmp(path, "/") == 0 ? root_ : Find(path);
  }
  // The directory that holds `path`, and its last name.
  std::pair<NodePtr, std::string> FindPlace(std::string_view path) const {
    const size_t slash = path.rfind('/');
    return {Find(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  }

  static void Sync(Node& node) {
    node.synced_bytes.resize(std::min(node.same_bytes, node.synced_bytes.size()));
    node.synced_bytes.append(node.bytes, node.synced_bytes.size());
    node.same_bytes = node.bytes.size();
    node.synced_names = node.names;
  }
  void SyncAll(Node& node) {
    Sync(node);
    for (const auto& [name, below] : node.names) SyncAll(*below);
  }
  // With `random`, a part of what was only appended survives.
  void GoBack(Node& node, std::mt19937_64* random) {
    if (random != nullptr && node.same_bytes == node.synced_bytes.size() &&
        node.bytes.size() > node.same_bytes) {
      const size_t more = (*random)() % (node.bytes.size() - node.same_bytes + 1);
      node.synced_bytes = node.bytes.substr(0, node.same_bytes + more);
    }
    node.bytes = node.synced_bytes;
    node.same_bytes = node.bytes.size();
    node.names = node.synced_names;
    for (const auto& [name, below] : node.names) GoBack(*below, random);
  }
  Node& root() { return *root_; }

 private:
  NodePtr root_ = std::make_shared<Node>(S_IFDIR | 0755);
};

Disk& TheDisk() {
  static Disk disk;
  return disk;
}

// Every call: one at a time, and none without power.
template <typename Call>
int WithPower(Call call) {
  Disk& disk = TheDisk();
  const std::lock_guard lock(disk.mutex);
  return disk.cut ? -EIO : call(disk);
}

// The node of an open file, also when its name is gone.
NodePtr& Handle(const fuse_file_info& info) {
  return *reinterpret_cast<NodePtr*>(info.fh);  // NOLINT(performance-no-int-to-ptr): as FUSE has it
}

NodePtr NodeOf(const Disk& disk, const char* path, const fuse_file_info* info) {
  return info != nullptr && info->fh != 0 ? Handle(*info) : disk.FindPath(path);
}

void SetHandle(fuse_file_info& info, NodePtr node) {
  info.fh = reinterpret_cast<uint64_t>(new NodePtr(std::move(node)));
  info.direct_io = 1;  // the kernel must not remember what the disk forgets
}

int GetAttributes(const char* path, struct stat* attributes, fuse_file_info* info) {
  return WithPower([&](const Disk& disk) {
    const NodePtr node = NodeOf(disk, path, info);
    if (node == nullptr) return -ENOENT;
    *attributes = {};
    attributes->st_mode = node->mode;
    attributes->st_nlink = S_ISDIR(node->mode) ? 2 : 1;
    attributes->st_size = static_cast<off_t>(node->bytes.size());
    attributes->st_blocks = (attributes->st_size + 511) / 512;
    attributes->st_blksize = 4096;
    attributes->st_mtim = attributes->st_ctim = attributes->st_atim = node->modified;
    attributes->st_uid = getuid();
    attributes->st_gid = getgid();
    return 0;
  });
}

int Make(const char* path, mode_t mode, NodePtr* made) {
  return WithPower([&](const Disk& disk) {
    const auto [directory, name] = disk.FindPlace(path);
    if (directory == nullptr) return -ENOENT;
    if (directory->names.contains(name)) return -EEXIST;
    NodePtr node = std::make_shared<Node>(mode);
    directory->names[name] = node;
    directory->Touch();
    if (made != nullptr) *made = std::move(node);
    return 0;
  });
}

int MakeNode(const char* path, mode_t mode, dev_t) { return Make(path, mode, nullptr); }
int MakeDirectory(const char* path, mode_t mode) { return Make(path, S_IFDIR | mode, nullptr); }

int Create(const char* path, mode_t mode, fuse_file_info* info) {
  NodePtr node;
  const int error = Make(path, S_IFREG | mode, &node);
  if (error == 0) SetHandle(*info, std::move(node));
  return error;
}

int Open(const char* path, fuse_file_info* info) {
  return WithPower([&](const Disk& disk) {
    NodePtr node = disk.FindPath(path);
    if (node == nullptr) return -ENOENT;
    SetHandle(*info, std::move(node));
    return 0;
  });
}

int Release(const char*, fuse_file_info* info) {
  const std::lock_guard lock(TheDisk().mutex);
  delete &Handle(*info);
  return 0;
}

int Read(const char*, char* buffer, size_t size, off_t offset, fuse_file_info* info) {
  return WithPower([&](const Disk&) {
    const std::string& bytes = Handle(*info)->bytes;
    const auto begin = static_cast<size_t>(offset);
    if (begin >= bytes.size()) return 0;
    return static_cast<int>(bytes.copy(buffer, size, begin));
  });
}

int Write(const char*, const char* buffer, size_t size, off_t offset, fuse_file_info* info) {
  return WithPower([&](const Disk&) {
    Node& node = *Handle(*info);
    const auto begin = static_cast<size_t>(offset);
    if (node.bytes.size() < begin + size) node.bytes.resize(begin + size);
    node.bytes.replace(begin, size, buffer, size);
    node.same_bytes = std::min(node.same_bytes, begin);
    node.Touch();
    return static_cast<int>(size);
  });
}

int Truncate(const char* path, off_t size, fuse_file_info* info) {
  return WithPower([&](const Disk& disk) {
    const NodePtr node = NodeOf(disk, path, info);
    if (node == nullptr) return -ENOENT;
    node->same_bytes = std::min({node->same_bytes, node->bytes.size(), static_cast<size_t>(size)});
    node->bytes.resize(static_cast<size_t>(size));
    node->Touch();
    return 0;
  });
}

// Space is reserved by doing nothing: there is memory.
int Allocate(const char*, int mode, off_t, off_t, fuse_file_info*) {
  constexpr int kKeepSize = 1;  // FALLOC_FL_KEEP_SIZE
  return mode == kKeepSize ? 0 : -EOPNOTSUPP;
}

int SyncFile(const char* path, int, fuse_file_info* info) {
  return WithPower([&](const Disk& disk) {
    const NodePtr node = NodeOf(disk, path, info);
    if (node == nullptr) return -ENOENT;
    Disk::Sync(*node);
    return 0;
  });
}

int Remove(const char* path) {
  return WithPower([&](const Disk& disk) {
    const auto [directory, name] = disk.FindPlace(path);
    if (directory == nullptr || directory->names.erase(name) == 0) return -ENOENT;
    directory->Touch();
    return 0;
  });
}

int RemoveDirectory(const char* path) {
  return WithPower([&](const Disk& disk) {
    const auto [directory, name] = disk.FindPlace(path);
    const NodePtr node = disk.FindPath(path);
    if (node == nullptr) return -ENOENT;
    if (!node->names.empty()) return -ENOTEMPTY;
    directory->names.erase(name);
    return 0;
  });
}

int Rename(const char* from, const char* to, unsigned int flags) {
  if (flags != 0) return -EINVAL;
  return WithPower([&](const Disk& disk) {
    const auto [old_directory, old_name] = disk.FindPlace(from);
    const auto [new_directory, new_name] = disk.FindPlace(to);
    const NodePtr node = disk.FindPath(from);
    if (node == nullptr || new_directory == nullptr) return -ENOENT;
    old_directory->names.erase(old_name);
    new_directory->names[new_name] = node;
    return 0;
  });
}

int Link(const char* from, const char* to) {
  return WithPower([&](const Disk& disk) {
    const NodePtr node = disk.FindPath(from);
    const auto [directory, name] = disk.FindPlace(to);
    if (node == nullptr || directory == nullptr) return -ENOENT;
    return directory->names.emplace(name, node).second ? 0 : -EEXIST;
  });
}

int ReadDirectory(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*,
                  fuse_readdir_flags) {
  return WithPower([&](const Disk& disk) {
    const NodePtr node = disk.FindPath(path);
    if (node == nullptr) return -ENOENT;
    for (const char* name : {".", ".."}) fill(buffer, name, nullptr, 0, fuse_fill_dir_flags{});
    for (const auto& [name, below] : node->names) {
      fill(buffer, name.c_str(), nullptr, 0, fuse_fill_dir_flags{});
    }
    return 0;
  });
}

int SetMode(const char* path, mode_t mode, fuse_file_info* info) {
  return WithPower([&](const Disk& disk) {
    const NodePtr node = NodeOf(disk, path, info);
    if (node == nullptr) return -ENOENT;
    node->mode = (node->mode & S_IFMT) | (mode & ~S_IFMT);
    return 0;
  });
}

int SetOwner(const char*, uid_t, gid_t, fuse_file_info*) { return 0; }
int SetTimes(const char*, const timespec*, fuse_file_info*) { return 0; }

int Space(const char*, struct statvfs* space) {
  *space = {};
  space->f_bsize = space->f_frsize = 4096;
  space->f_blocks = space->f_bfree = space->f_bavail = uint64_t{1} << 24;
  space->f_namemax = 255;
  return 0;
}

void* Begin(fuse_conn_info*, fuse_config* config) {
  config->use_ino = 0;
  config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
  config->hard_remove = 1;
  std::cout << "mounted" << std::endl;
  return nullptr;
}

fuse_operations Operations() {
  fuse_operations operations{};
  operations.init = Begin;
  operations.getattr = GetAttributes;
  operations.mknod = MakeNode;
  operations.mkdir = MakeDirectory;
  operations.create = Create;
  operations.open = Open;
  operations.release = Release;
  operations.read = Read;
  operations.write = Write;
  operations.truncate = Truncate;
  operations.fallocate = Allocate;
  operations.fsync = SyncFile;
  operations.fsyncdir = SyncFile;
  operations.unlink = Remove;
  operations.rmdir = RemoveDirectory;
  operations.rename = Rename;
  operations.link = Link;
  operations.readdir = ReadDirectory;
  operations.chmod = SetMode;
  operations.chown = SetOwner;
  operations.utimens = SetTimes;
  operations.statfs = Space;
  return operations;
}

bool Obey(const std::string& command) {
  Disk& disk = TheDisk();
  const std::lock_guard lock(disk.mutex);
  if (command == "cut") {
    disk.cut = true;
  } else if (command == "keep") {
    disk.SyncAll(disk.root());
  } else if (command == "lose") {
    disk.GoBack(disk.root(), nullptr);
    disk.cut = false;
  } else if (command.starts_with("tear ")) {
    std::mt19937_64 random(std::stoull(command.substr(5)));
    disk.GoBack(disk.root(), &random);
    disk.cut = false;
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: power_cut_disk DIRECTORY\n";
    return 2;
  }
  const fuse_operations operations = Operations();
  fuse_args arguments = FUSE_ARGS_INIT(1, argv);
  fuse* file_system = fuse_new(&arguments, &operations, sizeof(operations), nullptr);
  if (file_system == nullptr || fuse_mount(file_system, argv[1]) != 0) {
    std::cerr << "power_cut_disk: cannot mount on " << argv[1] << "\n";
    return 77;  // for ctest: nothing was tested here
  }
  std::thread commands([file_system] {
    for (std::string command; std::getline(std::cin, command);) {
      std::cout << (Obey(command) ? "done" : "not understood") << std::endl;
    }
    fuse_unmount(file_system);
  });
  fuse_loop(file_system);
  commands.join();
  fuse_destroy(file_system);
  fuse_opt_free_args(&arguments);
  return 0;
}
