#include "engine/sign/signers.hpp"

#include "engine/sign/purpose.hpp"
#include "tests/unit/engine/sign/fixture.hpp"

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using std::string;
using std::chrono::sys_seconds;

namespace {

const string kKey = key_line(PrivateKey::generate("a key").key());

std::vector<AllowedSigner> read(const string& text) {
  return value(parse_allowed_signers(text, "f"));
}

sys_seconds at(std::int64_t seconds) { return sys_seconds(std::chrono::seconds(seconds)); }

}  // namespace

TEST_CASE("a file of allowed signers is read line by line") {
  const auto signers =
      read("# comment\n\n  \t\njane@example.org " + kKey + "\n" +
           "*@example.org,root \t namespaces=\"git,a*\",valid-after=\"20260101Z\" " + kKey +
           "\r\n\"two words,b\" " + kKey);
  REQUIRE(signers.size() == 3);
  CHECK(signers[0].principals == "jane@example.org");
  CHECK(signers[0].place == "f:4");
  CHECK(signers[0].key.comment == "a key");
  CHECK(signers[1].principals == "*@example.org,root");
  CHECK(signers[1].namespaces == std::vector<string>{"git", "a*"});
  CHECK(signers[1].valid_after == at(1767225600));
  CHECK_FALSE(signers[1].valid_before);
  CHECK(signers[2].principals == "two words,b");
}

TEST_CASE("options are known in any case, and their times in any length") {
  const auto [option, seconds] = GENERATE(table<string, std::int64_t>({
      {"valid-before=\"20260131Z\"", 1769817600},
      {"Valid-Before=\"202601312359Z\"", 1769903940},
      {"VALID-BEFORE=\"20260131235958Z\"", 1769903998},
      {"valid-before=\"19700101Z\"", 0},
  }));
  CHECK(read("j " + option + " " + kKey).at(0).valid_before == at(seconds));
}

TEST_CASE("a time without a Z is one of this machine's time zone") {
  const Variable zone("TZ", "UTC-2");
  tzset();
  CHECK(read("j valid-after=\"20260101\" " + kKey).at(0).valid_after == at(1767225600 - 7200));
}

TEST_CASE("lines that are not understood are refused by their number") {
  const std::vector<std::pair<string, string>> table = {
      {"jane", "found no public key"},
      {"jane ssh-ed25519", "found no public key"},
      {"jane ssh-ed25519 AAAA", "found no public key"},
      {"jane cert-authority " + kKey, "cert-authority is not supported"},
      {"jane cert-authority,namespaces=\"git\" " + kKey, "cert-authority is not supported"},
      {"jane namespaces=git " + kKey, "namespaces needs a value in double quotes"},
      {"jane namespaces=\"\" " + kKey, "namespaces allows none"},
      {"jane namespaces=\"a\",namespaces=\"b\" " + kKey, "stands there twice"},
      {"jane valid-after=\"20260101Z\",valid-after=\"20260101Z\" " + kKey, "stands there twice"},
      {"jane valid-after=\"2026\" " + kKey, "wanted YYYYMMDD"},
      {"jane valid-after=\"20261301Z\" " + kKey, "wanted YYYYMMDD"},
      {"jane valid-after=\"20260230Z\" " + kKey, "wanted YYYYMMDD"},
      {"jane valid-after=\"202601012460Z\" " + kKey, "wanted YYYYMMDD"},
      {"jane valid-after=\"2026010a\" " + kKey, "wanted YYYYMMDD"},
      {"jane valid-after=\"20260102Z\",valid-before=\"20260101Z\" " + kKey, "is not before"},
      {"jane verify-required=\"x\" " + kKey, "found option 'verify-required'"},
      {"jane namespaces=\"git " + kKey, "a quote is not closed"},
      {"\"jane " + kKey, "a quote is not closed"},
      {"\"\" " + kKey, "found no principal"},
      {"jane namespaces=\"git\"", "found no public key"},
      {kKey, "found"},
  };
  for (const auto& [line, wanted] : table) {
    INFO(line);
    const auto signers = parse_allowed_signers("# one\n" + line + "\n", "f");
    REQUIRE_FALSE(signers);
    CHECK(signers.error().kind == ErrorKind::kUsage);
    CHECK_THAT(signers.error().message, StartsWith("f:2: ") && ContainsSubstring(wanted));
  }
}

TEST_CASE_METHOD(SignTest, "ssh-keygen finds the principal of the line that we write") {
  const PublicKey key = make_key("k");
  file("signers", allowed_signer_line("jane@example.org", key) + "\n");
  for (const Purpose purpose : {Purpose::kCommit, Purpose::kEvidence, Purpose::kLedger}) {
    const string name(namespace_of(purpose));
    must({"ssh-keygen", "-q", "-Y", "sign", "-n", name, "-f", path("k").string(),
          file("bytes", "bytes").string()});
    CHECK(must({"ssh-keygen", "-Y", "find-principals", "-s", path("bytes.sig").string(), "-f",
                path("signers").string()}) == "jane@example.org\n");
    must({"ssh-keygen", "-Y", "verify", "-n", name, "-I", "jane@example.org", "-s",
          path("bytes.sig").string(), "-f", path("signers").string()},
         "bytes");
    std::filesystem::remove(path("bytes.sig"));
  }
  const AllowedSigner signer = read(text_of("signers")).at(0);
  CHECK_FALSE(objection(signer, "git", kNow));
  CHECK(objection(signer, "file", kNow));
}

TEST_CASE("patterns of namespaces mean what they mean to ssh") {
  const auto [patterns, name, allowed] = GENERATE(table<string, string, bool>({
      {"git", "git", true},
      {"git", "gi", false},
      {"git", "gitt", false},
      {"*", "anything", true},
      {"g?t", "git", true},
      {"g?t", "gt", false},
      {"automod-*-v1", "automod-ledger-v1", true},
      {"automod-*-v1", "automod-ledger-v2", false},
      {"*a*b*c", "xxaxxbxxbxc", true},
      {"*a*b*c", "xxaxxbxxbx", false},
      {"x,git", "git", true},
      {"*,!git", "git", false},
      {"!git,*", "git", false},
      {"!file,*", "git", true},
      {"!git", "file", false},
  }));
  INFO(patterns << " " << name);
  const AllowedSigner signer = read("j namespaces=\"" + patterns + "\" " + kKey).at(0);
  CHECK(objection(signer, name, kNow).has_value() == !allowed);
}

TEST_CASE("times count from their second to their second") {
  const AllowedSigner signer =
      read("j valid-after=\"20260101Z\",valid-before=\"20260102Z\" " + kKey).at(0);
  CHECK(objection(signer, "git", at(1767225599)));
  CHECK_FALSE(objection(signer, "git", at(1767225600)));
  CHECK_FALSE(objection(signer, "git", at(1767312000)));
  CHECK(objection(signer, "git", at(1767312001)));
}

TEST_CASE("names that would break a line are refused") {
  for (const string good : {"jane@example.org", "root", "a+b@c"}) CHECK_FALSE(principal_rule(good));
  for (const string bad : {"", "a b", "a,b", "a\"b", "*@x", "a\n", "!a", "#a", "j\xc3\xa4ne"}) {
    INFO(bad);
    CHECK(principal_rule(bad));
  }
  CHECK(principal_rule(string(255, 'a')));
}
