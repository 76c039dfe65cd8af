// Attempts to learn about the machine and its user.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

/// Which of these files can be opened?
Seen see_any(Arguments paths) {
  for (const char* path : paths) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) continue;
    close(fd);
    return through(std::string("opened ") + path);
  }
  return denied("none of them");
}

/// The same for folders: an empty one says nothing.
Seen list_any(Arguments paths) {
  for (const char* path : paths) {
    DIR* folder = opendir(path);
    if (folder == nullptr) continue;
    int entries = 0;
    while (readdir(folder) != nullptr) ++entries;
    closedir(folder);
    if (entries > 2) return through(std::string("listed ") + path);
  }
  return denied("none of them");
}

Seen host_name(const std::string& host) {
  utsname names{};
  uname(&names);
  const std::string found = names.nodename;
  return found == host ? through(found) : denied(found);
}

/// All variables, by both ways there are.
Seen environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value != nullptr) std::puts(value);
  const std::string own = content("/proc/self/environ");
  std::fwrite(own.data(), 1, own.size(), stdout);
  return value != nullptr || own.find(name) != std::string::npos ? through(name + " is there")
                                                                 : denied(name + " is not there");
}

/// Does any line of this file of /proc hold the text?
Seen mentions(const std::string& file, const std::string& text) {
  const std::string all = content(file.c_str());
  if (all.empty()) return denied("it cannot be read");
  return all.find(text) != std::string::npos ? through(file + " has it") : denied("not there");
}

/// Entries of a folder that are not among those that were named.
Seen strangers(Arguments arguments) {
  DIR* folder = opendir(arguments[0]);
  if (folder == nullptr) return tried(-1);
  std::string found;
  while (const dirent* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    bool known = name == "." || name == "..";
    for (const char* other : arguments.subspan(1)) known = known || name == other;
    if (!known) found += " " + name;
  }
  closedir(folder);
  return found.empty() ? denied("nothing else") : through("there is" + found);
}

const Attempt kAttempts[] = {
    {"see-any", see_any},
    {"list-any", list_any},
    {"host-name", [](Arguments a) { return host_name(argument(a, 0)); }},
    {"environment", [](Arguments a) { return environment(argument(a, 0)); }},
    {"mentions", [](Arguments a) { return mentions(argument(a, 0), argument(a, 1)); }},
    {"strangers", [](Arguments a) { return a.empty() ? unable("no folder") : strangers(a); }},
};

}  // namespace

std::span<const Attempt> host_attempts() { return kAttempts; }

}  // namespace automod::attack
