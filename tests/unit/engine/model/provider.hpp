#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/files.hpp"

namespace automod::testing {

inline constexpr std::string_view kKey = "test-key-0123456789-abcdefghij";

/// provider.py at work. What the environment says of proxies is gone while it runs.
class Provider {
 public:
  static Provider& instance();  // one for all tests of the program: it takes long to start

  Provider();
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  ~Provider();

  std::string url(std::string_view path) const;      // http
  std::string tls_url(std::string_view path) const;  // https, by ca_file()
  std::string proxy() const { return url(""); }
  std::int64_t port() const { return port_; }
  std::int64_t other_port() const { return other_; }  // of the host that is redirected to
  std::filesystem::path ca_file() const { return dir_.path() / "certificate.pem"; }

  /// The requests that it got since the last call.
  std::vector<nlohmann::json> requests();

 private:
  nlohmann::json read_line();

  TempDir dir_;
  pid_t child_ = -1;
  Fd in_;
  Fd out_;
  std::string unread_;
  std::int64_t port_ = 0;
  std::int64_t other_ = 0;
  std::int64_t tls_ = 0;
};

}  // namespace automod::testing
