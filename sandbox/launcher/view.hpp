#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

/// What of the host every sandbox shows, whoever makes the container, and what it shows instead.
/// Paths are absolute; from the second byte on they are relative to a root.
namespace automod::sandbox {

inline constexpr std::array kDevices = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                        "/dev/urandom"};
/// Beside /usr: on older layouts real folders, otherwise links into it.
inline constexpr std::array kBesideUsr = {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
/// Read-only files of the host that compilers and the loader need; none holds a secret.
inline constexpr std::array kSettings = {"/etc/alternatives", "/etc/ld.so.cache"};

/// The size of /dev/shm, where `scratch` is that of /tmp.
constexpr std::uint64_t shared_bytes_of(std::uint64_t scratch) {
  constexpr std::uint64_t kMost = 64u << 20;
  return std::min(scratch, kMost);
}

/// A file below /etc that is our own.
struct EtcFile {
  const char* name;
  char text[256];
};

/// All of them, for a command that sees itself as user and group `id`.
inline std::array<EtcFile, 4> etc_files(std::uint32_t id) {
  std::array<EtcFile, 4> files = {
      {{"passwd", ""},
       {"group", ""},
       {"hosts", "127.0.0.1 localhost automod\n::1 localhost\n"},
       {"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"}}};
  std::snprintf(files[0].text, sizeof files[0].text,
                "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n"
                "automod:x:%u:%u:automod:/tmp:/bin/sh\n"
                "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
                id, id);
  std::snprintf(files[1].text, sizeof files[1].text, "root:x:0:\nautomod:x:%u:\nnogroup:x:65534:\n",
                id);
  return files;
}

}  // namespace automod::sandbox
