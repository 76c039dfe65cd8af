#include <fmt/format.h>

#include "base/files.hpp"
#include "engine/types/config.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using testing::ContainsSubstring;
using testing::StartsWith;

namespace {

std::string problem_of(const std::string& text) {
  const auto config = parse_config(text, "automod.toml");
  if (config) return "";
  CHECK(config.error().kind == ErrorKind::kUsage);
  return config.error().message;
}

std::string problem_in(const std::string& rest) { return problem_of("version = 1\n" + rest); }

struct Case {
  std::string text;
  std::string problem;
};

void check_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(problem_in(one.text) == one.problem);
  }
}

/// A public key as OpenSSH writes it; each letter gives another.
std::string key_of(int letter) {
  return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + std::string(43, static_cast<char>(letter));
}

}  // namespace

TEST_CASE("unknown names are errors with their place and the nearest name") {
  check_all({
      {"[projct]\n", "automod.toml:2:2: unknown table 'projct', did you mean 'project'?"},
      {"[project]\nbild_dir = 'x'\n",
       "automod.toml:3:1: unknown key 'bild_dir' in [project], did you mean 'build_dir'?"},
      {"zzzzzzzz = 3\n", "automod.toml:2:1: unknown key 'zzzzzzzz'"},
      {"[[benchmark]]\nname='a'\ncommand='b'\ncomand='c'\n",
       "automod.toml:5:1: unknown key 'comand' in [[benchmark]], did you mean 'command'?"},
      {"[safety]\nlevel = \"moderat\"\n",
       "automod.toml:3:9: level is 'moderat', expected conservative, moderate, aggressive, did "
       "you mean 'moderate'?"},
      {"\"\\u001b[31m\" = 1\n", "automod.toml:2:1: unknown key '\\x1b[31m'"},
  });
}

TEST_CASE("values of the wrong type are errors that say found and wanted") {
  check_all({
      {"project = 3\n",
       "automod.toml:2:11: project is a whole number, expected a table, [project]"},
      {"[project]\nbuild = [\"make\"]\n", "automod.toml:3:9: build is a list, expected a string"},
      {"[project]\nprotected = \"tests\"\n",
       "automod.toml:3:13: protected is a string, expected a list of strings"},
      {"[project]\nprotected = [\"a\", 2]\n",
       "automod.toml:3:19: protected[1] is a whole number, expected a string"},
      {"[limits]\nmemory_mb = 1.5\n",
       "automod.toml:3:13: memory_mb is a number with a fraction, expected a whole number"},
      {"[benchmark]\nname = 'a'\n",
       "automod.toml:2:1: benchmark is a table, expected tables, [[benchmark]]"},
      {"[sandbox]\nenvironment = { A = true }\n",
       "automod.toml:3:21: A is true or false, expected a string"},
  });
}

TEST_CASE("limits have a range") {
  check_all({
      {"[limits]\nbuild_seconds = 0\n",
       "automod.toml:3:17: build_seconds is 0, expected 1 to 86400"},
      {"[limits]\nprocesses = -5\n", "automod.toml:3:13: processes is -5, expected 2 to 65536"},
      {"[limits]\nmemory_mb = 9223372036854775807\n",
       "automod.toml:3:13: memory_mb is 9223372036854775807, expected 16 to 1048576"},
  });
}

TEST_CASE("the version must be there and be known") {
  CHECK(problem_of("[project]\n") == "automod.toml:1:1: version is missing");
  CHECK(problem_of("version = 2\n") == "automod.toml:1:11: version is 2, this automod reads 1");
  CHECK(problem_of("version = '1'\n") ==
        "automod.toml:1:11: version is a string, expected a whole number");
}

TEST_CASE("a benchmark has a name of its own and a command") {
  check_all({
      {"[[benchmark]]\nname = 'a'\n", "automod.toml:2:1: command is missing in [[benchmark]]"},
      {"[[benchmark]]\nname='a'\ncommand='x'\n[[benchmark]]\nname='a'\ncommand='y'\n",
       "automod.toml:6:6: name 'a' stands for another benchmark already"},
      {"[[benchmark]]\nname='a b'\ncommand='x'\n",
       "automod.toml:3:6: name: 'a b' has other characters than letters, digits, '.', '_' and "
       "'-'"},
      {"[[benchmark]]\nname='a'\ncommand=' '\n",
       "automod.toml:4:9: command: empty, expected a command to time"},
  });
}

TEST_CASE("the build folder lies inside the root and needs no quoting") {
  for (const char* good : {"build", ".", "out/x86", "a-b_c.d+e@f=g,h", "...", "a..b"}) {
    CAPTURE(good);
    CHECK(problem_in(fmt::format("[project]\nbuild_dir = '{}'\n", good)).empty());
  }
  for (const char* bad : {"", "/build", "..", "a/../b", "./a", "a//b", "a/", "a b", "$x", "a;b",
                          "-B", ".git", ".git/x", "~", "a*"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[project]\nbuild_dir = '{}'\n", bad)),
               StartsWith("automod.toml:3:13: build_dir: "));
  }
}

TEST_CASE("a command is one line") {
  CHECK_THAT(problem_in("[project]\nbuild = \"a\\nb\"\n"), ContainsSubstring("one line"));
  CHECK_THAT(problem_in("[project]\nbuild = \"a\\u0000b\"\n"), ContainsSubstring("one line"));
}

TEST_CASE("only {build} and {jobs} are placeholders") {
  const auto problem = [](std::string_view command) {
    return problem_in(fmt::format("[project]\ntest = '{}'\n", command));
  };
  for (const char* good :
       {"x {build} {jobs}", "echo ${HOME} ${build}", "cp {a,b} c", "find . -exec rm {} +",
        "awk \"{ print }\"", "echo {", "echo {build", "echo {1}", "{{build}}", "echo $${x}"}) {
    CAPTURE(good);
    CHECK(problem(good).empty());
  }
  CHECK(problem("make -j {job}") ==
        "automod.toml:3:8: test: unknown placeholder '{job}', did you mean '{jobs}'?");
  CHECK(problem("awk \"{print}\"") ==
        "automod.toml:3:8: test: unknown placeholder '{print}', only {build} and {jobs} are "
        "filled in; '{ print }' with spaces is left to the shell");
}

TEST_CASE("the environment may not replace what the sandbox sets") {
  check_all({
      {"[sandbox]\nenvironment.PATH = '/evil'\n",
       "automod.toml:3:13: 'PATH' is set by the sandbox; set it inside a command where it must "
       "differ"},
      {"[sandbox]\nenvironment = { \"A=B\" = 'x' }\n",
       "automod.toml:3:17: 'A=B' is no name for an environment variable"},
      {"[sandbox]\nenvironment = { 1A = 'x' }\n",
       "automod.toml:3:17: '1A' is no name for an environment variable"},
      {"[sandbox]\nenvironment = { A = \"\\u0000\" }\n",
       "automod.toml:3:21: A: the value has a NUL byte"},
  });
}

TEST_CASE("a target may ask for places of programs only, never for the home of its user") {
  for (const char* bad :
       {"", "/", "opt", "/opt/", "/opt/../etc", "/proc", "/proc/1", "/tree/x", "/dev", "/sys/fs",
        "/tmp", "/home/user/.ssh", "/root", "/etc", "/var/lib", "/run/user", "/optional"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\nread_only = ['{}']\n", bad)),
               StartsWith("automod.toml:3:14: read_only[0]: "));
  }
  CHECK(problem_in("[sandbox]\nread_only = ['/opt/x', '/usr/local/go']\n").empty());
}

TEST_CASE("a target names programs and images, never paths of the machine") {
  for (const char* bad : {"", "/usr/bin/runc", "./runc", "-x", "a b", "..", "a/b"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\nruntime = '{}'\n", bad)),
               StartsWith("automod.toml:3:11: runtime: "));
  }
  for (const char* bad : {"", "-v", "/etc", "a b", "--privileged"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\nbackend = 'podman'\nimage = '{}'\n", bad)),
               StartsWith("automod.toml:4:9: image: "));
  }
  CHECK(problem_in("[sandbox]\nbackend = 'podman'\nimage = 'localhost/a/b:1@sha256:ab'\n").empty());
}

TEST_CASE("what belongs to policy files has no place in a target's file") {
  for (const char* key : {"work", "mount", "changes", "user"}) {
    CAPTURE(key);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\n{} = 'x'\n", key)),
               StartsWith(fmt::format("automod.toml:3:1: unknown key '{}' in [sandbox]", key)));
  }
  CHECK_THAT(problem_in("[limits]\nseconds = 3\n"), ContainsSubstring("unknown key 'seconds'"));
}

TEST_CASE("a protected pattern can match a path") {
  for (const char* bad : {"", "/x", "a//b", "../x", "./x", "!x", "a/../b"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[project]\nprotected = ['{}']\n", bad)),
               StartsWith("automod.toml:3:14: protected[0]: "));
  }
  CHECK(problem_in("[project]\nprotected = ['tests/', '**/*.cmake']\n").empty());
}

TEST_CASE("the author fits into a commit header") {
  for (const char* bad : {"", "a <b>", "a\\nb", " a", "a\\u0000"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[commit]\nname = \"{}\"\n", bad)),
               StartsWith("automod.toml:3:8: name: "));
  }
}

TEST_CASE("a file that is no TOML says where") {
  CHECK_THAT(problem_of("version = 1\n[project\n"), StartsWith("automod.toml:2:"));
  CHECK_THAT(problem_of("version = 1\nversion = 1\n"), StartsWith("automod.toml:2:"));
  CHECK_THAT(problem_of("a = \"\xff\"\n"), StartsWith("automod.toml:1:"));
  CHECK_THAT(problem_of("a = " + std::string(100000, '[')), StartsWith("automod.toml:1:"));
}

TEST_CASE("a huge file is refused") {
  CHECK(problem_of(std::string(kMiB + 1, '#')) ==
        "automod.toml has 1048577 bytes, expected 1048576 or fewer");
}

TEST_CASE("a list has a bounded number of items") {
  std::string many = "[project]\nprotected = [";
  for (int i = 0; i < 1001; ++i) many += "'a',";
  CHECK(problem_in(many + "]\n") ==
        "automod.toml:3:13: protected has 1001 items, expected 1000 or fewer");
}

TEST_CASE("an approver is a name and a whole public key, and stands once") {
  const auto problem = [](const std::string& line, const std::string& next = "") {
    const std::string more = next.empty() ? "" : ", \"" + next + "\"";
    return problem_in("[approval]\napprovers = [\"" + line + "\"" + more + "]\n");
  };
  CHECK(problem("ada " + key_of('a')).empty());
  CHECK_THAT(problem("ada"), ContainsSubstring("is no approver, expected"));
  CHECK_THAT(problem("ada ssh-rsa AAAA"), ContainsSubstring("is no approver, expected"));
  CHECK_THAT(problem("a b " + key_of('a')), ContainsSubstring("is no approver, expected"));
  CHECK_THAT(problem("ada ssh-ed25519 AAAA"), ContainsSubstring("no whole ssh-ed25519 key"));
  CHECK_THAT(problem("ada " + key_of('=')), ContainsSubstring("no whole ssh-ed25519 key"));
  CHECK_THAT(problem("ada " + key_of('a'), "ada " + key_of('b')), ContainsSubstring("twice"));
  CHECK_THAT(problem("ada " + key_of('a'), "bob " + key_of('a')), ContainsSubstring("twice"));
}

TEST_CASE("a monitor without a command is a mistake") {
  CHECK_THAT(problem_in("[monitor]\nevery_seconds = 5\n"), ContainsSubstring("command"));
}
