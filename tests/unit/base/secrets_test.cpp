#include "base/secrets.hpp"

#include <string>

#include "tests/unit/catch.hpp"

namespace automod {
namespace {

std::vector<std::size_t> lines(std::string_view text) {
  std::vector<std::size_t> all;
  for (const SecretLine& one : secret_lines(text)) all.push_back(one.line);
  return all;
}

// Put together here, so that no scanner takes this file for one that holds any.
const std::string kToken = std::string("gh") + "p_a8Fk2Lq9Zx7Vb4Nm1Rt6Yw3Ps5Dj0Hc2Ge8U";
const std::string kBegin = std::string("-----BEGIN ") + "PRIVATE KEY-----";
const std::string kEnd = std::string("-----END ") + "PRIVATE KEY-----";
const std::string kEncoded = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";

TEST_CASE("secrets are told by their form") {
  CHECK(secret_in("x = " + kToken, false) == "GitHub token");
  CHECK(secret_in(kBegin, false) == "private key");
  CHECK_FALSE(secret_in("int total = count_of(rows);", true));
  CHECK_FALSE(secret_in("token = \"your-token-here\"", true));
}

TEST_CASE("what is made up counts only where that is asked for") {
  const std::string line = "password = \"k3Jd8sLq0Pz\"";
  CHECK(secret_in(line, true) == "password or token");
  CHECK_FALSE(secret_in(line, false));
}

TEST_CASE("all lines of a private key are secret, and none behind it") {
  CHECK(lines("a\n" + kBegin + "\n" + kEncoded + "\nabc=\n" + kEnd + "\nint b;\n") ==
        std::vector<std::size_t>{2, 3, 4, 5});
  CHECK(lines(kBegin + "\n" + kEncoded + "\n" + kEncoded + "\nint b = 1;\n") ==
        std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE("a line of code that looks for keys hides nothing but itself") {
  CHECK(lines("bool is_key = text.starts_with(\"" + kBegin + "\");\nreturn is_key;\nint b;\n") ==
        std::vector<std::size_t>{1});
}

TEST_CASE("a secret far behind in a long line is found") {
  const std::string far(10'000, ' ');
  CHECK(lines("a\n" + far + kToken + far + "\nb\n") == std::vector<std::size_t>{2});
}

TEST_CASE("settings without quotes hold secrets, too, and code that looks alike does not") {
  for (const char* line :
       {"export DB_PASSWORD=k3Jd8sLq0Pz", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI7K",
        "password = hunter2go", "  api_key: 9f8e7d6c5b", "password: s3cretly!,"}) {
    INFO(line);
    CHECK(lines(line) == std::vector<std::size_t>{1});
    CHECK_FALSE(secret_in(line, true));  // what is added is judged by what is sure
  }
  for (const char* line :
       {"std::string token = next_token(line1);", "password: string;", "token = tokens[12]",
        "TOKEN=${CI_TOKEN_1}", "TOKEN=$CI_TOKEN_12", "if (token == kToken2) return kToken3;",
        "passwords: 12345678", "secret = None"}) {
    INFO(line);
    CHECK(lines(line).empty());
  }
}

TEST_CASE("older keys of model services are told by what stands in their middle") {
  const std::string key =
      std::string("sk-") + "aB3dE5fG7hJ9kL1mN2pQ" + "T3Blbk" + "FJ9kL1mN2pQaB3dE5fG7hJ";
  CHECK(secret_in("client = OpenAI(\"" + key + "\")", false) == "model service key");
  CHECK_FALSE(
      secret_in("T3Blbk"
                "FJ alone",
                false));
}

TEST_CASE("a text without any has none") { CHECK(secret_lines("").empty()); }

}  // namespace
}  // namespace automod
