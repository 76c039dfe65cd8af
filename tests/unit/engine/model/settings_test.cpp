#include "engine/model/settings.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

namespace automod::model {
namespace {

using testing::ContainsSubstring;
using testing::StartsWith;

constexpr std::string_view kFile = "/home/u/.config/automod/config.toml";

Result<Settings> parse(std::string_view text) { return parse_settings(text, kFile); }

/// What is wrong, behind the name of the file.
std::string problem(std::string_view text) {
  const auto settings = parse(text);
  if (settings) return "nothing";
  CHECK(settings.error().kind == ErrorKind::kUsage);
  const std::string& message = settings.error().message;
  REQUIRE_THAT(message, StartsWith(std::string(kFile) + ":"));
  return message.substr(kFile.size() + 1);
}

std::string table(std::string_view lines) { return "[models.m]\n" + std::string(lines) + "\n"; }

/// The only model of a table with these lines.
ModelSettings model(std::string_view lines) {
  auto settings = parse(table(lines));
  INFO((settings ? "" : settings.error().message));
  REQUIRE(settings);
  return settings->models.at(0);
}

constexpr std::string_view kHosted = "kind = 'anthropic'\nmodel = 'x'\n";

}  // namespace

TEST_CASE("every key of the settings is read") {
  const auto settings = parse(R"(
[ask]
model = "local"
review = "hosted"
attempts = 5
candidates = 2
session_dollars = 1.5
session_tokens = 100000
day_dollars = 10
day_tokens = 2000000

[models.local]
kind = "openai-chat"
model = "coder-32b"
url = "http://localhost:8080/v1/"
key_file = "keys/local"
headers = { X-Team = "compilers" }
ca_file = "/etc/ssl/own.pem"
most_tokens = 4096
context_tokens = 16000
temperature = 0.2
timeout_seconds = 30
idle_seconds = 10
retries = 0
parallel = 8
price = { input = 3, cached = 0.3, written = 3.75, output = 15 }

[models.hosted]
kind = "anthropic"
model = "big"
proxy = "socks5h://127.0.0.1:1080"
)");
  REQUIRE(settings);
  CHECK(settings->model == "local");
  CHECK(settings->review == "hosted");
  CHECK(settings->attempts == 5);
  CHECK(settings->candidates == 2);
  CHECK(settings->session == Budget{.dollars = 1.5, .tokens = 100000});
  CHECK(settings->day == Budget{.dollars = 10, .tokens = 2000000});
  CHECK(settings->file == kFile);
  REQUIRE(settings->models.size() == 2);
  const ModelSettings& hosted = settings->models[0];
  const ModelSettings& local = settings->models[1];
  CHECK(hosted.name == "hosted");
  CHECK(hosted.kind == Kind::kAnthropic);
  CHECK(hosted.proxy == "socks5h://127.0.0.1:1080");
  CHECK(local.name == "local");
  CHECK(local.kind == Kind::kOpenAiChat);
  CHECK(local.model == "coder-32b");
  CHECK(local.url == "http://localhost:8080/v1");
  CHECK(local.key_env.empty());
  CHECK(local.key_file == "/home/u/.config/automod/keys/local");
  CHECK(local.headers == std::map<std::string, std::string>{{"X-Team", "compilers"}});
  CHECK(local.ca_file == "/etc/ssl/own.pem");
  CHECK(local.most_tokens == 4096);
  CHECK(local.context_tokens == 16000);
  CHECK(local.temperature == 0.2);
  CHECK(local.timeout_seconds == 30);
  CHECK(local.idle_seconds == 10);
  CHECK(local.retries == 0);
  CHECK(local.parallel == 8);
  CHECK(local.price == Price{.input = 3, .cached = 0.3, .written = 3.75, .output = 15});
}

TEST_CASE("a model without an address has its provider's, and the provider's variable") {
  CHECK(model("kind = 'anthropic'\nmodel = 'x'").url == "https://api.anthropic.com");
  CHECK(model("kind = 'anthropic'\nmodel = 'x'").key_env == "ANTHROPIC_API_KEY");
  CHECK(model("kind = 'openai-chat'\nmodel = 'x'").url == "https://api.openai.com/v1");
  CHECK(model("kind = 'openai-responses'\nmodel = 'x'").key_env == "OPENAI_API_KEY");
  CHECK(model("kind = 'openai-chat'\nmodel = 'x'\nkey_env = 'MINE'").key_env == "MINE");
  CHECK(model("kind = 'openai-chat'\nmodel = 'x'\nkey_file = '/k'").key_env.empty());
}

TEST_CASE("another address gets no key unless the settings name one") {
  CHECK(
      model("kind = 'openai-chat'\nmodel = 'x'\nurl = 'https://other.example/v1'").key_env.empty());
  CHECK(model("kind = 'openai-chat'\nmodel = 'x'\nurl = 'https://api.openai.com/v1/'").key_env ==
        "OPENAI_API_KEY");
}

TEST_CASE("a price that says less counts the rest as input") {
  CHECK(model("kind = 'command'\ncommand = ['a']\nprice = { input = 2, output = 4.5 }").price ==
        Price{.input = 2, .cached = 2, .written = 2, .output = 4.5});
}

TEST_CASE("answers of a script lie beside the settings") {
  CHECK(model("kind = 'scripted'\nanswers = 'demo'").answers == "/home/u/.config/automod/demo");
}

TEST_CASE("a program that plays a model does not get the keys of others") {
  const auto settings = parse(
      "[models.a]\nkind = 'anthropic'\nmodel = 'x'\n"
      "[models.b]\nkind = 'openai-chat'\nmodel = 'x'\n"
      "[models.c]\nkind = 'command'\ncommand = ['agent']\n"
      "[models.d]\nkind = 'command'\ncommand = ['agent']\nkey_env = 'OPENAI_API_KEY'\n");
  REQUIRE(settings);
  CHECK(settings->models[2].withheld ==
        std::vector<std::string>{"ANTHROPIC_API_KEY", "OPENAI_API_KEY"});
  CHECK(settings->models[3].withheld == std::vector<std::string>{"ANTHROPIC_API_KEY"});
}

TEST_CASE("a program that plays a model does not get the keys of other programs") {
  const auto settings = parse(
      "[models.a]\nkind = 'command'\ncommand = ['agent']\nkey_env = 'A'\n"
      "[models.b]\nkind = 'command'\ncommand = ['agent']\nkey_env = 'B'\n"
      "[models.c]\nkind = 'command'\ncommand = ['agent']\nkey_env = 'B'\n");
  REQUIRE(settings);
  CHECK(settings->models[0].withheld == std::vector<std::string>{"B"});
  CHECK(settings->models[2].withheld == std::vector<std::string>{"A"});
}

TEST_CASE("what is wrong with the settings is said with its place") {
  struct Row {
    std::string what;
    std::string text;
    std::string expected;
  };
  const std::string hosted(kHosted);
  const std::vector<Row> rows{
      {"an unknown table", "[asks]\nmodel = 'x'\n", "unknown table 'asks', did you mean 'ask'?"},
      {"an unknown key", "[ask]\nmodle = 'x'\n",
       "unknown key 'modle' in [ask], did you mean 'model'?"},
      {"an unknown key of a model", table(hosted + "modell = 'x'"),
       "unknown key 'modell' in [models.m], did you mean 'model'?"},
      {"an unknown kind", table("kind = 'antropic'"), "did you mean 'anthropic'?"},
      {"no kind", table("model = 'x'"), "kind is missing in [models.m]"},
      {"a misspelt kind", table("knd = 'anthropic'\nurl = 'https://x'"),
       "unknown key 'knd' in [models.m], did you mean 'kind'?"},
      {"a misspelt command", table("kind = 'command'\ncomand = ['x']"),
       "unknown key 'comand' in [models.m], did you mean 'command'?"},
      {"no model", table("kind = 'anthropic'"), "model is missing in [models.m]"},
      {"no command", table("kind = 'command'"), "command is missing in [models.m]"},
      {"an empty command", table("kind = 'command'\ncommand = []"), "names no program"},
      {"no answers", table("kind = 'scripted'"), "answers is missing in [models.m]"},
      {"an address that a command has no use for",
       table("kind = 'command'\ncommand = ['a']\nurl = 'https://a'"),
       "url is of no use to a model of kind command"},
      {"a command that a hosted model has no use for", table(hosted + "command = ['a']"),
       "command is of no use to a model of kind anthropic"},
      {"the table of before", "[model]\ncommand = ['a']\n",
       "[models.NAME] with kind = \"command\""},
      {"no such model", table(hosted) + "[ask]\nreview = 'n'\n", "review: there is no model 'n'"},
      {"a model nearly called so", "[models.hosted]\n" + hosted + "[ask]\nmodel = 'hostd'\n",
       "did you mean 'hosted'?"},
      {"a name that stands for none", "[models.none]\n" + hosted, "cannot be called none"},
      {"a name with blanks", "[models.'a b']\n" + hosted, "wanted a name of letters"},
      {"no address", table(hosted + "url = 'api.example'"), "url: wanted an address"},
      {"a user in the address", table(hosted + "url = 'https://u:p@h/v1'"), "without user"},
      {"a file as address", table(hosted + "url = 'file:///etc/passwd'"), "url: wanted an address"},
      {"a query in the address", table(hosted + "url = 'https://h/v1?key=1'"), "query"},
      {"a port that is none", table(hosted + "url = 'https://h:99999/v1'"), "url: wanted"},
      {"a password in the proxy", table(hosted + "proxy = 'http://u:p@h:1'"), "https_proxy"},
      {"two keys", table(hosted + "key_env = 'A'\nkey_file = '/b'"), "expected one of them"},
      {"a key as a header", table(hosted + "headers = { Authorization = 'Bearer x' }"),
       "header authorization carries a key"},
      {"another key as a header", table(hosted + "headers = { X-API-Key = 'x' }"), "use key_env"},
      {"a header of ours", table(hosted + "headers = { Content-Type = 'text/plain' }"),
       "automod's own to write"},
      {"a header that would be two", table(hosted + "headers = { A = \"x\\r\\nB: y\" }"),
       "A: wanted the value of a header"},
      {"a home to be found", table(hosted + "key_file = '~/key'"), "write the whole path"},
      {"too many attempts", "[ask]\nattempts = 21\n", "attempts is 21, expected 1 to 20"},
      {"too hot", table(hosted + "temperature = 2.5"), "temperature is 2.5, expected 0 to 2"},
      {"a price below nothing", table(hosted + "price = { input = -1, output = 1 }"),
       "input is -1, expected 0 to"},
      {"half a price", table(hosted + "price = { input = 1 }"),
       "output is missing in [models.m.price]"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK_THAT(problem(row.text), ContainsSubstring(row.expected));
  }
}

TEST_CASE("a key that stands where none belongs is refused and not repeated") {
  for (const std::string secret : {"sk-ant-0123456789abcdef", "AIza0123456789abcdef"}) {
    for (const std::string line :
         {"key = '", "api_key = '", "key_env = '", "headers = { x-api-key = '", "url = '"}) {
      const std::string end = line.find('{') == std::string::npos ? "'" : "' }";
      const std::string said = problem(table(std::string(kHosted) + line + secret + end));
      INFO(line);
      CHECK(said.find(secret) == std::string::npos);
      CHECK(said != "nothing");
    }
  }
}

TEST_CASE("a key is not sent where all can read it") {
  const auto to = [](const std::string& url, const std::string& more) {
    return parse(table(std::string(kHosted) + "url = '" + url + "'\n" + more)).has_value();
  };
  const std::string with_key = "key_env = 'A'\n";
  CHECK_FALSE(to("http://models.example/v1", with_key));
  CHECK_FALSE(to("http://models.example/v1", "key_file = '/k'\n"));
  CHECK_FALSE(to("http://127.0.0.1.evil.example/v1", with_key));
  CHECK_FALSE(to("http://127.evil/v1", with_key));
  CHECK_FALSE(to("http://localhost.evil.example/v1", with_key));
  CHECK(to("http://models.example/v1", ""));
  CHECK(to("https://models.example/v1", with_key));
  CHECK(to("http://localhost:11434/v1", with_key));
  CHECK(to("http://127.0.0.1:8080/v1", with_key));
  CHECK(to("http://[::1]:8080/v1", with_key));
}

TEST_CASE("a key that goes over http may have no proxy on its way") {
  const std::string here = std::string(kHosted) + "url = 'http://127.0.0.1:4000/v1'\n";
  const std::string proxy = "proxy = 'http://proxy.example:3128'\n";
  CHECK_THAT(problem(table(here + proxy + "key_env = 'A'\n")),
             ContainsSubstring("proxy: over http it could read the key"));
  CHECK_THAT(problem(table(here + proxy + "key_file = '/k'\n")), ContainsSubstring("proxy: "));
  CHECK(parse(table(here + proxy)));
  CHECK(parse(table(here + "key_env = 'A'\n")));
  CHECK(parse(table(std::string(kHosted) + proxy + "key_env = 'A'\n")));
}

TEST_CASE("the model that is asked is the one named, the settings' own, or the only one") {
  const std::string a = "[models.a]\n" + std::string(kHosted);
  const std::string b = "[models.b]\nkind = 'command'\ncommand = ['x']\n";
  const std::string script = "[models.s]\nkind = 'scripted'\nanswers = 'x'\n";
  const auto chosen = [](const std::string& text, std::string_view name) -> std::string {
    const auto settings = parse(text);
    REQUIRE(settings);
    const auto model = choose_model(*settings, name);
    return model ? (*model)->name : std::string(automod::name(model.error().kind));
  };
  CHECK(chosen(a + b, "b") == "b");
  CHECK(chosen(a + b + "[ask]\nmodel = 'b'\n", "") == "b");
  CHECK(chosen(a + b + "[ask]\nmodel = 'b'\n", "a") == "a");
  CHECK(chosen(a, "") == "a");
  CHECK(chosen(a + b, "") == "usage");
  CHECK(chosen(a + b, "c") == "usage");
  CHECK(chosen("", "") == "unavailable");
  CHECK(chosen("", "c") == "unavailable");
  // A script answers when it is named, and never by itself.
  CHECK(chosen(script, "s") == "s");
  CHECK(chosen(script, "") == "unavailable");
  CHECK(chosen(a + script, "") == "a");
}

TEST_CASE("who has no model yet is told what to write where, and it can be read") {
  const auto settings = parse("");
  REQUIRE(settings);
  const auto model = choose_model(*settings, "");
  REQUIRE_FALSE(model);
  const std::string& hint = model.error().hint;
  CHECK_THAT(hint, ContainsSubstring(std::string(kFile)));
  CHECK_THAT(hint, ContainsSubstring("docs/models.md"));
  const std::size_t begin = hint.find("[models.");
  REQUIRE(begin != std::string::npos);
  const auto read = parse(hint.substr(begin, hint.find("\n\n", begin) - begin));
  REQUIRE(read);
  CHECK(choose_model(*read, ""));
}

TEST_CASE("without a file there are no models, and the file's name is known") {
  const TempDir dir = test_dir();
  const Variable config("XDG_CONFIG_HOME", dir.path().string());
  const auto none = read_settings();
  REQUIRE(none);
  CHECK(none->models.empty());
  CHECK(none->file == dir.path() / "automod" / "config.toml");
  REQUIRE(write_file(none->file, table(kHosted)));
  const auto one = read_settings();
  REQUIRE(one);
  CHECK(one->models.size() == 1);
  REQUIRE(write_file(none->file, "[models\n"));
  const auto broken = read_settings();
  REQUIRE_FALSE(broken);
  CHECK_THAT(broken.error().message, ContainsSubstring("config.toml:1:"));
}

}  // namespace automod::model
