#include <fmt/format.h>

#include "engine/sign/openpgp.hpp"
#include "engine/sign/signer.hpp"
#include "tests/unit/engine/sign/fixture.hpp"
#include "tests/unit/support/git_fixture.hpp"

// Against the real git, ssh-keygen and gpg: what we sign they accept, and the other way round.

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using std::string;
namespace fs = std::filesystem;

namespace {

/// A commit taken apart: what was signed, and the signature.
struct SignedCommit {
  string payload;
  string signature;
};

SignedCommit take_apart(const string& commit) {
  const std::size_t begin = commit.find("\ngpgsig ") + 1;
  REQUIRE(begin != 0);
  std::size_t end = begin;
  SignedCommit parts;
  do {
    const std::size_t next = commit.find('\n', end) + 1;
    parts.signature += commit.substr(end, next - end);
    end = next;
    if (commit[end] == ' ') ++end;
  } while (commit[end - 1] == ' ');
  parts.signature.erase(0, string("gpgsig ").size());
  parts.payload = commit.substr(0, begin) + commit.substr(end);
  return parts;
}

/// The payload with the signature in its header, as git writes it.
string put_together(const SignedCommit& parts) {
  string header = "gpgsig " + parts.signature;
  if (header.ends_with('\n')) header.pop_back();
  for (std::size_t at = header.find('\n'); at != string::npos; at = header.find('\n', at + 2)) {
    header.insert(at + 1, " ");
  }
  const std::size_t end = parts.payload.find("\n\n") + 1;
  return parts.payload.substr(0, end) + header + "\n" + parts.payload.substr(end);
}

/// A user with a repository, whose global git configuration is theirs to set.
class GitTest : public SignTest {
 protected:
  GitTest()
      : home_("HOME", git.home().string()),
        config_("GIT_CONFIG_GLOBAL", (git.home() / ".gitconfig").string()),
        system_("GIT_CONFIG_NOSYSTEM", "1"),
        gnupg_("GNUPGHOME", (git.home() / ".gnupg").string()),
        agent_("SSH_AUTH_SOCK", ""),
        settings{.config = path("config"), .directory = git.root()} {
    fs::create_directories(git.home() / ".gnupg");
    fs::permissions(git.home() / ".gnupg", fs::perms::owner_all);
    git.commit("first");
  }
  ~GitTest() { (void)run({"gpgconf", "--kill", "gpg-agent"}); }
  GitTest(const GitTest&) = delete;
  GitTest& operator=(const GitTest&) = delete;

  void configure(const string& key, const string& content) const {
    must({"git", "config", "--global", key, content});
  }
  /// Makes an OpenPGP key; its fingerprint.
  string make_openpgp(const string& expires = "0") const {
    must({"gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key",
          "Jane <jane@example.invalid>", "ed25519", "sign", expires});
    const string listing = must({"gpg", "--batch", "--with-colons", "--list-secret-keys"});
    const std::size_t at = listing.find("\nfpr:::::::::") + 13;
    return listing.substr(at, 40);
  }
  SignedCommit head(const string& revision = "HEAD") const {
    return take_apart(git.try_git(git.root(), {"cat-file", "commit", revision}).out);
  }
  /// HEAD with a signature by `signer`, as a new commit.
  string signed_head(const Signer& signer) const {
    const string payload = git.try_git(git.root(), {"cat-file", "commit", "HEAD"}).out;
    const string commit = put_together({payload, value(signer.sign(payload, Purpose::kCommit))});
    const Ran made =
        git.try_git(git.root(), {"hash-object", "-t", "commit", "-w", "--stdin"}, commit);
    REQUIRE(made.code == 0);
    CHECK(git.try_git(git.root(), {"fsck", "--strict"}).code == 0);
    return made.out.substr(0, 40);
  }
  Ran verified_by_git(const string& commit, const string& signers = {}) const {
    return git.try_git(git.root(), {"-c", "gpg.ssh.allowedSignersFile=" + signers, "-c",
                                    "gpg.program=gpg", "verify-commit", commit});
  }

  GitFixture git;

 private:
  Variable home_;
  Variable config_;
  Variable system_;
  Variable gnupg_;
  Variable agent_;

 protected:
  Settings settings;
};

void check_unavailable(const Result<std::unique_ptr<Signer>>& signer, const string& wanted) {
  REQUIRE_FALSE(signer);
  CHECK(signer.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(signer.error().message, ContainsSubstring(wanted));
  CHECK_FALSE(signer.error().hint.empty());
}

}  // namespace

TEST_CASE_METHOD(GitTest, "without a key and without git's set-up nothing signs") {
  const auto signer = open_signer(settings, cancel);
  check_unavailable(signer, "nothing can sign here");
  CHECK(signer.error().hint == "run: automod key init");
}

TEST_CASE_METHOD(GitTest, "stock git accepts a commit signed by automod's own key") {
  const OwnKey own = own_key(settings);
  const MadeKey made = value(make_own_key(own, "jane@example.invalid"));
  const auto signer = value(open_signer(settings, cancel));
  CHECK(signer->identity() == fingerprint(made.key));
  CHECK(signer->is_quick());
  const string commit = signed_head(*signer);
  const Ran checked = verified_by_git(commit, own.signers.string());
  INFO(checked.err);
  CHECK(checked.code == 0);
  CHECK_THAT(checked.err, ContainsSubstring("Good \"git\" signature for jane@example.invalid"));
  CHECK(verified_by_git("HEAD", own.signers.string()).code != 0);
  const Trust trust = value(open_trust(settings, cancel));
  const SignedCommit parts = head(commit);
  CHECK(value(verify(parts.payload, parts.signature, Purpose::kCommit, trust, kNow, cancel))
            .principal == "jane@example.invalid");
}

TEST_CASE_METHOD(GitTest, "we accept a commit that git signed with an SSH key") {
  const PublicKey key = make_key("k");
  configure("gpg.format", "ssh");
  configure("user.signingkey", path("k").string());
  configure("user.email", "jane@example.invalid");
  git.git({"-c", "gpg.format=ssh", "-c", "user.signingkey=" + path("k").string(), "commit",
           "--quiet", "--allow-empty", "-S", "-m", "signed"});
  const SignedCommit parts = head();
  const Trust trust = value(open_trust(settings, cancel));
  const Verified verified =
      value(verify(parts.payload, parts.signature, Purpose::kCommit, trust, kNow, cancel));
  CHECK(verified.principal == "jane@example.invalid");
  CHECK(verified.key == fingerprint(key));
  CHECK_FALSE(verify(parts.payload + "x", parts.signature, Purpose::kCommit, trust, kNow, cancel));
}

TEST_CASE_METHOD(GitTest, "git's set-up with an SSH key signs what stock git accepts") {
  const string type = GENERATE(values<string>({"ed25519", "ecdsa"}));
  const PublicKey key = make_key("k", type);
  file("signers", allowed_signer_line("jane@example.invalid", key) + "\n");
  configure("gpg.format", "ssh");
  configure("user.signingkey", path(GENERATE("k", "k.pub")).string());
  configure("gpg.ssh.allowedSignersFile", path("signers").string());
  const auto signer = value(open_signer(settings, cancel));
  CHECK(signer->identity() == fingerprint(key));
  CHECK_FALSE(signer->is_quick());
  CHECK(verified_by_git(signed_head(*signer), path("signers").string()).code == 0);
  const string evidence = value(signer->sign("bytes", Purpose::kEvidence));
  const Trust trust = value(open_trust(settings, cancel));
  CHECK(verify("bytes", evidence, Purpose::kEvidence, trust, kNow, cancel));
  CHECK_FALSE(verify("bytes", evidence, Purpose::kCommit, trust, kNow, cancel));
}

TEST_CASE_METHOD(GitTest, "a key written into the configuration is signed with by the agent") {
  const PublicKey key = make_key("k");
  // In a session of its own, as it must outlive the program that starts it.
  string pid = must({"sh", "-c",
                     "setsid ssh-agent -D -a \"$0\" >log 2>&1 & "
                     "while [ ! -S \"$0\" ]; do sleep 0.02; done; echo $!",
                     path("agent").string()});
  pid.pop_back();
  const Variable agent("SSH_AUTH_SOCK", path("agent").string());
  must({"ssh-add", "-q", path("k").string()});
  fs::remove(path("k"));
  configure("gpg.format", "ssh");
  configure("user.signingkey", "key::" + key_line(key));
  const auto signer = open_signer(settings, cancel);
  const auto armored =
      signer ? (*signer)->sign("bytes", Purpose::kLedger) : Result<string>(fail(signer.error()));
  must({"kill", pid});
  CHECK(verify("bytes", value(armored), Purpose::kLedger, trust_in(key), kNow, cancel));
}

TEST_CASE_METHOD(GitTest, "stock git accepts a commit signed by way of git's OpenPGP set-up") {
  const string fingerprint = make_openpgp();
  configure("user.signingkey", "jane@example.invalid");
  const auto signer = value(open_signer(settings, cancel));
  CHECK(signer->identity() == fingerprint);
  CHECK_FALSE(signer->is_quick());
  const string commit = signed_head(*signer);
  CHECK(verified_by_git(commit).code == 0);
  const Trust trust = value(open_trust(settings, cancel));
  const SignedCommit parts = head(commit);
  const Verified verified =
      value(verify(parts.payload, parts.signature, Purpose::kCommit, trust, kNow, cancel));
  CHECK(verified.key == fingerprint);
  CHECK(verified.principal == "Jane <jane@example.invalid>");
  CHECK(verified.format == "openpgp");
}

TEST_CASE_METHOD(GitTest, "we accept a commit that git signed with OpenPGP, and find a change") {
  const string fingerprint = make_openpgp();
  git.git({"-c", "user.signingkey=" + fingerprint, "commit", "--quiet", "--allow-empty", "-S", "-m",
           "signed"});
  const SignedCommit parts = head();
  const Trust trust;
  const auto check = [&](const string& payload, const string& signature, Purpose purpose) {
    return verify(payload, signature, purpose, trust, kNow, cancel);
  };
  CHECK(value(check(parts.payload, parts.signature, Purpose::kCommit)).key == fingerprint);
  const auto changed = check(parts.payload + "x", parts.signature, Purpose::kCommit);
  REQUIRE_FALSE(changed);
  CHECK_THAT(changed.error().message, ContainsSubstring("what was signed has been changed"));
  // OpenPGP has no namespaces: what is no commit stands behind a line of its own.
  CHECK_FALSE(check(parts.payload, parts.signature, Purpose::kEvidence));
  CHECK_FALSE(check(parts.payload, parts.signature, Purpose::kLedger));
  CHECK_FALSE(check(parts.payload, parts.signature + "more\n", Purpose::kCommit));
  CHECK_FALSE(check(parts.payload, parts.signature + parts.signature, Purpose::kCommit));
  CHECK_FALSE(check(parts.payload, string(kPgpArmor) + "\n", Purpose::kCommit));
}

TEST_CASE_METHOD(GitTest, "an OpenPGP signature is good for its purpose only") {
  configure("user.signingkey", make_openpgp());
  const auto signer = value(open_signer(settings, cancel));
  const string ledger = value(signer->sign("bytes", Purpose::kLedger));
  CHECK(verify("bytes", ledger, Purpose::kLedger, Trust(), kNow, cancel));
  for (const Purpose other : {Purpose::kCommit, Purpose::kEvidence}) {
    const auto verified = verify("bytes", ledger, other, Trust(), kNow, cancel);
    REQUIRE_FALSE(verified);
    CHECK(verified.error().kind == ErrorKind::kRefused);
  }
}

TEST_CASE_METHOD(GitTest,
                 "an OpenPGP key that the keyring lacks or does not trust does not count") {
  const string fingerprint = make_openpgp();
  configure("user.signingkey", fingerprint);
  const string armored =
      value(value(open_signer(settings, cancel))->sign("bytes", Purpose::kLedger));
  const string exported = must({"gpg", "--batch", "--armor", "--export", fingerprint});
  const fs::path other = path("other");
  fs::create_directory(other);
  fs::permissions(other, fs::perms::owner_all);
  const Variable keyring("GNUPGHOME", other.string());
  const auto check = [&](const Trust& trust) {
    return verify("bytes", armored, Purpose::kLedger, trust, kNow, cancel);
  };
  CHECK_THAT(check(Trust()).error().message, ContainsSubstring("is not in the keyring"));
  must({"gpg", "--batch", "--quiet", "--import"}, exported);
  CHECK_THAT(check(Trust()).error().message,
             ContainsSubstring(fingerprint + " is not among those whose signatures count"));
  file("config/signing.toml", "openpgp = [\"" + fingerprint + "\"]\n");
  CHECK(check(value(open_trust(settings, cancel))));
  (void)run({"gpgconf", "--kill", "gpg-agent"});
}

TEST_CASE_METHOD(GitTest, "a missing program is not a bad signature") {
  const string armored = "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n";
  Trust trust;
  trust.gpg = "no-such-program";
  const auto verified = verify("bytes", armored, Purpose::kCommit, trust, kNow, cancel);
  REQUIRE_FALSE(verified);
  CHECK(verified.error().kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(GitTest, "what a repository says of signing counts for nothing") {
  make_key("k");
  git.git({"config", "gpg.format", "ssh"});
  git.git({"config", "user.signingkey", path("k").string()});
  git.git({"config", "commit.gpgsign", "true"});
  git.git({"config", "gpg.program", "/bin/false"});
  check_unavailable(open_signer(settings, cancel), "nothing can sign here");
  const GitSetup setup = value(read_git_setup(git.root(), cancel));
  CHECK(setup.format == "openpgp");
  CHECK(setup.program == "gpg");
  CHECK(setup.key.empty());
  CHECK_FALSE(setup.signs_commits);
  const Variable count("GIT_CONFIG_COUNT", "1");
  const Variable name("GIT_CONFIG_KEY_0", "user.signingkey");
  const Variable content("GIT_CONFIG_VALUE_0", path("k").string());
  CHECK(value(read_git_setup(git.root(), cancel)).key.empty());
}

TEST_CASE_METHOD(GitTest, "git's set-up is read with all it includes") {
  file("included", "[gpg]\n\tformat = ssh\n[gpg \"ssh\"]\n\tprogram = ~/bin/sign\n");
  configure("include.path", path("included").string());
  configure("user.name", "Jane");
  configure("user.email", "jane@example.invalid");
  configure("user.signingkey", "~/.ssh/id");
  must({"git", "config", "--global", "--add", "commit.gpgsign", "yes"});
  const GitSetup setup = value(read_git_setup(git.root(), cancel));
  CHECK(setup.format == "ssh");
  CHECK(setup.program == (git.home() / "bin/sign").string());
  CHECK(setup.key == (git.home() / ".ssh/id").string());
  CHECK(setup.user == "Jane <jane@example.invalid>");
  CHECK(setup.signs_commits);
}

TEST_CASE_METHOD(GitTest, "a set-up that cannot sign says what to do") {
  const auto [name, content, wanted] = GENERATE(table<string, string, string>({
      {"gpg.format", "x509", "git is set up to sign with 'x509'"},
      {"gpg.program", "./gpg", "by a relative path"},
      {"gpg.program", "no-such-program", "no program 'no-such-program'"},
      {"user.signingkey", "nobody@example.invalid", "has no secret key of use for 'nobody@example"},
  }));
  configure("commit.gpgsign", "true");
  configure("user.name", "Jane");
  configure("user.email", "jane@example.invalid");
  configure(name, content);
  const auto signer = open_signer(settings, cancel);
  REQUIRE_FALSE(signer);
  CHECK(signer.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(signer.error().message, ContainsSubstring(wanted));
}

TEST_CASE_METHOD(GitTest, "an SSH set-up that cannot sign says what to do") {
  configure("gpg.format", "ssh");
  configure("commit.gpgsign", "true");
  check_unavailable(open_signer(settings, cancel), "user.signingkey is not set");
  configure("user.signingkey", "keys/mine");
  check_unavailable(open_signer(settings, cancel), "a relative path");
  configure("user.signingkey", path("none").string());
  check_unavailable(open_signer(settings, cancel), "the public part of git's signing key");
  make_key("k");
  configure("user.signingkey", path("k").string());
  fs::remove(path("k"));
  const auto signed_one = value(open_signer(settings, cancel))->sign("bytes", Purpose::kCommit);
  REQUIRE_FALSE(signed_one);
  CHECK(signed_one.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(signed_one.error().message, ContainsSubstring("ssh-keygen did not sign: "));
}

TEST_CASE_METHOD(GitTest, "a program that signs with another key is found out") {
  make_key("k");
  make_key("other");
  file("program", "#!/bin/sh\nexec ssh-keygen -Y sign -n git -f " + path("other").string() + "\n",
       0700);
  configure("gpg.format", "ssh");
  configure("gpg.ssh.program", path("program").string());
  configure("user.signingkey", path("k").string());
  const auto signed_one = value(open_signer(settings, cancel))->sign("bytes", Purpose::kCommit);
  REQUIRE_FALSE(signed_one);
  CHECK_THAT(signed_one.error().message, ContainsSubstring("a signature that is not by SHA256:"));
}
