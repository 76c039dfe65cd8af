// No attacks, but looks at one layer each: is it in force, even where another would deny the same?

#include <fcntl.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

Seen status_is(const std::string& field, const std::string& wanted) {
  const std::string found = status_field(field);
  return layer(found == wanted, field + " " + found);
}

/// What of the first process everybody may see.
Seen first_without_capabilities() {
  const std::string status = content("/proc/1/status");
  const std::size_t at = status.find("CapEff:\t");
  if (at == std::string::npos) return unable("no status to see");
  const std::string found = status.substr(at + 8, 16);
  return layer(found.find_first_not_of('0') == std::string::npos, "CapEff " + found);
}

Seen groups_are_denied() {
  const std::string may = content("/proc/self/setgroups");
  return layer(may.starts_with("deny"), "setgroups " + may.substr(0, may.find('\n')));
}

/// Is this the caller's session keyring? Its number was asked for outside.
Seen session_keyring(long outside) {
  constexpr int kGetNumber = 0, kSession = -3;
  const long found = syscall(SYS_keyctl, kGetNumber, kSession, 0);
  if (found < 0) return tried(found);
  return layer(found != outside, "keyring " + std::to_string(found));
}

Seen secure_bits() {
  constexpr int kWanted = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                          SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                          SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  const int found = prctl(PR_GET_SECUREBITS);
  char text[32];
  std::snprintf(text, sizeof text, "%#x", static_cast<unsigned>(found));
  return layer((found & kWanted) == kWanted, text);
}

/// The kernel stacks sixteen rulesets and no more: whoever can add all sixteen is under none.
Seen landlock() {
  const std::uint64_t execute = 1;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return tried(-1);
  const long ruleset = syscall(SYS_landlock_create_ruleset, &execute, sizeof execute, 0);
  if (ruleset < 0) return unable("this kernel has no Landlock");
  constexpr int kMost = 16;
  int added = 0;
  while (added <= kMost && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0) ++added;
  return layer(added < kMost, std::to_string(kMost - added) + " rulesets in force");
}

/// Which of these namespaces is the one that was named "name=link"?
Seen shares_namespace(Arguments arguments) {
  for (const char* entry : arguments) {
    const std::string text = entry;
    const std::size_t equals = text.find('=');
    char found[64] = {};
    const std::string path = "/proc/self/ns/" + text.substr(0, equals);
    if (readlink(path.c_str(), found, sizeof found - 1) < 0) return tried(-1);
    if (text.substr(equals + 1) == found) return through("shares " + text);
  }
  return denied("each is another");
}

/// One identity, which is not root's.
Seen identity_map(const std::string& file) {
  const std::string map = content(("/proc/self/" + file).c_str());
  unsigned long inside = 0;
  unsigned long outside = 0;
  unsigned long count = 0;
  const bool read = std::sscanf(map.c_str(), "%lu %lu %lu", &inside, &outside, &count) == 3;
  const bool single = read && count == 1 && map.find('\n') == map.size() - 1;
  return layer(single && inside != 0, single ? "one, " + std::to_string(inside) : "several");
}

struct MountEntry {
  std::string place;
  std::string options;
  std::string tags;  // how it takes part in what is mounted elsewhere
};

/// The words of a line, one by one.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = line.find(' ', at);
    words.push_back(line.substr(at, end - at));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return words;
}

std::vector<MountEntry> mounts() {
  std::vector<MountEntry> all;
  const std::string text = content("/proc/self/mountinfo");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::vector<std::string> words = words_of(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
    if (words.size() < 7) continue;
    MountEntry entry{words[4], words[5], ""};
    for (std::size_t i = 6; i < words.size() && words[i] != "-"; ++i) entry.tags += words[i] + " ";
    all.push_back(entry);
  }
  return all;
}

bool has_word(const std::string& list, const std::string& word) {
  return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

bool is_at_or_below(const std::string& place, const std::string& above) {
  return place == above || place.starts_with(above == "/" ? "/" : above + "/");
}

/// Does every mount at and below `place` ("=/x": at it alone) have all these options?
Seen mount_options(const std::string& where, Arguments options) {
  const bool alone = where.starts_with('=');
  const std::string place = alone ? where.substr(1) : where;
  bool found = false;
  for (const MountEntry& entry : mounts()) {
    if (alone ? entry.place != place : !is_at_or_below(entry.place, place)) continue;
    found = true;
    for (const char* option : options) {
      if (!has_word(entry.options, option)) return through(entry.place + " is " + entry.options);
    }
  }
  return found ? denied("it has them all") : through("nothing is mounted at " + place);
}

/// Is anything mounted that is not at or below one of these places ("=/x": at it alone)?
Seen other_mounts(Arguments places) {
  for (const MountEntry& entry : mounts()) {
    bool known = false;
    for (const char* name : places) {
      const std::string place = name;
      known = known || (place.starts_with('=') ? entry.place == place.substr(1)
                                               : is_at_or_below(entry.place, place));
    }
    if (!known) return through("there is " + entry.place);
  }
  return denied("nothing else is mounted");
}

Seen mount_propagation() {
  for (const MountEntry& entry : mounts()) {
    if (!entry.tags.empty()) return through(entry.place + " is " + entry.tags);
  }
  return denied("none takes part");
}

/// Is the root that of a file system, with nothing stacked below it?
Seen stacked_roots() {
  int roots = 0;
  for (const MountEntry& entry : mounts()) roots += entry.place == "/" ? 1 : 0;
  return layer(roots == 1, std::to_string(roots) + " roots");
}

/// At most so many bytes and, unless that is 0, files.
Seen size_of(const std::string& place, std::uint64_t bytes, std::uint64_t files) {
  struct statvfs info{};
  if (statvfs(place.c_str(), &info) != 0) return tried(-1);
  const std::uint64_t size = info.f_blocks * info.f_frsize;
  const bool few = files == 0 || (info.f_files > 0 && info.f_files <= files);
  return layer(size > 0 && size <= bytes && few,
               std::to_string(size) + " bytes, " + std::to_string(info.f_files) + " files");
}

Seen first_is_hidden() { return tried(open("/proc/1/mem", O_RDONLY | O_CLOEXEC)); }

Seen session() {
  const pid_t leader = getsid(0);
  return layer(leader > 1 && getpgrp() > 1 && tcgetpgrp(0) < 0, "of " + std::to_string(leader));
}

Seen new_files() {
  const mode_t mask = umask(0);
  return layer((mask & 022) == 022, "umask " + std::to_string(mask));
}

Seen signals() {
  const std::string blocked = status_field("SigBlk");
  const std::string ignored = status_field("SigIgn");
  // Those that the C library keeps for itself, 32 and 33, it ignores in every child.
  constexpr unsigned long long kOurs = ~(3ull << 31);
  const bool none = (std::strtoull(blocked.c_str(), nullptr, 16) & kOurs) == 0 &&
                    (std::strtoull(ignored.c_str(), nullptr, 16) & kOurs) == 0;
  return layer(none, "blocked " + blocked + " ignored " + ignored);
}

Seen input() {
  char byte = 0;
  return layer(read(0, &byte, 1) == 0, "stdin");
}

Seen goes_first_when_memory_is_short() {
  const int found = std::atoi(content("/proc/self/oom_score_adj").c_str());
  return layer(found >= 100, std::to_string(found));
}

/// Only process folders, and what cannot be hidden.
Seen process_files() {
  struct stat info{};
  for (const char* path : {"/proc/sys", "/proc/sysrq-trigger", "/proc/kcore", "/proc/irq",
                           "/proc/bus", "/proc/fs", "/proc/modules"}) {
    if (stat(path, &info) == 0) return through(std::string(path) + " is there");
  }
  return denied("only processes");
}

const Attempt kAttempts[] = {
    {"status-is", [](Arguments a) { return status_is(argument(a, 0), argument(a, 1)); }},
    {"first-without-capabilities", [](Arguments) { return first_without_capabilities(); }},
    {"groups-are-denied", [](Arguments) { return groups_are_denied(); }},
    {"session-keyring", [](Arguments a) { return session_keyring(number(a, 0)); }},
    {"secure-bits-are-locked", [](Arguments) { return secure_bits(); }},
    {"landlock-is-in-force", [](Arguments) { return landlock(); }},
    {"shares-namespace", shares_namespace},
    {"identity-map", [](Arguments a) { return identity_map(argument(a, 0)); }},
    {"mount-options",
     [](Arguments a) {
       return a.empty() ? unable("no place") : mount_options(argument(a, 0), a.subspan(1));
     }},
    {"other-mounts", other_mounts},
    {"mount-propagation", [](Arguments) { return mount_propagation(); }},
    {"stacked-roots", [](Arguments) { return stacked_roots(); }},
    {"size-of",
     [](Arguments a) {
       return size_of(argument(a, 0), static_cast<std::uint64_t>(number(a, 1)),
                      static_cast<std::uint64_t>(number(a, 2)));
     }},
    {"first-is-hidden", [](Arguments) { return first_is_hidden(); }},
    {"session-of-its-own", [](Arguments) { return session(); }},
    {"umask", [](Arguments) { return new_files(); }},
    {"signals-are-as-new", [](Arguments) { return signals(); }},
    {"input-is-empty", [](Arguments) { return input(); }},
    {"goes-first", [](Arguments) { return goes_first_when_memory_is_short(); }},
    {"process-files", [](Arguments) { return process_files(); }},
};

}  // namespace

std::span<const Attempt> layer_attempts() { return kAttempts; }

}  // namespace automod::attack
