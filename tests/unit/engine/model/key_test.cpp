#include "engine/model/key.hpp"

#include <sys/stat.h>

#include <functional>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

namespace automod::model {
namespace {

using testing::ContainsSubstring;
namespace fs = std::filesystem;

constexpr std::string_view kSecret = "sk-test-0123456789abcdefghijklmnop";

class KeyTest {
 protected:
  /// The key of a file with that content and mode.
  Result<Key> from_file(std::string_view content, unsigned mode) const {
    REQUIRE(write_file(file(), content, mode));
    return read();
  }
  Result<Key> read() const {
    ModelSettings settings;
    settings.name = "m";
    settings.key_file = file();
    return read_key(settings);
  }
  static Result<Key> from_variable(const std::optional<std::string>& value) {
    const Variable variable("AUTOMOD_TEST_KEY", value);
    ModelSettings settings;
    settings.name = "m";
    settings.key_env = "AUTOMOD_TEST_KEY";
    return read_key(settings);
  }
  fs::path file() const { return dir_.path() / "key"; }

  TempDir dir_ = test_dir();
};

}  // namespace

TEST_CASE_METHOD(KeyTest, "a key is read from a file that is the user's alone, without blanks") {
  CHECK(from_file(kSecret, 0600).value().reveal() == kSecret);
  CHECK(from_file(" " + std::string(kSecret) + "\r\n# a note\n", 0400).value().reveal() == kSecret);
}

TEST_CASE_METHOD(KeyTest, "a file that others may read or write is refused, with what to do") {
  for (const unsigned mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0644U}) {
    const auto key = from_file(kSecret, mode);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == ErrorKind::kUsage);
    CHECK_THAT(key.error().hint, ContainsSubstring("chmod 600"));
  }
}

TEST_CASE_METHOD(KeyTest, "only a key that is not there is unavailable") {
  const auto absent = read();
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(absent.error().message, ContainsSubstring("model m needs a key"));
  const std::vector<std::function<bool()>> things = {
      [&] { return mkfifo(file().c_str(), 0600) == 0; },
      [&] { return fs::create_directory(file()); }};
  for (const auto& make : things) {
    REQUIRE(make());
    const auto key = read();
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == ErrorKind::kUsage);
    CHECK_THAT(key.error().message, ContainsSubstring("not a regular file"));
    fs::remove(file());
  }
  fs::create_symlink("key", file());
  CHECK(read().error().kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(KeyTest, "what cannot be a key is refused without being shown") {
  for (const std::string& content :
       {std::string(), std::string("\n\n"), std::string("two words"), std::string("k\xc3\xa9y1234"),
        std::string("a\x01key"), std::string(8193, 'x')}) {
    const auto key = from_file(content, 0600);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == ErrorKind::kUsage);
    CHECK((content.size() < 4 || key.error().message.find(content) == std::string::npos));
  }
  CHECK(from_file(std::string(8192, 'x'), 0600));
}

TEST_CASE_METHOD(KeyTest, "a key is read from a variable") {
  CHECK(from_variable(std::string(kSecret) + "\n").value().reveal() == kSecret);
  const auto absent = from_variable(std::nullopt);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(absent.error().message, ContainsSubstring("AUTOMOD_TEST_KEY"));
  CHECK(from_variable("").error().kind == ErrorKind::kUnavailable);
  CHECK(from_variable("a b").error().kind == ErrorKind::kUsage);
}

TEST_CASE("a model that names no key has none") {
  const auto key = read_key(ModelSettings{});
  REQUIRE(key);
  CHECK(key->empty());
}

TEST_CASE("the key and long parts of it are blotted out of a text, and nothing else") {
  const Key key{std::string(kSecret)};
  const std::string secret(kSecret);
  CHECK(key.redacted("key " + secret + " refused") == "key [key] refused");
  CHECK(key.redacted(secret) == "[key]");
  CHECK(key.redacted(secret + secret).find("0123") == std::string::npos);
  CHECK(key.redacted("…" + secret.substr(0, 20) + "…") == "…[key]…");
  CHECK(key.redacted("'" + secret.substr(10) + "'") == "'[key]'");
  CHECK(key.redacted("sk-test-… is refused") == "sk-test-… is refused");
  CHECK(key.redacted("") == "");
  CHECK(Key().redacted("all of it") == "all of it");
  CHECK(Key("short").redacted("a short one") == "a [key] one");
}

TEST_CASE("a key that was handed over is gone where it was") {
  Key first{std::string(kSecret)};
  Key second(std::move(first));
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move)
  first = std::move(second);
  CHECK(second.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(first.reveal() == kSecret);
}

}  // namespace automod::model
