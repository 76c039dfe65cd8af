#include "engine/sign/key.hpp"

#include <sys/stat.h>

#include "engine/sign/encoding.hpp"
#include "engine/sign/wire.hpp"
#include "tests/unit/engine/sign/fixture.hpp"

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using std::string;
namespace fs = std::filesystem;

namespace {

string problem_of(const Result<PrivateKey>& key) {
  REQUIRE_FALSE(key);
  CHECK(key.error().kind == ErrorKind::kUsage);
  return key.error().message;
}

string flipped(string text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 1);
  return text;
}

}  // namespace

TEST_CASE_METHOD(SignTest, "a key of ours is one for ssh-keygen") {
  const PrivateKey key = PrivateKey::generate("jane@example.invalid");
  REQUIRE(key.write(path("ours")));
  CHECK(must({"ssh-keygen", "-y", "-f", path("ours").string()}) == key_line(key.key()) + "\n");
  CHECK(text_of("ours.pub") == key_line(key.key()) + "\n");
  const string listed = must({"ssh-keygen", "-l", "-f", path("ours").string()});
  CHECK(listed == "256 " + fingerprint(key.key()) + " jane@example.invalid (ED25519)\n");
}

TEST_CASE_METHOD(SignTest, "a key of ssh-keygen is one for us") {
  const PublicKey made = make_key("theirs");
  const PrivateKey key = value(PrivateKey::read(path("theirs")));
  CHECK(key.key().is(made));
  CHECK(key.key().comment == "theirs@example.invalid");
  const string signature = key.sign_raw("some bytes");
  CHECK(signature.size() == 64);
  CHECK(verify_raw(made, "some bytes", signature));
  CHECK_FALSE(verify_raw(made, "other bytes", signature));
}

TEST_CASE_METHOD(SignTest, "comments of every length are padded as they must be") {
  for (const string comment : {"", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"}) {
    const string name = "key" + std::to_string(comment.size());
    REQUIRE(PrivateKey::generate(comment).write(path(name)));
    CHECK(value(PrivateKey::read(path(name))).key().comment == comment);
    must({"ssh-keygen", "-y", "-f", path(name).string()});
  }
}

TEST_CASE_METHOD(SignTest, "two keys are never the same") {
  CHECK_FALSE(PrivateKey::generate("").key().is(PrivateKey::generate("").key()));
}

TEST_CASE_METHOD(SignTest, "a key is written for its owner only, and over nothing") {
  const PrivateKey key = PrivateKey::generate("");
  REQUIRE(key.write(path("keys/k")));
  CHECK((fs::status(path("keys/k")).permissions() & fs::perms::mask) == fs::perms(0600));
  const auto again = PrivateKey::generate("").write(path("keys/k"));
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::kConflict);
  fs::remove(path("keys/k"));
  CHECK_FALSE(PrivateKey::generate("").write(path("keys/k")));  // the .pub is somebody's
  CHECK_FALSE(fs::exists(path("keys/k")));
}

TEST_CASE_METHOD(SignTest, "a key that others can read is refused, with the way to mend it") {
  make_key("open");
  const unsigned mode = GENERATE(0640U, 0604U, 0644U, 0660U, 0610U);
  fs::permissions(path("open"), fs::perms(mode));
  const auto key = PrivateKey::read(path("open"));
  CHECK_THAT(problem_of(key), ContainsSubstring("others can use this key"));
  CHECK_THAT(key.error().hint, StartsWith("chmod 600 "));
}

TEST_CASE_METHOD(SignTest, "a key under a passphrase is refused, with the next step") {
  must({"ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", path("locked").string()});
  const auto key = PrivateKey::read(path("locked"));
  CHECK_THAT(problem_of(key), ContainsSubstring("a passphrase protects this key"));
  CHECK_THAT(key.error().hint, ContainsSubstring("ssh-keygen -p"));
}

TEST_CASE_METHOD(SignTest, "keys of other kinds are refused by their name") {
  const string type = GENERATE(values<string>({"rsa", "ecdsa"}));
  make_key("other", type);
  CHECK_THAT(problem_of(PrivateKey::read(path("other"))),
             ContainsSubstring(type) && ContainsSubstring("wanted ssh-ed25519"));
  CHECK(value(read_public_key(path("other"))).type.find(type) != string::npos);
}

TEST_CASE_METHOD(SignTest, "files that are no private key are refused") {
  make_key("real");
  CHECK_THAT(problem_of(PrivateKey::read(path("missing"))), ContainsSubstring("no such file"));
  CHECK_THAT(problem_of(PrivateKey::read(fs::path("/dev/null"))),
             ContainsSubstring("no regular file"));
  for (const auto& [text, wanted] : std::vector<std::pair<string, string>>{
           {"", "found no private key"},
           {"nonsense", "found no private key"},
           {text_of("real.pub"), "found a public key"},
           {"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
            "not in OpenSSH's format"},
           {text_of("real") + "more\n", "is damaged"},
           {text_of("real") + string(20000, '\n'), "too large"},
       }) {
    CHECK_THAT(problem_of(PrivateKey::read(file("given", text))), ContainsSubstring(wanted));
  }
}

TEST_CASE_METHOD(SignTest, "a private key with one bit changed is no key, or another comment") {
  make_key("real");
  const string text = text_of("real");
  const PrivateKey real = value(PrivateKey::parse(text, "real"));
  const std::size_t first = text.find('\n') + 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    INFO(i);
    const auto key = PrivateKey::parse(flipped(text, i), "changed");
    if (key) CHECK(key->key().is(real.key()));
    if (i < first) CHECK_FALSE(key);
  }
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    INFO(size);
    CHECK_FALSE(PrivateKey::parse(text.substr(0, size), "cut"));
  }
}

TEST_CASE_METHOD(SignTest,
                 "a public half that is another key's is found before anything is signed") {
  // Such a pair would give the secret away with two signatures.
  const PrivateKey one = PrivateKey::generate("");
  const PrivateKey two = PrivateKey::generate("");
  REQUIRE(one.write(path("one")));
  string digits = text_of("one");
  digits.erase(0, digits.find('\n') + 1);
  digits.erase(digits.find("-----"));
  std::erase(digits, '\n');
  string bytes = from_base64(digits).value();
  const string from = one.key().blob.substr(19);
  const string to = two.key().blob.substr(19);
  for (std::size_t at = bytes.find(from); at != string::npos; at = bytes.find(from)) {
    bytes.replace(at, from.size(), to);
  }
  const string forged = "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64(bytes) +
                        "\n-----END OPENSSH PRIVATE KEY-----\n";
  CHECK_THAT(problem_of(PrivateKey::parse(forged, "forged")), ContainsSubstring("is damaged"));
}

TEST_CASE("lines of public keys are read as OpenSSH writes them") {
  const PublicKey key = PrivateKey::generate("a comment, with words").key();
  const string line = key_line(key);
  CHECK(value(parse_key_line(line)).comment == key.comment);
  CHECK(value(parse_key_line(line + " \r\n")).is(key));
  CHECK(value(parse_key_line("  " + line)).is(key));
  CHECK(value(parse_key_line(line.substr(0, line.find(' ', 12)))).comment.empty());
}

TEST_CASE("lines that are no public key are refused") {
  const string blob = wire_text("ssh-ed25519") + wire_text(string(32, 'x'));
  const string certificate = "ssh-ed25519-cert-v01@openssh.com";
  const std::vector<std::pair<string, string>> table = {
      {"", "found no public key"},
      {"ssh-ed25519", "found no public key"},
      {"ssh-ed25519 ????", "found no public key"},
      {"ssh-rsa " + base64(blob), "says it is 'ssh-rsa'"},
      {"ssh-ed25519 " + base64(blob + "x"), "that is none"},
      {"ssh-ed25519 " + base64(blob.substr(0, 50)), "that is none"},
      {"ssh-dss " + base64(wire_text("ssh-dss") + "x"), "type 'ssh-dss'"},
      {certificate + " " + base64(wire_text(certificate) + "x"), "cert-v01"},
      {"ssh-ed25519 " + base64(blob) + " a\x1b[31m", "control characters"},
      {"ssh-ed25519 " + base64(blob) + "\nssh-ed25519 AAAA", "control characters"},
      {string(20000, 'x'), "found a line of 20000 bytes"},
  };
  for (const auto& [line, wanted] : table) {
    INFO(line.substr(0, 200));
    const auto key = parse_key_line(line);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == ErrorKind::kUsage);
    CHECK_THAT(key.error().message, ContainsSubstring(wanted));
  }
}
