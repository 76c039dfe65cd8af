#include <unistd.h>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace {

constexpr const char* kGroup = "network";
constexpr const char* kReaches = "reaches no server of the host";
constexpr const char* kLeaves = "has no way out";
constexpr const char* kFamilies = "has the sockets it needs and no others (CVE-2017-7308)";
constexpr const char* kStrict = "the strict filter leaves pairs of sockets only";

template <Listener::Kind kind>
void listen_to(Scene& scene) {
  const bool path = kind == Listener::Kind::kPath;
  const std::string name =
      path ? (scene.outside / "socket-folder" / "socket").string() : scene.marker;
  scene.listener = std::make_unique<Listener>(kind, name);
}

/// That something could be sent proves nothing: who was reached is asked of the server.
Finding asked_of_server(Scene& scene, const Execution& execution) {
  return contained(what_it_says(scene, execution).detail);
}

template <Listener::Kind kind>
Case at_server(const std::string& name, const std::string& about,
               std::vector<std::string> arguments) {
  return {{name, kGroup, about + "; whether anybody came is asked on the host", kReaches},
          std::move(arguments),
          Ground::kPlain,
          {},
          listen_to<kind>,
          asked_of_server};
}

Case denied(const std::string& name, const std::string& about, const char* tests,
            Ground ground = Ground::kThrowaway) {
  return {{name, kGroup, about, tests}, {name}, ground};
}

void no_network(Scene& scene) { scene.policy.network = Network::kNone; }
void strict_calls(Scene& scene) { scene.policy.calls = Calls::kStrict; }

Case strict(const std::string& name, const std::string& about, const std::string& attempt) {
  return {{name, kGroup, about, kStrict}, {attempt}, Ground::kThrowaway, {}, strict_calls};
}

/// Such a policy must not be accepted, or lead nowhere.
Finding refused_or_alone(Scene& scene, Runner& runner, const CancelToken& cancel,
                         const std::string& socket) {
  scene.listener = std::make_unique<Listener>(Listener::Kind::kPath, scene.filled(socket));
  if (!scene.listener->ready()) return skipped("no server can listen there");
  const std::string inside = socket.starts_with("{work}/") ? "socket" : socket;
  const auto execution = run_once(scene, runner, cancel, {"speak-to-path", inside});
  if (!execution && execution.error().kind != ErrorKind::kRefused) {
    return skipped(execution.error().message);
  }
  if (!execution) return contained("refused: " + execution.error().message);
  return contained(what_it_says(scene, *execution).detail);  // the server itself is asked
}

Case shown_socket(const std::string& name, const std::string& about,
                  std::function<Finding(Scene&, Runner&, const CancelToken&)> perform) {
  return {{name, kGroup, about + "; whether anybody came is asked on the host", kReaches},
          {},
          Ground::kPlain,
          {},
          {},
          nullptr,
          std::move(perform)};
}

}  // namespace

std::vector<Case> network_cases() {
  using Kind = Listener::Kind;
  return {
      at_server<Kind::kTcp>("host-tcp", "a server on the host's loopback", {"connect", "{port}"}),
      at_server<Kind::kTcpSix>("host-tcp-six", "the same by IPv6", {"connect-by-six", "{port}"}),
      at_server<Kind::kUdp>("host-udp", "a datagram to the host's loopback",
                            {"send-datagram", "{port}"}),
      at_server<Kind::kAbstract>("host-abstract-socket", "a socket that has a name but no file",
                                 {"speak-to-abstract", "{marker}"}),
      at_server<Kind::kPath>("host-socket", "a socket that is a file of the host",
                             {"speak-to-path", "{outside}/socket-folder/socket"}),
      shown_socket("socket-in-work-folder", "a server's socket that lies in the work folder",
                   [](Scene& scene, Runner& runner, const CancelToken& cancel) {
                     return refused_or_alone(scene, runner, cancel, "{work}/socket");
                   }),
      shown_socket("socket-in-read-only-folder", "a server's socket in a folder shown read-only",
                   [](Scene& scene, Runner& runner, const CancelToken& cancel) {
                     scene.policy.read_only = {scene.outside / "socket-folder"};
                     return refused_or_alone(scene, runner, cancel,
                                             "{outside}/socket-folder/socket");
                   }),
      shown_socket("socket-below-overlay", "a server's socket below an overlay",
                   [](Scene& scene, Runner& runner, const CancelToken& cancel) {
                     scene.policy.mount = Mount::kOverlay;
                     return refused_or_alone(scene, runner, cancel, "{work}/socket");
                   }),
      {{"way-out", kGroup, "a route to the world; nothing is sent", kLeaves},
       {"route-to", "192.0.2.1"},
       Ground::kPlain},
      denied("see-interfaces", "interfaces of the host", kLeaves, Ground::kPlain),
      denied("change-interface", "its own loopback is changed", kLeaves),
      denied("raw-socket", "packets of its own making", kFamilies),
      denied("packet-socket", "packets below IP", kFamilies),
      denied("machine-socket", "AF_VSOCK, which reaches the machine below", kFamilies),
      denied("algorithm-socket", "AF_ALG, the kernel's ciphers", kFamilies),
      denied("express-socket", "AF_XDP", kFamilies),
      denied("rare-families", "families that no build needs, and load modules", kFamilies),
      denied("list-sockets", "netlink: all sockets", kFamilies),
      denied("audit-socket", "netlink: the audit log", kFamilies),
      denied("kernel-events", "netlink: the kernel's events", kFamilies),
      denied("generic-netlink", "netlink: whatever a module offers", kFamilies),
      {{"internet-without-network", kGroup, "an internet socket where the policy says none",
        "no network means no internet sockets"},
       {"internet-socket"},
       Ground::kThrowaway,
       {},
       no_network},
      strict("strict-unix-socket", "a named socket under the strict filter", "unix-socket"),
      strict("strict-internet-socket", "an internet socket under the strict filter",
             "internet-socket"),
      strict("strict-route-socket", "netlink under the strict filter", "route-socket"),
      strict("strict-shared-segment", "shared memory under the strict filter", "shared-segment"),
      strict("strict-watch-files", "inotify under the strict filter", "watch-files"),
  };
}

}  // namespace automod::sandbox::attacks
