#include "engine/sign/sshsig.hpp"

#include "engine/sign/encoding.hpp"
#include "engine/sign/verify.hpp"
#include "engine/sign/wire.hpp"
#include "tests/unit/engine/sign/fixture.hpp"

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using std::string;

namespace {

const string kMessage = "a message\nof two lines";

class SshSignatureTest : public SignTest {
 protected:
  /// ssh-keygen's signature of kMessage by the key at path(name).
  string signed_by(const string& name, const string& name_space = "git",
                   const std::vector<string>& more = {}) const {
    std::vector<string> argv = {"ssh-keygen", "-q",       "-Y", "sign",
                                "-n",         name_space, "-f", path(name).string()};
    argv.insert(argv.end(), more.begin(), more.end());
    return must(argv, kMessage);
  }
  Result<Verified> check(const string& armored, const Trust& trust,
                         Purpose purpose = Purpose::kCommit, const string& bytes = kMessage) const {
    return verify(bytes, armored, purpose, trust, kNow, cancel);
  }
  void check_refused(const string& armored, const Trust& trust, const string& wanted) const {
    const auto verified = check(armored, trust);
    REQUIRE_FALSE(verified);
    CHECK(verified.error().kind == ErrorKind::kRefused);
    CHECK_THAT(verified.error().message, ContainsSubstring(wanted));
  }
};

/// The bytes between the first line and the last, changed and put back.
template <class Change>
string rewritten(const string& armored, Change&& change) {
  const std::size_t begin = armored.find('\n') + 1;
  const std::size_t end = armored.find("-----END");
  string digits = armored.substr(begin, end - begin);
  std::erase(digits, '\n');
  string bytes = from_base64(digits).value();
  change(bytes);
  return armored.substr(0, begin) + base64(bytes) + "\n" + armored.substr(end);
}

}  // namespace

TEST_CASE_METHOD(SshSignatureTest, "ssh-keygen accepts a signature of ours, to the byte") {
  make_key("k");
  const PrivateKey key = value(PrivateKey::read(path("k")));
  const string ours = make_ssh_signature(kMessage, "automod-evidence-v1", key);
  CHECK(ours == signed_by("k", "automod-evidence-v1"));
  file("sig", ours);
  file("signers", allowed_signer_line("jane@example.invalid", key.key()) + "\n");
  must({"ssh-keygen", "-Y", "verify", "-n", "automod-evidence-v1", "-I", "jane@example.invalid",
        "-f", path("signers").string(), "-s", path("sig").string()},
       kMessage);
}

TEST_CASE_METHOD(SshSignatureTest, "we accept signatures of ssh-keygen by every kind of key") {
  const string type = GENERATE(values<string>({"ed25519", "rsa", "ecdsa"}));
  const PublicKey key = make_key("k", type);
  const Trust trust = trust_in(key);
  const string armored = signed_by("k");
  const Verified verified = value(check(armored, trust));
  CHECK(verified.principal == "jane@example.invalid");
  CHECK(verified.key == fingerprint(key));
  CHECK(verified.format == "ssh");
  CHECK(claimed_key(armored) == fingerprint(key));
  CHECK_FALSE(check(armored, trust, Purpose::kCommit, kMessage + "\n"));
  CHECK_FALSE(check(armored, trust, Purpose::kCommit, ""));
}

TEST_CASE_METHOD(SshSignatureTest, "either hash of the message serves") {
  const Trust trust = trust_in(make_key("k"));
  for (const char* hash : {"sha256", "sha512"}) {
    CHECK(check(signed_by("k", "git", {"-O", string("hashalg=") + hash}), trust));
  }
}

TEST_CASE_METHOD(SshSignatureTest, "a signature for one purpose is refused for every other") {
  const PublicKey key = make_key("k");
  const Trust trust = trust_in(key);
  const std::vector<Purpose> all = {Purpose::kCommit, Purpose::kEvidence, Purpose::kLedger};
  for (const Purpose made : all) {
    const string armored = signed_by("k", string(namespace_of(made)));
    for (const Purpose wanted : all) {
      const auto verified = check(armored, trust, wanted);
      CHECK(verified.has_value() == (made == wanted));
      if (!verified) CHECK_THAT(verified.error().message, ContainsSubstring("another purpose"));
    }
  }
  check_refused(signed_by("k", "file"), trust, "found namespace 'file', wanted 'git'");
}

TEST_CASE_METHOD(SshSignatureTest, "a key that nobody allowed is named") {
  const PublicKey key = make_key("k");
  make_key("other");
  check_refused(signed_by("k"), trust_in(value(read_public_key(path("other")))),
                "the key " + fingerprint(key) + " is not among");
  check_refused(signed_by("k"), Trust(), fingerprint(key));
}

TEST_CASE_METHOD(SshSignatureTest, "the line that allows a key limits purpose and time") {
  make_key("k");
  const string armored = signed_by("k");
  const auto [options, wanted] = GENERATE(table<string, string>({
      {"namespaces=\"automod-*\"", "does not allow the key to sign for 'git'"},
      {"namespaces=\"*,!git\"", "does not allow the key to sign for 'git'"},
      {"valid-after=\"20300101Z\"", "only after 2030-01-01 00:00:00 UTC"},
      {"valid-before=\"20200101120000Z\"", "expired: signers:1 allows it only before 2020-01-01"},
  }));
  Trust trust;
  trust.signers =
      value(parse_allowed_signers("jane " + options + " " + text_of("k.pub"), "signers"));
  check_refused(armored, trust, wanted);
  // Another line may allow what this one does not.
  const auto more = value(parse_allowed_signers("jane " + text_of("k.pub"), "more"));
  trust.signers.push_back(more.at(0));
  CHECK(check(armored, trust));
}

TEST_CASE_METHOD(SshSignatureTest, "a signature with any one byte changed is refused") {
  const Trust trust = trust_in(make_key("k"));
  const string armored = signed_by("k");
  REQUIRE(check(armored, trust));
  for (std::size_t i = 0; i < armored.size(); ++i) {
    for (const int bit : {1, 2, 0x20, 0x80}) {
      string changed = armored;
      changed[i] = static_cast<char>(changed[i] ^ bit);
      INFO(i << " " << bit);
      CHECK_FALSE(check(changed, trust));
    }
  }
}

TEST_CASE_METHOD(SshSignatureTest, "a signature with any bit of its content changed is refused") {
  const Trust trust = trust_in(make_key("k"));
  const string armored = signed_by("k");
  std::size_t size = 0;
  REQUIRE(check(rewritten(armored, [&](string& bytes) { size = bytes.size(); }), trust));
  for (std::size_t bit = 0; bit < size * 8; ++bit) {
    const string changed = rewritten(armored, [&](string& bytes) {
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    });
    INFO(bit);
    CHECK_FALSE(check(changed, trust));
  }
}

TEST_CASE_METHOD(SshSignatureTest, "a signature that is cut off or has more behind it is refused") {
  const Trust trust = trust_in(make_key("k"));
  const string armored = signed_by("k");
  CHECK(check(armored.substr(0, armored.size() - 1), trust));  // as git hands it over
  for (std::size_t size = 0; size + 1 < armored.size(); ++size) {
    INFO(size);
    CHECK_FALSE(check(armored.substr(0, size), trust));
  }
  for (const string& text :
       {armored + "\n", armored + armored, " " + armored, "x\n" + armored, armored + "x"}) {
    CHECK_FALSE(check(text, trust));
  }
  check_refused(rewritten(armored, [](string& bytes) { bytes += '\0'; }), trust,
                "cut off or too long");
}

TEST_CASE_METHOD(SshSignatureTest, "what is wrong with a signature is said") {
  const PublicKey key = make_key("k");
  const Trust trust = trust_in(key);
  const auto with = [&](const string& version, const string& name_space, const string& reserved,
                        const string& hash, const string& algorithm) {
    return rewritten(signed_by("k"), [&](string& bytes) {
      bytes = "SSHSIG" + version + wire_text(key.blob) + wire_text(name_space) +
              wire_text(reserved) + wire_text(hash) +
              wire_text(wire_text(algorithm) + wire_text(string(64, 'x')));
    });
  };
  const string one = wire_number(1);
  check_refused(with(wire_number(2), "git", "", "sha512", "ssh-ed25519"), trust,
                "found version 2, wanted 1");
  check_refused(with(one, "", "", "sha512", "ssh-ed25519"), trust, "namespace is empty");
  check_refused(with(one, "git", "x", "sha512", "ssh-ed25519"), trust, "reserved field");
  check_refused(with(one, "git", "", "sha1", "ssh-ed25519"), trust, "found hash 'sha1'");
  check_refused(with(one, "git", "", "sha512", "ssh-rsa"), trust, "found algorithm 'ssh-rsa'");
  check_refused(with(one, "git", "", "sha512", "ssh-ed25519"), trust, "does not fit");
  check_refused("", trust, "not a signature");
  check_refused("-----BEGIN SIGNED MESSAGE-----\n", trust, "X.509");
  check_refused("-----BEGIN SSH SIGNATURE-----\n", trust, "its first or last line is missing");
  check_refused("-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n", trust,
                "found an empty line");
  check_refused("-----BEGIN SSH SIGNATURE-----\n????\n-----END SSH SIGNATURE-----\n", trust,
                "not base64");
  check_refused(string(kSshArmor) + string(70000, 'A'), trust, "larger than 64 KiB");
}

TEST_CASE_METHOD(SshSignatureTest, "an RSA signature by way of SHA-1 is refused") {
  const PublicKey key = make_key("k", "rsa");
  const string changed = rewritten(signed_by("k"), [](string& bytes) {
    bytes.replace(bytes.find("rsa-sha2-512") - 4, 16, wire_text("ssh-rsa"));
  });
  CHECK_FALSE(check(changed, trust_in(key)));
}
