#include "cli/run.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.hpp"

using namespace automod;
using nlohmann::json;

namespace {

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome run(const std::vector<std::string>& words, bool terminal = false) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const SystemClock clock;
  const CancelToken cancel;
  const cli::World world{.in = in,
                         .out = out,
                         .err = err,
                         .clock = clock,
                         .cancel = cancel,
                         .out_is_terminal = terminal,
                         .err_is_terminal = terminal};
  const int code = cli::run(words, world);
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("a usage error is one line and a hint on stderr, and exit code 2") {
  const Outcome outcome = run({"analyze", "--goall", "x"});
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err ==
        "automod: error: unknown option '--goall', did you mean '--goal'?\n"
        "automod: hint: see 'automod help analyze'\n");
}

TEST_CASE("with --json an error is also a document on stdout") {
  const Outcome outcome = run({"--json", "analyse"});
  CHECK(outcome.code == 2);
  const json document = json::parse(outcome.out);
  CHECK(document.at("schema") == "automod.error/1");
  CHECK(document.at("kind") == "usage");
  CHECK(document.at("exit_code") == 2);
  CHECK(outcome.err.find("did you mean 'analyze'") != std::string::npos);
}

TEST_CASE("no command at all is a usage error") {
  const Outcome outcome = run({});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("no command given") != std::string::npos);
}

TEST_CASE("--help after a command and help with its name print the same") {
  CHECK(run({"try", "--help"}).out == run({"help", "try"}).out);
  CHECK(run({"--help"}).out == run({"help"}).out);
  CHECK(run({"-h"}).code == 0);
  CHECK(run({"sandbox", "--help"}).out == run({"help", "sandbox"}).out);
  CHECK(run({"sandbox", "run", "--help"}).out == run({"help", "sandbox", "run"}).out);
}

TEST_CASE("colour appears on a terminal and goes with --no-color") {
  CHECK(run({"help"}, true).out.find('\x1b') != std::string::npos);
  CHECK(run({"help", "--no-color"}, true).out.find('\x1b') == std::string::npos);
  CHECK(run({"help"}).out.find('\x1b') == std::string::npos);
}

TEST_CASE("a stream that cannot be written to is an internal error") {
  std::istringstream in;
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  std::ostringstream err;
  const SystemClock clock;
  const CancelToken cancel;
  const cli::World world{.in = in, .out = out, .err = err, .clock = clock, .cancel = cancel};
  CHECK(cli::run({"help"}, world) == 70);
  CHECK(err.str().find("standard output") != std::string::npos);
}
