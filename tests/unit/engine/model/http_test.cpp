#include "engine/model/http.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"
#include "tests/unit/engine/model/provider.hpp"

namespace {

constexpr std::string_view kSlowName = "slow.invalid";
std::atomic<bool> is_resolving = false;
std::atomic<bool> may_resolve = false;

}  // namespace

/// Takes the place of the C library's: a name server of "slow.invalid" that does not answer.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const Real real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || node != kSlowName) return real(node, service, hints, found);
  is_resolving = true;
  for (int i = 0; i < 500 && !may_resolve; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return EAI_AGAIN;
}

namespace automod::model {
namespace {

namespace chrono = std::chrono;
using testing::ContainsSubstring;
using testing::kKey;
using testing::Provider;

struct HttpTest {
  HttpTest() { provider.requests(); }

  HttpRequest request(std::string url) const {
    return {.url = std::move(url),
            .key_header = "authorization: Bearer ",
            .key = &key,
            .body = "{}",
            .timeout = chrono::seconds(20),
            .idle = chrono::seconds(20)};
  }
  HttpResult post(const HttpRequest& request) {
    return http.post(request, [](const HttpHead&, std::string_view) { return true; }, cancel);
  }

  Provider& provider = Provider::instance();
  Key key{std::string(kKey)};
  Key none{std::string()};
  CancelToken cancel;
  Http http;
};

}  // namespace

TEST_CASE_METHOD(HttpTest, "a key goes over http to no proxy, whoever names it") {
  HttpRequest mine = request("http://127.0.0.1:1/v1/nothing");
  std::optional<std::string> all;
  SECTION("settings") { mine.proxy = provider.proxy(); }
  SECTION("environment") { all = provider.proxy(); }
  const Variable all_proxy("all_proxy", all);
  CHECK(post(mine).end == HttpEnd::kNoConnection);
  CHECK(provider.requests().empty());
  mine.key = &none;
  CHECK(post(mine).head.status == 404);
  CHECK(provider.requests().size() == 1);
}

TEST_CASE_METHOD(HttpTest, "the user can stop a question whose host's name is looked up") {
  std::thread stopper([this] {
    while (!is_resolving) std::this_thread::sleep_for(chrono::milliseconds(10));
    cancel.request();
  });
  const auto begun = chrono::steady_clock::now();
  const HttpEnd end = post(request("https://slow.invalid/v1")).end;
  const auto took = chrono::steady_clock::now() - begun;
  may_resolve = true;
  stopper.join();
  CHECK(end == HttpEnd::kInterrupted);
  CHECK(took < chrono::seconds(2));
}

TEST_CASE_METHOD(HttpTest,
                 "a proxy that cannot be read is not asked again, nor its password told") {
  const std::string proxy = GENERATE(values<std::string>(
      {"http://alice:S3cret#Pw@127.0.0.1:1", "alice:S3cret#Pw@127.0.0.1:1",
       "http://alice:S3cret Pw@127.0.0.1:1", "gopher://alice:S3cretPw@127.0.0.1:1"}));
  CAPTURE(proxy);
  const Variable https_proxy("https_proxy", proxy);
  const HttpResult result = post(request("https://model.invalid/v1"));
  CHECK(result.end == HttpEnd::kImpossible);
  CHECK_THAT(result.problem, ContainsSubstring("the address of the proxy cannot be read"));
  CHECK_THAT(result.problem, !ContainsSubstring("S3cret"));
  CHECK_THAT(result.problem, !ContainsSubstring("alice"));
}

TEST_CASE("what stands before the host of an address in words is not shown") {
  CHECK(without_users("no 'http://alice:S3#cr/et@proxy:1', no") == "no 'http://…@proxy:1', no");
  CHECK(without_users("from //a:b@c to https://d:e@f") == "from //…@f");
  CHECK(without_users("no route to https://host/v1") == "no route to https://host/v1");
  CHECK(without_users("a@b") == "a@b");
}

}  // namespace automod::model
