#include <set>
#include <thread>

#include "engine/model/asker.hpp"
#include "engine/model/clients.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

namespace automod::model {
namespace {

using testing::ContainsSubstring;
namespace fs = std::filesystem;

class CommandTest {
 protected:
  Reply ask(std::vector<std::string> command, const std::string& material = "material") {
    settings_.name = "agent";
    settings_.kind = Kind::kCommand;
    settings_.command = std::move(command);
    auto client = open_client(settings_, clock_);
    REQUIRE(client);
    return (*client)->ask(question(material), cancel_);
  }
  Reply shell(const std::string& script) { return ask({"sh", "-c", script}); }

  TempDir dir_ = test_dir();
  Variable cache_{"XDG_CACHE_HOME", dir_.path().string()};
  HandClock clock_;
  CancelToken cancel_;
  ModelSettings settings_;
};

class ScriptTest {
 protected:
  void write(const std::string& name, std::string_view text) const {
    REQUIRE(write_file(dir_.path() / name, text));
  }
  std::unique_ptr<Client> client(std::size_t asked = 0) const {
    ModelSettings settings;
    settings.name = "demo";
    settings.kind = Kind::kScripted;
    settings.answers = dir_.path();
    auto opened = open_client(settings, clock_, asked);
    REQUIRE(opened);
    return std::move(*opened);
  }
  Reply ask(Client& client) const { return client.ask(question("?"), cancel_); }

  TempDir dir_ = test_dir();
  HandClock clock_;
  CancelToken cancel_;
};

/// What open_asker() finds: settings in a file, a state folder, and nothing of the user's.
class OpenAskerTest {
 protected:
  Result<Asker> open(const std::string& toml, std::string_view name = "") {
    const auto settings = parse_settings(toml, dir_.path() / "config.toml");
    REQUIRE(settings);
    use_.book = dir_.path() / "book";
    use_.session = "s";
    use_.note = [this](std::string_view text) { said_ += text; };
    return open_asker(*settings, name, use_, clock_, cancel_);
  }
  void answers(int count) const {
    for (int i = 1; i <= count; ++i) {
      REQUIRE(write_file(dir_.path() / "answers" / std::to_string(i), "file " + std::to_string(i)));
    }
  }

  TempDir dir_ = test_dir();
  Variable state_{"XDG_STATE_HOME", dir_.path().string()};
  Variable cache_{"XDG_CACHE_HOME", (dir_.path() / "cache").string()};
  HandClock clock_;
  CancelToken cancel_;
  AskerUse use_;
  std::string said_;
};

constexpr const char* kScripted = "[models.demo]\nkind = 'scripted'\nanswers = 'answers'\n";

/// All that stands in the files of a folder.
std::string all_text(const fs::path& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) all += read_file(entry.path(), 64 * kMiB).value();
  }
  return all;
}

}  // namespace

TEST_CASE_METHOD(CommandTest, "a program gets instructions and material, and what it says counts") {
  const Reply reply = ask({"cat"}, "the code\n");
  REQUIRE(reply);
  CHECK(reply->text == "You change code.\nthe code\n");
  CHECK(reply->model == "agent");
  CHECK_FALSE(reply->usage_known);
  CHECK(reply->usage.input == estimated_tokens(question("the code\n")));
  CHECK(reply->usage.output == estimated_tokens(reply->text));
}

TEST_CASE_METHOD(CommandTest, "a question larger than any pipe arrives whole") {
  const Reply reply = ask({"wc", "-c"}, std::string(1 << 20, 'x'));
  REQUIRE(reply);
  CHECK_THAT(reply->text, ContainsSubstring(std::to_string((1 << 20) + 17)));
}

TEST_CASE_METHOD(CommandTest, "a program runs in an empty folder that is gone afterwards") {
  const Reply reply = shell("pwd; ls -A; touch left");
  REQUIRE(reply);
  const fs::path folder = reply->text.substr(0, reply->text.size() - 1);
  CHECK(folder.parent_path() == fs::canonical(dir_.path()) / "automod");
  CHECK_FALSE(fs::exists(folder));
}

TEST_CASE_METHOD(CommandTest,
                 "a program that fails has no answer, and its words are shown escaped") {
  const Reply reply = shell("printf 'bad \\033[31mthing\\n' >&2; exit 3");
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == FailureKind::kQuestion);
  CHECK_THAT(reply.error().message, ContainsSubstring("sh ended with exit code 3: bad \\x1b[31m"));
  CHECK(shell("exit 1").error().message == "sh ended with exit code 1");
}

TEST_CASE_METHOD(CommandTest, "a program that asks to be tried again later is busy") {
  CHECK(shell("exit 75").error().kind == FailureKind::kBusy);
}

TEST_CASE_METHOD(CommandTest, "a program that is not there is named, with where it is configured") {
  const Reply reply = ask({"no-such-program-here"});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == FailureKind::kQuestion);
  CHECK_THAT(reply.error().message, ContainsSubstring("no-such-program-here"));
  CHECK_THAT(reply.error().hint, ContainsSubstring("[models.agent]"));
}

TEST_CASE_METHOD(CommandTest, "a program that is silent too long is ended") {
  settings_.timeout_seconds = 1;
  CHECK(shell("sleep 60").error().kind == FailureKind::kSlow);
}

TEST_CASE_METHOD(CommandTest, "an answer of nothing, or too much of one, is none") {
  CHECK(shell("echo; echo ' '").error().kind == FailureKind::kBroken);
  CHECK(shell("head -c 9000000 /dev/zero | tr '\\0' x").error().kind == FailureKind::kBroken);
  CHECK(shell("yes").error().kind == FailureKind::kBroken);
}

TEST_CASE_METHOD(CommandTest, "a long log on stderr does not spoil an answer") {
  const Reply reply = shell("head -c 10000000 /dev/zero >&2; echo fine");
  INFO((reply ? "" : reply.error().message));
  REQUIRE(reply);
  CHECK(reply->text == "fine\n");
}

TEST_CASE_METHOD(CommandTest, "bytes that are no text are replaced") {
  const Reply reply = shell("printf 'a\\377b'");
  REQUIRE(reply);
  CHECK(reply->text ==
        "a\xef\xbf\xbd"
        "b");
}

TEST_CASE_METHOD(CommandTest, "a program is stopped with the user") {
  cancel_.request();
  CHECK(shell("sleep 60").error().kind == FailureKind::kInterrupted);
}

TEST_CASE_METHOD(CommandTest, "a program sees the user's variables, but no other model's key") {
  const Variable key("AUTOMOD_TEST_KEY", "sk-0123456789abcdefghij");
  const Variable plain("AUTOMOD_TEST_PLAIN", "plain");
  settings_.withheld = {"AUTOMOD_TEST_KEY"};
  const Reply reply = shell("env");
  REQUIRE(reply);
  CHECK(reply->text.find("sk-0123456789abcdefghij") == std::string::npos);
  CHECK_THAT(reply->text, ContainsSubstring("AUTOMOD_TEST_PLAIN=plain"));
}

TEST_CASE_METHOD(CommandTest, "a key that the program may see does not come back from it") {
  const std::string secret = "sk-0123456789abcdefghij";
  const Variable key("AUTOMOD_TEST_KEY", secret);
  settings_.key_env = "AUTOMOD_TEST_KEY";
  const Reply reply = shell("echo key $AUTOMOD_TEST_KEY");
  REQUIRE(reply);
  CHECK(reply->text == "key [key]\n");
  const Reply failed = shell("echo refused: $AUTOMOD_TEST_KEY >&2; exit 1");
  CHECK_THAT(failed.error().message, ContainsSubstring("refused: [key]"));
  CHECK(failed.error().message.find(secret) == std::string::npos);
}

TEST_CASE_METHOD(CommandTest, "a word that serves as key is no secret in an answer") {
  const Variable key("AUTOMOD_TEST_KEY", "test");
  settings_.key_env = "AUTOMOD_TEST_KEY";
  CHECK(shell("echo a test").value().text == "a test\n");
  CHECK_THAT(shell("echo a test >&2; exit 1").error().message, ContainsSubstring("a [key]"));
}

TEST_CASE_METHOD(CommandTest, "a program that may see a key can do without") {
  const Variable key("AUTOMOD_TEST_KEY", std::nullopt);
  settings_.key_env = "AUTOMOD_TEST_KEY";
  CHECK(shell("echo fine").value().text == "fine\n");
}

TEST_CASE_METHOD(ScriptTest, "a script answers with its files in the order of their names") {
  write("002-b.txt", "two");
  write("001-a.txt", "one");
  write(".hidden", "not one");
  write("010-c.txt", "ten");
  const auto model = client();
  const Reply first = ask(*model);
  REQUIRE(first);
  CHECK(first->text == "one");
  CHECK(first->model == "scripted/001-a.txt");
  CHECK_FALSE(first->usage_known);
  CHECK(ask(*model).value().text == "two");
  CHECK(ask(*model).value().text == "ten");
  const Reply end = ask(*model);
  REQUIRE_FALSE(end);
  CHECK(end.error().kind == FailureKind::kQuestion);
  CHECK(end.error().message == "the script has no more answers (3 were given)");
}

TEST_CASE_METHOD(ScriptTest, "a script goes on behind what was asked before") {
  write("1", "one");
  write("2", "two");
  CHECK(ask(*client(1)).value().text == "two");
  CHECK_FALSE(ask(*client(2)));
  CHECK_FALSE(ask(*client(9)));
}

TEST_CASE_METHOD(ScriptTest, "a script may fail in every way that a model may") {
  write("1", "!fail limit 30\nslow down\n");
  write("2", "!fail declined\n");
  write("3", "!fail busy");
  write("4", "!fail broke\n");
  write("5", "!fail limit soon\n");
  const auto model = client();
  const Failure limit = ask(*model).error();
  CHECK(limit.kind == FailureKind::kLimit);
  CHECK(limit.message == "slow down");
  CHECK(limit.wait == std::chrono::seconds(30));
  const Failure declined = ask(*model).error();
  CHECK(declined.kind == FailureKind::kDeclined);
  CHECK(declined.message == "2 says so");
  CHECK_FALSE(declined.wait);
  CHECK(ask(*model).error().kind == FailureKind::kBusy);
  CHECK_THAT(ask(*model).error().message, ContainsSubstring("no failure is called 'broke'"));
  CHECK_THAT(ask(*model).error().message, ContainsSubstring("'soon' is no number of seconds"));
}

TEST_CASE_METHOD(ScriptTest, "a script without a folder is unavailable") {
  ModelSettings settings;
  settings.kind = Kind::kScripted;
  settings.answers = dir_.path() / "absent";
  const auto opened = open_client(settings, clock_);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(ScriptTest, "several threads get all answers of a script, each once") {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 10;
  for (std::size_t i = 0; i < kThreads * kEach; ++i) {
    write(std::to_string(i), std::to_string(i));
  }
  const auto model = client();
  std::vector<std::vector<std::string>> got(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (auto& mine : got) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < kEach; ++i) mine.push_back(ask(*model).value().text);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : got) all.insert(mine.begin(), mine.end());
  CHECK(all.size() == kThreads * kEach);
}

TEST_CASE("an estimate of tokens is rather too high than too low") {
  CHECK(estimated_tokens("") == 0);
  CHECK(estimated_tokens("a") == 1);
  CHECK(estimated_tokens(std::string(300, 'x')) == 100);
}

TEST_CASE_METHOD(OpenAskerTest, "a session that is taken up goes on with the script") {
  answers(3);
  {
    auto first = open(kScripted, "demo");
    REQUIRE(first);
    CHECK(first->ask(question("a"), 0)->answer.text == "file 1");
    CHECK(first->ask(question("b"), 0)->answer.text == "file 2");
  }
  auto resumed = open(kScripted, "demo");
  REQUIRE(resumed);
  CHECK(resumed->ask(question("a"), 0)->answer.text == "file 1");
  CHECK(resumed->ask(question("b"), 0)->answer.text == "file 2");
  CHECK(resumed->ask(question("c"), 0)->answer.text == "file 3");
}

TEST_CASE_METHOD(OpenAskerTest, "another session begins the script anew") {
  answers(2);
  CHECK(open(kScripted, "demo")->ask(question("a"), 0)->answer.text == "file 1");
  const auto settings = parse_settings(kScripted, dir_.path() / "config.toml");
  use_.session = "t";
  auto other = open_asker(*settings, "demo", use_, clock_, cancel_);
  REQUIRE(other);
  CHECK(other->ask(question("b"), 0)->answer.text == "file 1");
}

TEST_CASE_METHOD(OpenAskerTest, "a replay needs neither key nor script") {
  answers(1);
  REQUIRE(open(kScripted, "demo")->ask(question("a"), 0));
  fs::remove_all(dir_.path() / "answers");
  use_.replay = true;
  CHECK(open(kScripted, "demo")->ask(question("a"), 0)->from_book);
  const Variable key("AUTOMOD_TEST_KEY", std::nullopt);
  const std::string hosted =
      "[models.m]\nkind = 'anthropic'\nmodel = 'x'\nkey_env = 'AUTOMOD_TEST_KEY'\n";
  CHECK(open(hosted));
  use_.replay = false;
  CHECK(open(hosted).error().kind == ErrorKind::kUnavailable);
}

TEST_CASE_METHOD(OpenAskerTest, "a budget in dollars without a price is refused at once") {
  answers(1);
  use_.of_session.dollars = 1;
  const auto asker = open(kScripted, "demo");
  REQUIRE_FALSE(asker);
  CHECK(asker.error().kind == ErrorKind::kUsage);
  CHECK_THAT(asker.error().hint, ContainsSubstring("[models.demo]"));
}

TEST_CASE_METHOD(OpenAskerTest, "no key is left in any file, note or error") {
  const std::string secret = "sk-test-fedcba9876543210fedcba98";
  const Variable key("AUTOMOD_TEST_KEY", secret);
  const std::string script = "'if [ -e " + (dir_.path() / "again").string() +
                             " ]; then echo answer $AUTOMOD_TEST_KEY; exit; fi; touch " +
                             (dir_.path() / "again").string() +
                             "; echo busy $AUTOMOD_TEST_KEY >&2; exit 75'";
  auto asker = open(
      "[models.m]\nkind = 'command'\nkey_env = 'AUTOMOD_TEST_KEY'\n"
      "command = ['sh', '-c', " +
      script + "]\n");
  REQUIRE(asker);
  const auto asked = asker->ask(question("a"), 0);
  REQUIRE(asked);
  CHECK(asked->answer.text == "answer [key]\n");
  CHECK_THAT(said_, ContainsSubstring("busy [key]"));
  const std::string files = all_text(dir_.path());
  CHECK_THAT(files, ContainsSubstring("answer [key]"));
  CHECK(files.find("fedcba9876543210") == std::string::npos);
  CHECK(said_.find("fedcba9876543210") == std::string::npos);
  auto failing = open(
      "[models.m]\nkind = 'command'\nkey_env = 'AUTOMOD_TEST_KEY'\n"
      "command = ['sh', '-c', 'echo no $AUTOMOD_TEST_KEY >&2; exit 1']\n");
  REQUIRE(failing);
  const auto failed = failing->ask(question("b"), 0);
  REQUIRE_FALSE(failed);
  CHECK_THAT(failed.error().error.message, ContainsSubstring("no [key]"));
  CHECK(failed.error().error.message.find("fedcba9876543210") == std::string::npos);
}

}  // namespace automod::model
