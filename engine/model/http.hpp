#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "engine/model/key.hpp"

/// One request over HTTP or HTTPS whose response is read as it comes. Redirects are never followed,
/// no cookies kept, nothing is logged.
namespace automod::model {

struct HttpRequest {
  std::string url;                        // without user and password
  std::vector<std::string> headers = {};  // "name: value"
  std::string_view key_header = {};       // what stands before the key, "authorization: Bearer "
  const Key* key = nullptr;               // borrowed; empty or null: no such header
  std::string body = {};
  std::string proxy = {};              // empty: as http_proxy, https_proxy, no_proxy say
  bool direct = false;                 // no proxy, whoever names one; always so for a key over http
  std::filesystem::path ca_file = {};  // instead of the system's
  std::chrono::milliseconds timeout{};  // for all of it
  std::chrono::milliseconds idle{};     // without a byte in either direction
};

/// Each value cut to a length that nobody needs more than.
struct HttpHead {
  int status = 0;  // 0: nothing came
  std::string encoding = {};
  std::string retry_after = {};
  std::string retry_after_ms = {};
  std::string request_id = {};
  std::string redirect = {};  // where to, whole, without user, password and query
};

enum class HttpEnd {
  kWhole,         // the server ended the response as it should
  kStopped,       // the sink wanted no more
  kCut,           // the connection broke within the response
  kNoConnection,  // or one that broke before a response
  kTimeout,
  kIdle,
  kInterrupted,
  kTooBig,
  kUntrusted,   // its certificate, or ours of authorities
  kImpossible,  // no such request can be made
};

struct HttpResult {
  HttpEnd end = HttpEnd::kNoConnection;
  HttpHead head = {};
  std::string problem = {};  // in libcurl's words, as without_users() shows them; may be empty
};

/// Told of the body as it comes; false: no more is wanted.
using HttpSink = std::function<bool(const HttpHead& head, std::string_view bytes)>;

/// Keeps connections and what was read of certificates for the next request. Safe from several
/// threads at once.
class Http {
 public:
  Http();
  Http(Http&&) noexcept;
  Http& operator=(Http&&) noexcept;
  ~Http();

  /// POST. Returns within a fraction of a second after the user asked to stop.
  HttpResult post(const HttpRequest& request, const HttpSink& sink, const CancelToken& cancel);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Words that may quote addresses, with "…" from the first "//" to the last "@": there is room for
/// passwords between them, and for whatever characters are in one.
std::string without_users(std::string words);

/// "127.0.0.1:8080" of a URL: fit to be shown.
std::string host_of(const std::string& url);

/// How long it asks to wait, in seconds, milliseconds or until a date.
std::optional<std::chrono::milliseconds> wait_of(const HttpHead& head, Clock::Time now);

}  // namespace automod::model
