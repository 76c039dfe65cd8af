#include "engine/model/http.hpp"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <mutex>
#include <utility>

namespace automod::model {

namespace chrono = std::chrono;
using Steady = chrono::steady_clock;

namespace {

constexpr std::size_t kMostBytes = 256u << 20;  // of a response; a token of a stream takes some 300
constexpr std::size_t kMostHeaders = 256u << 10;
constexpr std::size_t kMostValue = 1024;
constexpr std::string_view kBadProxy = "Unsupported proxy";  // then libcurl quotes its address
constexpr chrono::milliseconds kLook{100};  // how often somebody looks whether to stop
constexpr chrono::milliseconds kMostConnect{30'000};
constexpr chrono::milliseconds kMostWait{chrono::hours(24)};

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using Url = std::unique_ptr<CURLU, FreeUrl>;

bool start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

/// A list of headers; what one of them holds is nowhere any more when it goes.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() {
    for (curl_slist* each = list_; each != nullptr; each = each->next) {
      explicit_bzero(each->data, std::strlen(each->data));
    }
    curl_slist_free_all(list_);
  }

  void add(const std::string& line) {
    curl_slist* const longer = curl_slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  void add_key(std::string_view before, const Key& key) {
    std::string line;
    line.reserve(before.size() + key.reveal().size());
    line.append(before).append(key.reveal());
    add(line);
    explicit_bzero(line.data(), line.size());
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// TLS libraries write to connections that may be closed; the signal must not end the program.
class WithoutPipeSignal {
 public:
  WithoutPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  WithoutPipeSignal(const WithoutPipeSignal&) = delete;
  WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;
  ~WithoutPipeSignal() {
    const timespec now{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

std::string url_part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, FreeText> owner(text);
  return text;
}

Url parse_url(const std::string& text) {
  Url url(curl_url());
  if (!url ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return nullptr;
  }
  return url;
}

bool is_https(const std::string& text) {
  const Url url = parse_url(text);
  return url && url_part(url.get(), CURLUPART_SCHEME) == "https";
}

/// Without what may hold a secret.
std::string shown(const std::string& text) {
  const Url url = parse_url(text);
  if (!url) return {};
  for (const CURLUPart part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    curl_url_set(url.get(), part, nullptr, 0);
  }
  return url_part(url.get(), CURLUPART_URL);
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

void read_header(std::string_view line, HttpHead& head) {
  struct Wanted {
    std::string_view name;
    std::string HttpHead::* value;
  };
  static constexpr std::array kWanted = {Wanted{"content-encoding", &HttpHead::encoding},
                                         Wanted{"retry-after", &HttpHead::retry_after},
                                         Wanted{"retry-after-ms", &HttpHead::retry_after_ms},
                                         Wanted{"request-id", &HttpHead::request_id},
                                         Wanted{"x-request-id", &HttpHead::request_id}};
  if (line.starts_with("HTTP/")) head = {};  // what came before was no final response
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1).substr(0, kMostValue);
  for (const Wanted& wanted : kWanted) {
    if (same_word(line.substr(0, colon), wanted.name)) head.*wanted.value = value;
  }
}

/// One request on its way.
class Transfer {
 public:
  Transfer(const HttpRequest& request, CURLM* multi);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_multi_remove_handle(multi_, easy_.get()); }

  HttpResult run(const HttpSink& sink, const CancelToken& cancel);

 private:
  static std::size_t on_body(const char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_header(const char* data, std::size_t, std::size_t size, void* self);
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (problem_ == CURLE_OK) problem_ = code;
  }
  void set_up();
  void set_proxy();
  bool moved();
  void read_head();
  bool hand_over(const HttpSink& sink);
  HttpEnd step(const HttpSink& sink, const CancelToken& cancel);
  HttpEnd end_of(CURLcode code) const;
  bool is_proxy_unreadable() const {
    return std::string_view(words_.data()).starts_with(kBadProxy);
  }
  std::string problem() const;
  std::optional<CURLcode> finished();

  const HttpRequest& request_;
  CURLM* multi_;
  Easy easy_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  CURLcode problem_ = CURLE_OK;
  HttpHead head_;
  std::string arrived_;  // and not yet handed over
  std::size_t bytes_ = 0;
  std::size_t header_bytes_ = 0;
  curl_off_t sent_ = 0;
  std::size_t seen_ = 0;
};

Transfer::Transfer(const HttpRequest& request, CURLM* multi)
    : request_(request), multi_(multi), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  for (const std::string& header : request.headers) headers_.add(header);
  headers_.add("expect:");  // would cost a round trip
  headers_.add("accept-encoding: identity");
  if (request.key != nullptr && !request.key->empty()) {
    headers_.add_key(request.key_header, *request.key);
  }
  set_up();
  if (curl_multi_add_handle(multi_, easy_.get()) != CURLM_OK) throw std::bad_alloc();
}

void Transfer::set_up() {
  set(CURLOPT_ERRORBUFFER, words_.data());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, request_.body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // none of them is for a proxy
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name that is still looked up is not waited for
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(kMostConnect, request_.idle).count()));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set_proxy();
  if (!request_.ca_file.empty()) {
    set(CURLOPT_CAINFO, request_.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

void Transfer::set_proxy() {
  const bool has_key = request_.key != nullptr && !request_.key->empty();
  if (request_.direct || (has_key && !is_https(request_.url))) {
    set(CURLOPT_NOPROXY, "*");
  } else if (!request_.proxy.empty()) {
    set(CURLOPT_PROXY, request_.proxy.c_str());
  }
}

std::size_t Transfer::on_body(const char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.bytes_ += size;
  if (transfer.bytes_ > kMostBytes) return 0;
  transfer.arrived_.append(data, size);
  return size;
}

std::size_t Transfer::on_header(const char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.header_bytes_ += size;
  if (transfer.header_bytes_ > kMostHeaders) return 0;
  read_header({data, size}, transfer.head_);
  return size;
}

HttpResult Transfer::run(const HttpSink& sink, const CancelToken& cancel) {
  HttpResult result;
  if (problem_ != CURLE_OK) {
    result.end = HttpEnd::kImpossible;
    result.problem = curl_easy_strerror(problem_);
    return result;
  }
  result.end = step(sink, cancel);
  read_head();
  result.head = head_;
  result.problem = problem();
  return result;
}

std::string Transfer::problem() const {
  if (is_proxy_unreadable()) {
    return "the address of the proxy cannot be read; '#', '/', '?' and blanks in its password are "
           "written as %23, %2F, %3F and %20";
  }
  return without_users(words_.front() != 0 ? words_.data() : curl_easy_strerror(problem_));
}

HttpEnd Transfer::step(const HttpSink& sink, const CancelToken& cancel) {
  const Steady::time_point start = Steady::now();
  Steady::time_point last = start;
  for (;;) {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) return HttpEnd::kNoConnection;
    if (cancel.requested()) return HttpEnd::kInterrupted;
    if (!hand_over(sink)) return HttpEnd::kStopped;
    if (const auto code = finished()) return end_of(problem_ = *code);
    const Steady::time_point now = Steady::now();
    if (moved()) last = now;
    if (now - start >= request_.timeout) return HttpEnd::kTimeout;
    if (now - last >= request_.idle) return HttpEnd::kIdle;
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(kLook.count()), nullptr);
  }
}

bool Transfer::moved() {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  const std::size_t seen = bytes_ + header_bytes_;
  const bool has_moved = sent != sent_ || seen != seen_;
  sent_ = sent;
  seen_ = seen;
  return has_moved;
}

void Transfer::read_head() {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  head_.status = static_cast<int>(status);
  const char* redirect = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) head_.redirect = shown(redirect).substr(0, kMostValue);
}

/// What arrived goes on from here, not from within libcurl, which no exception may cross.
bool Transfer::hand_over(const HttpSink& sink) {
  if (arrived_.empty()) return true;
  read_head();
  const bool goes_on = sink(head_, arrived_);
  arrived_.clear();
  return goes_on;
}

std::optional<CURLcode> Transfer::finished() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) return message->data.result;
  }
  return std::nullopt;
}

HttpEnd Transfer::end_of(CURLcode code) const {
  if (is_proxy_unreadable()) return HttpEnd::kImpossible;
  switch (code) {
    case CURLE_OK:
      return HttpEnd::kWhole;
    case CURLE_WRITE_ERROR:
      return HttpEnd::kTooBig;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED:  // a user name in the URL
      return HttpEnd::kImpossible;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpEnd::kUntrusted;
    default:
      return header_bytes_ == 0 ? HttpEnd::kNoConnection : HttpEnd::kCut;
  }
}

}  // namespace

struct Http::Impl {
  std::mutex mutex;
  std::vector<Multi> idle;  // each used by one thread at a time

  Multi take() {
    const std::scoped_lock lock(mutex);
    if (idle.empty()) return Multi(curl_multi_init());
    Multi multi = std::move(idle.back());
    idle.pop_back();
    return multi;
  }
  void give_back(Multi multi) {
    const std::scoped_lock lock(mutex);
    idle.push_back(std::move(multi));
  }
};

Http::Http() : impl_(std::make_unique<Impl>()) {}
Http::Http(Http&&) noexcept = default;
Http& Http::operator=(Http&&) noexcept = default;
Http::~Http() = default;

HttpResult Http::post(const HttpRequest& request, const HttpSink& sink, const CancelToken& cancel) {
  if (!start_curl()) return {.end = HttpEnd::kImpossible, .problem = "libcurl does not start"};
  const WithoutPipeSignal no_signal;
  Multi multi = impl_->take();
  if (!multi) throw std::bad_alloc();
  HttpResult result = Transfer(request, multi.get()).run(sink, cancel);
  impl_->give_back(std::move(multi));
  return result;
}

std::string without_users(std::string words) {
  const std::size_t slashes = words.find("//");
  const std::size_t at = words.rfind('@');
  if (slashes == std::string::npos || at == std::string::npos || at < slashes) return words;
  return words.replace(slashes + 2, at - slashes - 2, "…");
}

std::string host_of(const std::string& url) {
  const Url parsed = parse_url(url);
  if (!parsed) return {};
  const std::string host = url_part(parsed.get(), CURLUPART_HOST);
  const std::string port = url_part(parsed.get(), CURLUPART_PORT);
  return port.empty() ? host : host + ":" + port;
}

std::optional<chrono::milliseconds> wait_of(const HttpHead& head, Clock::Time now) {
  const auto number = [](const std::string& text) -> std::optional<std::int64_t> {
    std::int64_t read = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, read);
    if (code != std::errc() || (stop != end && *stop != '.') || read < 0) return std::nullopt;
    return read;
  };
  const auto bounded = [](chrono::milliseconds wait) {
    return std::clamp(wait, chrono::milliseconds(0), kMostWait);
  };
  constexpr std::int64_t kMost = kMostWait.count();
  if (const auto wait = number(head.retry_after_ms)) {
    return bounded(chrono::milliseconds(std::min(*wait, kMost)));
  }
  if (const auto wait = number(head.retry_after)) {
    return bounded(chrono::seconds(std::min(*wait, kMost)));
  }
  const std::time_t date = curl_getdate(head.retry_after.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return bounded(chrono::floor<chrono::milliseconds>(chrono::system_clock::from_time_t(date)) -
                 now);
}

}  // namespace automod::model
