// Attempts to speak to anybody.

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

sockaddr_in address_of(const std::string& host, long port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

template <class Address>
Seen connect_to(int kind, const Address& address, socklen_t length = sizeof(Address)) {
  const int fd = socket(reinterpret_cast<const sockaddr*>(&address)->sa_family, kind, 0);
  if (fd < 0) return tried(fd);
  const timeval patience{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), length) != 0) return tried(-1);
  return tried(send(fd, "attacked", 8, MSG_NOSIGNAL));
}

Seen connect_to_six(long port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(static_cast<std::uint16_t>(port));
  address.sin6_addr = in6addr_loopback;
  return connect_to(SOCK_STREAM, address);
}

/// No attack, but what has to go on working: a server and a client of one's own.
Seen connect_to_itself() {
  sockaddr_in address = address_of("127.0.0.1", 0);
  socklen_t length = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  if (server < 0 || bind(server, plain, length) != 0 || listen(server, 1) != 0 ||
      getsockname(server, plain, &length) != 0) {
    return tried(-1);
  }
  return connect_to(SOCK_STREAM, address);
}

socklen_t name_socket(sockaddr_un& address, const std::string& name, bool abstract) {
  address.sun_family = AF_UNIX;
  const std::size_t at = abstract ? 1 : 0;
  std::memcpy(
      address.sun_path + at, name.data(),
      name.size() < sizeof address.sun_path - 2 ? name.size() : sizeof address.sun_path - 2);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + at + name.size());
}

Seen speak_to(const std::string& name, bool abstract, int kind) {
  sockaddr_un address{};
  const socklen_t length = name_socket(address, name, abstract);
  return connect_to(kind, address, length);
}

/// Waits up to two seconds for another run to come and hand over a descriptor.
Seen wait_for_visitor(const std::string& name) {
  sockaddr_un address{};
  const socklen_t length = name_socket(address, name, true);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  if (server < 0 || bind(server, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(server, 1) != 0) {
    return tried(-1);
  }
  pollfd waited{server, POLLIN, 0};
  if (poll(&waited, 1, 1500) != 1) return denied("nobody came");
  return through("another run came");
}

Seen visit(const std::string& name) {
  Seen seen;
  for (int attempt = 0; attempt < 20; ++attempt) {
    seen = speak_to(name, true, SOCK_STREAM);
    if (seen.how == How::kThrough) return seen;
    usleep(50'000);
  }
  return seen;
}

/// A datagram socket that is only connected sends nothing: is there a way out?
Seen route_to(const std::string& host) {
  const sockaddr_in address = address_of(host, 9);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return tried(fd);
  return tried(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

Seen make_socket(int family, int kind, int protocol) {
  return tried(socket(family, kind, protocol));
}

/// Families that are rarely looked after, each with a history.
Seen rare_families() {
  constexpr int kFamilies[] = {3,  4,  5,  6,  9,  11, 12, 15, 18, 19, 20, 21, 24, 26, 27,
                               28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 39, 41, 42, 43, 44};
  for (const int family : kFamilies) {
    for (const int kind : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW}) {
      if (socket(family, kind, 0) >= 0 || errno == EPERM || errno == EACCES) {
        return through("family " + std::to_string(family) + " answers");
      }
    }
  }
  errno = EAFNOSUPPORT;
  return tried(-1);
}

/// Interfaces other than the loopback.
Seen see_interfaces() {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return tried(fd);
  for (int index = 1; index < 64; ++index) {
    ifreq request{};
    request.ifr_ifindex = index;
    if (ioctl(fd, SIOCGIFNAME, &request) != 0) continue;
    const std::string name(request.ifr_name, strnlen(request.ifr_name, IFNAMSIZ));
    if (name != "lo" && ioctl(fd, SIOCGIFADDR, &request) == 0) return through("sees " + name);
  }
  return denied("only the loopback");
}

Seen change_interface() {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return tried(fd);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  return tried(ioctl(fd, SIOCSIFFLAGS, &request));
}

constexpr int kPacket = 17, kAlgorithm = 38, kMachine = 40, kExpress = 44;
constexpr int kDiagnosis = 4, kAudit = 9, kEvents = 15, kGeneric = 16;

const Attempt kAttempts[] = {
    {"connect",
     [](Arguments a) { return connect_to(SOCK_STREAM, address_of("127.0.0.1", number(a, 0))); }},
    {"connect-to-itself", [](Arguments) { return connect_to_itself(); }},
    {"connect-by-six", [](Arguments a) { return connect_to_six(number(a, 0)); }},
    {"send-datagram",
     [](Arguments a) { return connect_to(SOCK_DGRAM, address_of("127.0.0.1", number(a, 0))); }},
    {"speak-to-abstract", [](Arguments a) { return speak_to(argument(a, 0), true, SOCK_DGRAM); }},
    {"speak-to-path", [](Arguments a) { return speak_to(argument(a, 0), false, SOCK_STREAM); }},
    {"wait-for-visitor", [](Arguments a) { return wait_for_visitor(argument(a, 0)); }},
    {"visit", [](Arguments a) { return visit(argument(a, 0)); }},
    {"route-to", [](Arguments a) { return route_to(argument(a, 0)); }},
    {"raw-socket", [](Arguments) { return make_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},
    {"packet-socket", [](Arguments) { return make_socket(kPacket, SOCK_RAW, 0); }},
    {"machine-socket", [](Arguments) { return make_socket(kMachine, SOCK_STREAM, 0); }},
    {"algorithm-socket", [](Arguments) { return make_socket(kAlgorithm, SOCK_SEQPACKET, 0); }},
    {"express-socket", [](Arguments) { return make_socket(kExpress, SOCK_RAW, 0); }},
    {"rare-families", [](Arguments) { return rare_families(); }},
    {"list-sockets", [](Arguments) { return make_socket(AF_NETLINK, SOCK_RAW, kDiagnosis); }},
    {"audit-socket", [](Arguments) { return make_socket(AF_NETLINK, SOCK_RAW, kAudit); }},
    {"kernel-events", [](Arguments) { return make_socket(AF_NETLINK, SOCK_RAW, kEvents); }},
    {"generic-netlink", [](Arguments) { return make_socket(AF_NETLINK, SOCK_RAW, kGeneric); }},
    {"see-interfaces", [](Arguments) { return see_interfaces(); }},
    {"change-interface", [](Arguments) { return change_interface(); }},
    {"internet-socket", [](Arguments) { return make_socket(AF_INET, SOCK_STREAM, 0); }},
    {"unix-socket", [](Arguments) { return make_socket(AF_UNIX, SOCK_STREAM, 0); }},
    {"route-socket", [](Arguments) { return make_socket(AF_NETLINK, SOCK_RAW, 0); }},
    {"shared-segment",
     [](Arguments) { return tried(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600)); }},
    {"watch-files", [](Arguments) { return tried(inotify_init()); }},
};

}  // namespace

std::span<const Attempt> network_attempts() { return kAttempts; }

}  // namespace automod::attack
