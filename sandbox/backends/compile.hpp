#pragma once

#include <set>
#include <string>
#include <vector>

#include "sandbox/backend.hpp"
#include "sandbox/backends/host_view.hpp"

/// A policy in each backend's own words. Pure: nothing is read or written, and nothing of the
/// host is named but what the arguments say.
namespace automod::sandbox {

/// What there is to show, and where our files for it lie.
struct Showing {
  const Policy& policy;
  const Sources& sources;
  const HostView& host;
  std::filesystem::path stage;
  std::set<std::string> files = {};  // for oci: read-only places that are no folders
};

/// Below the stage.
inline constexpr const char* kStagedEtc = "etc";      // bwrap, podman and docker: becomes /etc
inline constexpr const char* kStagedEmpty = "empty";  // bwrap: an empty folder
inline constexpr const char* kStagedDev = "dev";      // podman and docker: becomes /dev
inline constexpr const char* kStagedRoot = "rootfs";  // oci: becomes /
inline constexpr const char* kStagedState = "state";  // oci: the runtime's own notes

/// Arguments of bwrap, its own name not included.
std::vector<std::string> bwrap_arguments(const Showing& showing);

/// config.json for a single-user container of `identity`. Its first process is root in there,
/// since runtimes insist on that; the launcher then becomes Policy::user.
std::string oci_configuration(const Showing& showing, const Identity& identity);

/// An engine that runs containers of images.
struct Engine {
  std::string name;   // "podman" or "docker"
  std::string image;  // names one that is there already
  // Everybody's ids are the host's, for an engine that runs as root; otherwise the container's
  // root is the caller.
  bool maps_ids = false;
  std::string runtime = {};  // podman: another one than it prefers
};

/// Arguments of the engine's program, its own name not included.
std::vector<std::string> engine_arguments(const Engine& engine, const Showing& showing,
                                          const Identity& identity);

/// Bytes that /dev/shm may hold.
std::uint64_t shared_bytes(const Policy& policy);

}  // namespace automod::sandbox
