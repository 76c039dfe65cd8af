#include "engine/asking/shown_patch.hpp"

#include <string>

#include "base/secrets.hpp"
#include "engine/asking/review.hpp"
#include "tests/unit/catch.hpp"

namespace automod::asking {
namespace {

using automod::testing::ContainsSubstring;
using automod::testing::EndsWith;
using automod::testing::StartsWith;

// Put together here, so that no scanner takes this file for one that holds any.
const std::string kSecret = std::string("pass") + "word = \"aB3dE5fG7hJ9kL1mN\"";
const std::string kBegin = std::string("-----BEGIN ") + "PRIVATE KEY-----";
const std::string kEncoded = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";

Modification change(const std::string& path, const std::string& before, const std::string& hunk) {
  Modification modification;
  modification.patch =
      "diff --git a/" + path + " b/" + path + "\n--- a/" + path + "\n+++ b/" + path + "\n" + hunk;
  modification.candidate.files = {{path, before, before + "changed\n"}};
  return modification;
}

TEST_CASE("secrets of the base reach no model, and what is added is shown whatever it looks like") {
  const std::string before =
      "a = 1\n" + kSecret + "  # kept\n" + kSecret + "  # moved\ncount = 1\n";
  const auto modification =
      change("bank.py", before,
             "@@ -2,3 +2,4 @@ " + kSecret + "\n " + kSecret + "  # kept\n-" + kSecret +
                 "  # moved\n count = 1\n+" + kSecret + "  # moved\n+" + kSecret + "; evil()\n");
  const std::string left = left_out("password or token") + "\n";
  const std::string wanted = "@@ -2,3 +2,4 @@\n " + left + "-" + left + " count = 1\n+" + left +
                             "+" + kSecret + "; evil()\n";
  CHECK_THAT(shown_patch(modification), EndsWith(wanted));
  const auto sections = review_sections(modification, {}, 100'000);
  REQUIRE(sections);
  CHECK((*sections)[1].text == "a = 1\n" + left + left + "count = 1\n");
  CHECK_THAT((*sections)[2].text, EndsWith(wanted));
}

TEST_CASE("a private key is left out of a patch that does not show where it begins") {
  const std::string before = "a = 1\n" + kBegin + "\n" + kEncoded + "\n" + kEncoded + "\nb = 1\n";
  const auto modification = change(
      "k.py", before, "@@ -3,3 +3,3 @@\n " + kEncoded + "\n " + kEncoded + "\n-b = 1\n+b = 2\n");
  CHECK_THAT(shown_patch(modification), !ContainsSubstring("MIIE"));
  CHECK_THAT(shown_patch(modification), EndsWith("-b = 1\n+b = 2\n"));
}

TEST_CASE("Windows line ends are plain ones where all are so, and shown where they are mixed") {
  const auto windows = change("a", "x\r\ny\r\n", "@@ -1,2 +1,2 @@\n x\r\n-y\r\n+z\r\n");
  CHECK_THAT(shown_patch(windows), EndsWith("@@\n x\n-y\n+z\n"));
  const auto mixed = change("a", "x\r\ny\r\n", "@@ -1,2 +1,2 @@\n x\r\n-y\r\n+z\n");
  CHECK_THAT(shown_patch(mixed), EndsWith("@@\n x\\x0d\n-y\\x0d\n+z\n"));
}

TEST_CASE("a patch without any secret is shown as it is, but for what does not show") {
  const auto plain = change("a", "x\n", "@@ -1,1 +1,1 @@ int f() {\n-x\n+y\x1b\n");
  CHECK_THAT(shown_patch(plain), EndsWith("@@ -1,1 +1,1 @@ int f() {\n-x\n+y\\x1b\n"));
  CHECK_THAT(shown_patch(plain), StartsWith("diff --git a/a b/a\n"));
}

}  // namespace
}  // namespace automod::asking
