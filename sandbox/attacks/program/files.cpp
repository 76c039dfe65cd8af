// Attempts to read or change what is on the host's disk.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

/// Prints what it can read: the suite looks for its canary in there.
Seen read_one(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return tried(fd);
  close(fd);
  const std::string text = content(path.c_str());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return text.empty() ? denied("nothing in it") : through("read " + path);
}

/// The first that can be read; else what the most telling refusal was.
Seen read_first(const std::vector<std::string>& paths) {
  Seen worst = denied("ENOENT");
  for (const std::string& path : paths) {
    const Seen seen = read_one(path);
    if (seen.how == How::kThrough) return seen;
    if (seen.what != "ENOENT") worst = seen;
  }
  return worst;
}

Seen read_any(Arguments paths) { return read_first({paths.begin(), paths.end()}); }

/// Opens for writing, and writes nothing: that it may is enough.
Seen open_any_for_writing(Arguments paths) {
  int error = ENOENT;
  for (const char* path : paths) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
      close(fd);
      return through(std::string("opened ") + path);
    }
    error = errno == ENOENT ? error : errno;
  }
  errno = error;
  return tried(-1);
}

Seen append_to(const char* path) {
  const int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return tried(fd);
  return tried(write(fd, "attacked\n", 9));
}

Seen make_file(const char* path) {
  return tried(open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));
}

Seen link_any(Arguments paths) {
  int error = ENOENT;
  for (const char* path : paths) {
    if (link(path, "linked") == 0) return through(std::string("linked ") + path);
    error = errno == ENOENT ? error : errno;
  }
  errno = error;
  return tried(-1);
}

/// Out of the work folder by the folders above it, without a name that could be forbidden.
Seen climb() { return read_first({"../outside/canary", "../../outside/canary"}); }

/// Any descriptor that was there before we opened one.
Seen inherited_descriptor() {
  constexpr int kMost = 1024;
  for (int fd = 3; fd < kMost; ++fd) {
    struct stat info{};
    if (fstat(fd, &info) != 0) continue;
    char text[256];
    const ssize_t got = pread(fd, text, sizeof text, 0);
    if (got > 0) std::fwrite(text, 1, static_cast<std::size_t>(got), stdout);
    return through("descriptor " + std::to_string(fd) + " is open");
  }
  errno = EBADF;
  return tried(-1);
}

/// CVE-2024-21626: a folder of the host by a descriptor that somebody forgot.
Seen folder_by_descriptor(const std::string& name) {
  std::vector<std::string> paths;
  for (int fd = 3; fd < 64; ++fd) {
    paths.push_back("/proc/self/fd/" + std::to_string(fd) + name);
  }
  return read_first(paths);
}

/// CVE-2019-5736: writing over the program that made the container, found through its process.
Seen overwrite_first_program() {
  const int program = open("/proc/1/exe", O_PATH | O_CLOEXEC);
  if (program < 0) return tried(program);
  const std::string path = "/proc/self/fd/" + std::to_string(program);
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  // Busy means: not now, but as soon as nobody runs it.
  if (fd >= 0 || errno == ETXTBSY) return through("it can be opened for writing");
  return tried(fd);
}

Seen extended_attribute() {
  close(open("attributed", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
  return tried(setxattr("attributed", "user.automod", "x", 1, 0));
}

/// Devices beyond the five that do no harm.
Seen open_device() {
  constexpr const char* kDevices[] = {"/dev/tty",     "/dev/ptmx", "/dev/kmsg", "/dev/mem",
                                      "/dev/console", "/dev/fuse", "/dev/kvm",  "/dev/vda",
                                      "/dev/sda",     "/dev/loop0"};
  int error = ENOENT;
  for (const char* device : kDevices) {
    const int fd = open(device, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd >= 0) return through(std::string("opened ") + device);
    error = errno == ENOENT ? error : errno;
  }
  errno = error;
  return tried(-1);
}

/// A name for the root of the old file system, should it lie above or below the new one.
Seen old_root(const std::string& path) {
  return read_first({"/.." + path, "/../.." + path, "/.old" + path, "/oldroot" + path,
                     "/proc/1/root" + path, "/proc/self/root/.." + path, "/proc/1/cwd" + path});
}

const Attempt kAttempts[] = {
    {"read-file", read_any},
    {"open-for-writing", open_any_for_writing},
    {"append-to-file", [](Arguments a) { return append_to(argument(a, 0).c_str()); }},
    {"make-file", [](Arguments a) { return make_file(argument(a, 0).c_str()); }},
    {"remove-file", [](Arguments a) { return tried(unlink(argument(a, 0).c_str())); }},
    {"rename-file",
     [](Arguments a) { return tried(rename(argument(a, 0).c_str(), argument(a, 1).c_str())); }},
    {"change-mode", [](Arguments a) { return tried(chmod(argument(a, 0).c_str(), 0666)); }},
    {"hard-link", link_any},
    {"climb-out-of-work-folder", [](Arguments) { return climb(); }},
    {"inherited-descriptor", [](Arguments) { return inherited_descriptor(); }},
    {"folder-by-descriptor", [](Arguments a) { return folder_by_descriptor(argument(a, 0)); }},
    {"overwrite-first-program", [](Arguments) { return overwrite_first_program(); }},
    {"extended-attribute", [](Arguments) { return extended_attribute(); }},
    {"open-device", [](Arguments) { return open_device(); }},
    {"old-root", [](Arguments a) { return old_root(argument(a, 0)); }},
};

}  // namespace

std::span<const Attempt> file_attempts() { return kAttempts; }

}  // namespace automod::attack
