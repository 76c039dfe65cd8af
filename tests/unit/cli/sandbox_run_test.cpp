#include <sstream>

#include "base/files.hpp"
#include "cli/sandbox_options.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::cli;

namespace {

using sandbox::Outcome;

/// What a command line asks for; `problem` where it is refused.
struct Asked {
  SandboxRequest request;
  std::string problem;
};

Asked ask(std::vector<std::string> words) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const SystemClock clock;
  const CancelToken cancel;
  const World world{.in = in, .out = out, .err = err, .clock = clock, .cancel = cancel};
  words.insert(words.begin(), {"sandbox", "run", "-C", "/usr"});
  words.insert(words.end(), {"--", "true"});
  const auto line = read_command_line(words);
  REQUIRE(line.has_value());
  Context context(world, line->arguments);
  auto request = read_sandbox_request(context, line->arguments);
  if (!request) return {{}, request.error().message};
  return {std::move(*request), ""};
}

class PolicyFolder {
 public:
  PolicyFolder() : dir_(*TempDir::create(std::filesystem::temp_directory_path(), "automod-cli")) {}
  std::string file(const std::string& text) const {
    const auto path = dir_.path() / "p.toml";
    REQUIRE(write_file(path, text).has_value());
    return path.string();
  }
  std::filesystem::path path() const { return dir_.path(); }

 private:
  TempDir dir_;
};

int code_of(Outcome outcome, int status) {
  return exit_code(sandbox::Execution{.outcome = outcome, .status = status});
}

}  // namespace

TEST_CASE("unasked, a command sees the current folder and changes nothing") {
  const sandbox::Policy policy = ask({}).request.policy;
  CHECK(policy.mount == sandbox::Mount::kOverlay);
  CHECK(policy.work == "/usr");
  CHECK(policy.changes.empty());
  CHECK(policy.environment.empty());
}

TEST_CASE("options of the sandbox reach the policy") {
  const SandboxRequest request =
      ask({"--backend", "oci",  "--runtime",      "crun",   "--mount",      "copy",
           "--work",    "lib",  "--env",          "A=b=c",  "--read-only",  "/opt",
           "--network", "none", "--system-calls", "strict", "--require",    "memory,landlock",
           "--seconds", "3",    "--memory-mb",    "20",     "--disk-files", "9",
           "--collect", "a/b",  "--out",          "there"})
          .request;
  CHECK(request.selection.backend == "oci");
  CHECK(request.selection.runtime == "crun");
  CHECK(request.policy.mount == sandbox::Mount::kCopy);
  CHECK(request.policy.work == "/usr/lib");
  CHECK(request.policy.environment.at("A") == "b=c");
  CHECK(request.policy.read_only == std::vector<std::filesystem::path>{"/opt"});
  CHECK(request.policy.network == sandbox::Network::kNone);
  CHECK(request.policy.calls == sandbox::Calls::kStrict);
  CHECK(request.policy.required == sandbox::Requirements{.memory = true, .landlock = true});
  CHECK(request.policy.limits.wall == std::chrono::seconds(3));
  CHECK(request.policy.limits.memory_bytes == 20u << 20);
  CHECK(request.policy.limits.disk_files == 9);
  CHECK(request.command.argv == std::vector<std::string>{"true"});
  CHECK(request.command.collect == std::vector<std::string>{"a/b"});
  CHECK(request.out == "/usr/there");
}

TEST_CASE("a variable of the caller is passed on only by its name") {
  setenv("AUTOMOD_TEST_VARIABLE", "mine", 1);
  CHECK(ask({"--env", "AUTOMOD_TEST_VARIABLE"})
            .request.policy.environment.at("AUTOMOD_TEST_VARIABLE") == "mine");
  unsetenv("AUTOMOD_TEST_VARIABLE");
  CHECK(ask({"--env", "AUTOMOD_TEST_VARIABLE"}).problem ==
        "option '--env': you have no AUTOMOD_TEST_VARIABLE");
}

TEST_CASE("a policy file says what the options do not") {
  const PolicyFolder folder;
  const std::string file = folder.file(
      "[sandbox]\nmount = 'folder'\nwork = 'tree'\nuser = 7\n[limits]\nmemory_mb = 30\n"
      "seconds = 5\n");
  const sandbox::Policy policy = ask({"--policy", file, "--seconds", "6"}).request.policy;
  CHECK(policy.mount == sandbox::Mount::kFolder);
  CHECK(policy.work == folder.path() / "tree");
  CHECK(policy.user == 7);
  CHECK(policy.limits.memory_bytes == 30u << 20);
  CHECK(policy.limits.wall == std::chrono::seconds(6));
}

TEST_CASE("a policy that names no mount gets the harmless one") {
  const PolicyFolder folder;
  const sandbox::Policy policy = ask({"--policy", folder.file("")}).request.policy;
  CHECK(policy.mount == sandbox::Mount::kOverlay);
  CHECK(policy.work == "/usr");
}

TEST_CASE("options that make no sense together are refused") {
  CHECK(ask({"--mount", "tmpfs", "--work", "x"}).problem == "--mount tmpfs shows no work folder");
  CHECK(ask({"--mount", "copy", "--changes", "/x"}).problem ==
        "only --mount overlay keeps changes");
  CHECK(ask({"--collect", "x"}).problem == "--collect needs --out DIR");
  CHECK(ask({"--out", "x"}).problem == "--out needs --collect NAME");
  CHECK(ask({"--collect", "../x", "--out", "y"}).problem ==
        "option '--collect': '../x' is no path below /tree");
  CHECK(ask({"--backend", "podman"}).problem ==
        "backend 'podman' runs images, and no image is named");
  CHECK(ask({"--runtime", "/bin/sh", "--backend", "oci"}).problem ==
        "option '--runtime': '/bin/sh' is no plain name of a program, such as 'runc'");
  CHECK(ask({"--memory-mb", "3"}).problem == "option '--memory-mb' is 3, expected 16 to 1048576");
  CHECK(ask({"--env", "=x"}).problem ==
        "option '--env': '' is no name for an environment variable");
  CHECK(ask({"--policy", "/missing.toml"}).problem.starts_with("reading the policy"));
}

TEST_CASE("the exit code is the command's, or says what stopped it") {
  CHECK(code_of(Outcome::kExited, 7) == 7);
  CHECK(code_of(Outcome::kSignalled, 11) == 139);
  CHECK(code_of(Outcome::kTimedOut, 9) == 124);
  CHECK(code_of(Outcome::kMemoryLimit, 9) == 137);
  CHECK(code_of(Outcome::kCpuLimit, 9) == 137);
  CHECK(code_of(Outcome::kDiskLimit, 9) == 137);
  CHECK(code_of(Outcome::kOutputLimit, 9) == 137);
  CHECK(code_of(Outcome::kInterrupted, 9) == 130);
}

TEST_CASE("a limit that was hit names its option") {
  const sandbox::Limits limits;
  for (const auto& [outcome, option] :
       std::vector<std::pair<Outcome, std::string>>{{Outcome::kTimedOut, "--seconds"},
                                                    {Outcome::kMemoryLimit, "--memory-mb"},
                                                    {Outcome::kCpuLimit, "--cpu-seconds"},
                                                    {Outcome::kDiskLimit, "--disk-mb"},
                                                    {Outcome::kOutputLimit, "--output-kb"}}) {
    CHECK(limit_text({.outcome = outcome}, limits).find(option) != std::string::npos);
  }
  CHECK(limit_text({.outcome = Outcome::kExited}, limits).empty());
  CHECK(limit_text({.outcome = Outcome::kSignalled}, limits).empty());
}
