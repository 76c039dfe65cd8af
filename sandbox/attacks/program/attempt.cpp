#include "sandbox/attacks/program/attempt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace automod::attack {

namespace {

std::string error_name(int error) {
  const char* name = strerrorname_np(error);
  return name == nullptr ? std::to_string(error) : name;
}

}  // namespace

Seen through(std::string what) { return {How::kThrough, std::move(what)}; }
Seen denied(std::string what) { return {How::kDenied, std::move(what)}; }
Seen unable(std::string why) { return {How::kUnable, std::move(why)}; }

Seen tried(long result) {
  return result >= 0 ? through("it succeeded") : denied(error_name(errno));
}

Seen reached(long result, int refusal) {
  if (result >= 0) return through("it succeeded");
  if (errno == refusal) return denied(error_name(errno));
  if (errno == ENOSYS) return unable("this kernel has no such call");
  return through("the kernel answered " + error_name(errno));
}

Seen layer(bool there, const std::string& what) { return there ? denied(what) : through(what); }

std::string argument(Arguments arguments, std::size_t index) {
  return index < arguments.size() ? arguments[index] : "";
}

long number(Arguments arguments, std::size_t index) {
  return std::atol(argument(arguments, index).c_str());
}

std::string content(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  std::string text(1 << 16, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = read(fd, text.data() + length, text.size() - length);
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  close(fd);
  text.resize(length);
  return text;
}

std::string status_field(const std::string& name) {
  const std::string status = content("/proc/self/status");
  const std::size_t at = status.find("\n" + name + ":");
  if (at == std::string::npos) return {};
  const std::size_t begin = status.find_first_not_of(" \t", at + name.size() + 2);
  return status.substr(begin, status.find('\n', begin) - begin);
}

}  // namespace automod::attack
