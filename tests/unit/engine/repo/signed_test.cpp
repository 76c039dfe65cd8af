#include <fstream>

#include "base/process.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::Repository;

/// Has a key of its own, made by ssh-keygen.
class SignedTest : public RepoTest {
 protected:
  SignedTest() {
    git.write("a", "a\n");
    first = commit("one");
    run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key().string()});
    const std::string line = value(read_file(key().string() + ".pub", kMiB));
    std::ofstream(signers()) << "agent@localhost namespaces=\"git\" " << line;
  }

  std::string run(std::vector<std::string> argv, std::string input = {}) const {
    const CancelToken never;
    auto ran = value(run_program({.argv = std::move(argv), .input = std::move(input)}, never));
    if (ran.exit_code != 0) throw std::runtime_error(ran.err);
    return ran.out;
  }
  fs::path key() const { return git.scratch("key"); }
  fs::path signers() const { return git.scratch("signers"); }

  repo::NewCommit plan() const {
    return {.tree = tree(),
            .parents = {first},
            .author_name = "agent",
            .author_email = "agent@localhost",
            .message = "subject\n\nbody\n",
            .seconds = 1700000001,
            .committer_name = "someone",
            .committer_email = "someone@example.invalid",
            .sign = [this](std::string_view payload) -> Result<std::string> {
              return run({"ssh-keygen", "-Y", "sign", "-n", "git", "-f", key().string()},
                         std::string(payload));
            }};
  }

  Ran verify(const CommitId& id) const {
    return git.try_git(git.root(), {"-c", "gpg.format=ssh", "-c",
                                    "gpg.ssh.allowedSignersFile=" + signers().string(),
                                    "verify-commit", "--raw", id.text});
  }
  CommitId first;
};

TEST_CASE_METHOD(SignedTest, "git itself accepts the signature of a commit") {
  Repository repo = open();
  const CommitId made = value(repo.commit(plan()));
  const Ran verified = verify(made);
  CHECK(verified.code == 0);
  CHECK_THAT(verified.out + verified.err, ContainsSubstring("Good \"git\" signature"));
  CHECK(git.git({"log", "-1", "--format=%an %ae %cn %ce", made.text}) ==
        "agent agent@localhost someone someone@example.invalid");
  CHECK(git.git({"fsck", "--strict", "--no-dangling"}).empty());
}

TEST_CASE_METHOD(SignedTest, "a commit that was changed after it was signed is not accepted") {
  const CommitId made = value(open().commit(plan()));
  std::string text = git.try_git(git.root(), {"cat-file", "commit", made.text}).out;
  text.replace(text.find("body"), 4, "BODY");
  const std::string forged =
      git.try_git(git.root(), {"hash-object", "-t", "commit", "-w", "--stdin"}, text).out;
  CHECK(verify(CommitId{forged.substr(0, 40)}).code != 0);
}

TEST_CASE_METHOD(SignedTest,
                 "the parts of a signed commit are what was signed, and the signature") {
  std::string payload;
  std::string armored;
  repo::NewCommit plan = this->plan();
  plan.sign = [&, sign = plan.sign](std::string_view bytes) {
    payload = bytes;
    auto result = sign(bytes);
    armored = result.value_or("");
    return result;
  };
  Repository repo = open();
  const CommitId made = value(repo.commit(plan));
  const auto parts = value(repo.signed_parts(made));
  CHECK(parts.payload == payload);
  CHECK(parts.signature == armored);
  const auto unsigned_parts = value(repo.signed_parts(first));
  CHECK_FALSE(unsigned_parts.signature);
  CHECK(unsigned_parts.payload == git.try_git(git.root(), {"cat-file", "commit", first.text}).out);
}

TEST_CASE_METHOD(SignedTest, "a signature may have empty lines, and nothing may pose as one") {
  Repository repo = open();
  repo::NewCommit plan = this->plan();
  const std::string pgp = "-----BEGIN PGP SIGNATURE-----\n\nabc\n=x\n-----END PGP SIGNATURE-----\n";
  plan.sign = [&](std::string_view) -> Result<std::string> { return pgp; };
  CHECK(value(repo.signed_parts(value(repo.commit(plan)))).signature == pgp);
  for (const char* odd : {"", "\n", "no signature", "-----BEGIN x\n\x01"}) {
    CAPTURE(odd);
    plan.sign = [&](std::string_view) -> Result<std::string> { return odd; };
    CHECK_FALSE(repo.commit(plan));
  }
  plan.sign = [&](std::string_view) {
    return Result<std::string>(fail(ErrorKind::kRefused, "no"));
  };
  const auto refused = repo.commit(plan);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "no");
}

TEST_CASE_METHOD(SignedTest, "a commit with two signatures is refused, other headers stay signed") {
  Repository repo = open();
  const CommitId made = value(repo.commit(plan()));
  const std::string text = git.try_git(git.root(), {"cat-file", "commit", made.text}).out;
  const auto stored = [&](const std::string& content) {
    return CommitId{git.try_git(git.root(),
                                {"hash-object", "-t", "commit", "-w", "--stdin", "--literally"},
                                content)
                        .out.substr(0, 40)};
  };
  const std::size_t blank = text.find("\n\n") + 1;
  std::string twice = text;
  twice.insert(blank, "gpgsig another\n more\n");
  CHECK(repo.signed_parts(stored(twice)).error().kind == ErrorKind::kRefused);
  std::string more = text;
  more.insert(blank, "mergetag object 1\n line\ngpgsig-sha256 xyz\n uvw\nlast x\n");
  const auto parts = value(repo.signed_parts(stored(more)));
  CHECK_THAT(parts.payload, ContainsSubstring("mergetag object 1\n line\nlast x\n\nsubject"));
  CHECK(parts.signature == value(repo.signed_parts(made)).signature);
}

}  // namespace automod::testing
