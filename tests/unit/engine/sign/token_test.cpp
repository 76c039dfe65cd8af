#include "engine/sign/token.hpp"

#include <nlohmann/json.hpp>

#include "engine/sign/encoding.hpp"
#include "tests/unit/engine/sign/fixture.hpp"

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using nlohmann::json;
using std::string;

namespace {

class TokenTest {
 protected:
  TokenTest()
      : key(PrivateKey::generate("")),
        approvers{{.name = "jane@example.org", .key = key.key()}},
        approval{.id = "0199c2d4-7f1a-7000-8000-000000000001",
                 .approver = fingerprint(key.key()),
                 .modification = "0199c2d4-7f1a-7000-8000-000000000002",
                 .patch_digest = string(64, 'a'),
                 .base_commit = string(40, 'b'),
                 .base_tree = string(40, 'c'),
                 .evidence_digest = string(64, 'd'),
                 .decision = "needs_approval",
                 .note = "looked at it\n\xc3\xa4",
                 .issued = kNow,
                 .expires = kNow + std::chrono::hours(1)} {}

  json header() const {
    return {{"alg", "EdDSA"}, {"kid", fingerprint(key.key())}, {"typ", "JWT"}};
  }
  json claims() const {
    const string token = mint(approval, key);
    const std::size_t dot = token.find('.');
    return json::parse(from_base64_url(token.substr(dot + 1, token.rfind('.') - dot - 1)).value());
  }
  /// A token of these texts, signed as it should be.
  string token_of(const string& header, const string& claims) const {
    const string is_signed = base64_url(header) + "." + base64_url(claims);
    return is_signed + "." + base64_url(key.sign_raw(is_signed));
  }
  string with_header(const string& name, const json& content) const {
    json changed = header();
    changed[name] = content;
    return token_of(changed.dump(), claims().dump());
  }
  string with_claim(const string& name, const json& content) const {
    json changed = claims();
    changed[name] = content;
    return token_of(header().dump(), changed.dump());
  }
  string without_claim(const string& name) const {
    json changed = claims();
    changed.erase(name);
    return token_of(header().dump(), changed.dump());
  }
  void check_refused(const string& token, const string& wanted,
                     std::chrono::sys_seconds now = kNow) const {
    INFO(token.substr(0, 400));
    const auto read = read_token(token, approvers, now);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::kRefused);
    CHECK_THAT(read.error().message,
               StartsWith("the approval token is refused: ") && ContainsSubstring(wanted));
  }

  PrivateKey key;
  std::vector<Approver> approvers;
  Approval approval;
};

}  // namespace

TEST_CASE_METHOD(TokenTest, "a token says what it was made to say") {
  const string token = mint(approval, key);
  CHECK(value(read_token(token, approvers, kNow)) == approval);
  CHECK(value(read_token(token + "\n", approvers, kNow)) == approval);  // as a file holds it
  CHECK(token_of(header().dump(), claims().dump()) == token);
}

TEST_CASE_METHOD(TokenTest, "the claims of a token are frozen") {
  CHECK(claims() == json{{"aud", "automod-approval-v1"},
                         {"jti", approval.id},
                         {"sub", approval.modification},
                         {"patch_digest", approval.patch_digest},
                         {"base_commit", approval.base_commit},
                         {"base_tree", approval.base_tree},
                         {"evidence_digest", approval.evidence_digest},
                         {"decision", "needs_approval"},
                         {"note", approval.note},
                         {"iat", 1790000000},
                         {"exp", 1790003600}});
}

TEST_CASE_METHOD(TokenTest, "a token is good from when it was issued until it expires") {
  using std::chrono::seconds;
  const string token = mint(approval, key);
  CHECK(read_token(token, approvers, kNow - seconds(60)));  // clocks differ a little
  CHECK(read_token(token, approvers, approval.expires - seconds(1)));
  check_refused(token, "issued in the future", kNow - seconds(61));
  check_refused(token, "it has expired", approval.expires);
  check_refused(token, "it has expired", approval.expires + std::chrono::years(50));
}

TEST_CASE_METHOD(TokenTest, "no byte of a token can be changed") {
  const string token = mint(approval, key);
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const int bit : {1, 2, 4, 0x20, 0x80}) {
      string changed = token;
      changed[i] = static_cast<char>(changed[i] ^ bit);
      INFO(i);
      CHECK_FALSE(read_token(changed, approvers, kNow));
    }
  }
  for (std::size_t size = 0; size < token.size(); ++size) {
    CHECK_FALSE(read_token(token.substr(0, size), approvers, kNow));
  }
  for (const string& text : {" " + token, token + " ", token + "\n\n", token + "=", token + ".",
                             token + "A", token + token}) {
    CHECK_FALSE(read_token(text, approvers, kNow));
  }
}

TEST_CASE_METHOD(TokenTest, "no algorithm but EdDSA is ever used, whatever the header asks for") {
  for (const char* algorithm : {"none", "None", "NONE", "", "HS256", "HS512", "RS256", "ES256",
                                "PS256", "Ed25519", "eddsa", "EdDSA "}) {
    check_refused(with_header("alg", algorithm), "wanted EdDSA");
  }
  check_refused(with_header("alg", 1), "found algorithm 'none', wanted EdDSA");
  check_refused(with_header("alg", json::array({"EdDSA"})), "wanted EdDSA");
  json bare = header();
  bare.erase("alg");
  check_refused(token_of(bare.dump(), claims().dump()), "wanted EdDSA");
  // "none", as it is meant: without a signature.
  bare["alg"] = "none";
  check_refused(base64_url(bare.dump()) + "." + base64_url(claims().dump()) + ".", "wanted EdDSA");
}

TEST_CASE_METHOD(TokenTest, "a header cannot bring a key along, or ask for anything") {
  const json own_key = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AAAA"}};
  const std::vector<std::pair<string, json>> table = {{"jwk", own_key},
                                                      {"jku", "https://example.org/keys"},
                                                      {"x5u", "https://example.org"},
                                                      {"x5c", {"AAAA"}},
                                                      {"x5t", "AAAA"},
                                                      {"crit", {"exp"}},
                                                      {"b64", false},
                                                      {"cty", "JWT"},
                                                      {"zip", "DEF"},
                                                      {"x5t#S256", "AAAA"},
                                                      {"enc", "A256GCM"},
                                                      {"", ""}};
  for (const auto& [name, content] : table) {
    check_refused(with_header(name, content), "found unknown member '" + name + "'");
  }
  check_refused(with_header("typ", "JOSE"), "typ is not JWT");
  check_refused(with_header("kid", 7), "kid is no text");
}

TEST_CASE_METHOD(TokenTest, "only the approvers of the list may sign") {
  const PrivateKey other = PrivateKey::generate("");
  check_refused(mint(approval, other), "is not among the approvers");
  check_refused(with_header("kid", "SHA256:x"), "is not among the approvers");
  // Under the name of an approver's key, by another.
  const string is_signed = base64_url(header().dump()) + "." + base64_url(claims().dump());
  check_refused(is_signed + "." + base64_url(other.sign_raw(is_signed)),
                "or jane@example.org did not sign it");
  approvers.clear();
  check_refused(mint(approval, key), "is not among the approvers");
}

TEST_CASE_METHOD(TokenTest, "the second of two approvers counts as well") {
  approvers.insert(approvers.begin(), {"joe", PrivateKey::generate("").key()});
  CHECK(read_token(mint(approval, key), approvers, kNow));
}

TEST_CASE_METHOD(TokenTest, "a token for something else is refused") {
  check_refused(with_claim("aud", "another-program"), "made for something else");
  check_refused(with_claim("aud", json::array({"automod-approval-v1"})), "made for something else");
  check_refused(without_claim("aud"), "made for something else");
}

TEST_CASE_METHOD(TokenTest, "every claim must be there, be known and be what it should be") {
  const json all = claims();
  for (const auto& [name, content] : all.items()) {
    if (name != "aud") check_refused(without_claim(name), "member '" + name + "' is missing");
    for (const json& wrong : {json(nullptr), json(true), json::array(), json::object()}) {
      CHECK_FALSE(read_token(with_claim(name, wrong), approvers, kNow));
    }
    if (content.is_string()) CHECK_FALSE(read_token(with_claim(name, 1), approvers, kNow));
  }
  check_refused(with_claim("nbf", 1), "unknown member 'nbf'");
  check_refused(with_claim("admin", true), "unknown member 'admin'");
}

TEST_CASE_METHOD(TokenTest, "texts of claims have the form of what they name") {
  const auto [name, content] = GENERATE(table<string, string>({
      {"jti", ""},
      {"jti", "0199c2d4-7f1a-4000-8000-000000000001"},  // not of version 7
      {"jti", "0199C2D4-7f1a-7000-8000-000000000001"},
      {"jti", "0199c2d47f1a70008000000000000001"},
      {"sub", "../../x"},
      {"sub", "0199c2d4-7f1a-7000-8000-00000000000"},
      {"patch_digest", string(63, 'a')},
      {"patch_digest", string(64, 'A')},
      {"base_commit", "HEAD"},
      {"base_commit", string(41, 'a')},
      {"base_tree", string(40, 'g')},
      {"evidence_digest", ""},
      {"decision", ""},
      {"decision", "Approved"},
      {"decision", string(33, 'a')},
      {"note", string(2049, 'x')},
  }));
  check_refused(with_claim(name, content), "'" + name + "' is not what it should be");
}

TEST_CASE_METHOD(TokenTest, "times are whole seconds, one after the other") {
  for (const json& wrong : {json(1.5), json(-1), json("1790003600"), json(1e300),
                            json(253402300800ULL), json(1790000000)}) {
    check_refused(with_claim("exp", wrong), "iat and exp must be whole seconds");
  }
  check_refused(with_claim("iat", 1790003600), "iat and exp must be whole seconds");
}

TEST_CASE_METHOD(TokenTest, "there is one way to write a token") {
  const string head = header().dump();
  const string body = claims().dump();
  check_refused(token_of(head.substr(0, head.size() - 1) + R"(,"alg":"EdDSA"})", body),
                "found 'alg' twice");
  check_refused(token_of(head, body.substr(0, body.size() - 1) + R"(,"sub":"x"})"),
                "found 'sub' twice");
  check_refused(token_of(head + "x", body), "its header: not JSON");
  check_refused(token_of(head, body + "{}"), "its claims: not JSON");
  check_refused(token_of("[]", body), "its header: found no JSON object");
  check_refused(token_of(head, "7"), "its claims: found no JSON object");
  check_refused(token_of(head, "{\"note\":\"\xff\"}"), "its claims: not JSON");
  check_refused(token_of(head, string(20, '[') + string(20, ']')), "nested deeper");
  check_refused("", "wanted three parts");
  check_refused("a.b", "wanted three parts");
  check_refused("a.b.c.d", "wanted three parts");
  check_refused("..", "its header: not JSON");
  check_refused("e30=.e30.AA", "not base64url");
  check_refused("e31.e30.AA", "not base64url");  // bits at the end that say nothing
  check_refused(string(9000, 'a'), "larger than 8 KiB");
}

TEST_CASE_METHOD(TokenTest, "a signature of the key for something else is no token") {
  const string is_signed = base64_url(header().dump()) + "." + base64_url(claims().dump());
  const string armored = make_ssh_signature(is_signed, "git", key);
  check_refused(is_signed + "." + base64_url(armored), "it was changed");
  check_refused(is_signed + "." + base64_url(string(64, '\0')), "it was changed");
}

TEST_CASE("a line that names an approver is read strictly") {
  const PublicKey key = PrivateKey::generate("note").key();
  const Approver approver = value(parse_approver("jane@example.org " + key_line(key)));
  CHECK(approver.name == "jane@example.org");
  CHECK(approver.key.is(key));
  for (const string& line : {string(), key_line(key), string("jane"), string("jane ssh-rsa AAAA"),
                             "* " + key_line(key), " " + key_line(key)}) {
    INFO(line);
    const auto wrong = parse_approver(line);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().kind == ErrorKind::kUsage);
  }
}

TEST_CASE_METHOD(SignTest, "an approver needs an Ed25519 key") {
  const auto approver = parse_approver("jane " + key_line(make_key("k", "ecdsa")));
  REQUIRE_FALSE(approver);
  CHECK_THAT(approver.error().message, ContainsSubstring("wanted ssh-ed25519"));
}
