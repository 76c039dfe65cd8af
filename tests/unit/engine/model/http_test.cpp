#include "engine/model/http.hpp"

#include <chrono>
#include <optional>
#include <string>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"
#include "tests/unit/engine/model/provider.hpp"

namespace automod::model {
namespace {

namespace chrono = std::chrono;
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

}  // namespace automod::model
