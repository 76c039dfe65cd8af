#include "engine/model/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "engine/model/settings_rules.hpp"

namespace automod::model {

namespace fs = std::filesystem;

namespace {

constexpr std::array kKinds{Kind::kAnthropic, Kind::kOpenAiChat, Kind::kOpenAiResponses,
                            Kind::kCommand, Kind::kScripted};
constexpr std::int64_t kMostTokens = 1'000'000;
constexpr std::int64_t kMostContext = 10'000'000;
constexpr std::int64_t kLeastContext = 4000;  // what we say ourselves is more than half of that
constexpr std::int64_t kMostBudget = 1'000'000'000'000;
constexpr std::int64_t kDay = 86400;  // seconds
constexpr double kMostDollars = 1e6;
constexpr double kHottest = 2;

/// What a kind takes for granted; empty for kinds that send nothing over a network.
struct Provider {
  std::string_view url;
  std::string_view key_env;  // for that address, and no other
};

Provider provider_of(Kind kind) {
  switch (kind) {
    case Kind::kAnthropic:
      return {.url = "https://api.anthropic.com", .key_env = "ANTHROPIC_API_KEY"};
    case Kind::kOpenAiChat:
    case Kind::kOpenAiResponses:
      return {.url = "https://api.openai.com/v1", .key_env = "OPENAI_API_KEY"};
    case Kind::kCommand:
    case Kind::kScripted:
      break;
  }
  return {};
}

bool is_remote(Kind kind) { return !provider_of(kind).url.empty(); }

/// Keys that some kinds have no use for.
struct Use {
  std::string_view key;
  bool remote = false;
  bool command = false;
  bool scripted = false;
};
constexpr std::array kUses{
    Use{.key = "url", .remote = true},
    Use{.key = "key_env", .remote = true, .command = true},
    Use{.key = "key_file", .remote = true},
    Use{.key = "headers", .remote = true},
    Use{.key = "proxy", .remote = true},
    Use{.key = "ca_file", .remote = true},
    Use{.key = "temperature", .remote = true},
    Use{.key = "idle_seconds", .remote = true},
    Use{.key = "timeout_seconds", .remote = true, .command = true},
    Use{.key = "command", .command = true},
    Use{.key = "answers", .scripted = true},
};

void refuse_useless(TomlTable& in, Kind kind) {
  for (const Use& use : kUses) {
    const bool serves = kind == Kind::kCommand    ? use.command
                        : kind == Kind::kScripted ? use.scripted
                                                  : use.remote;
    if (serves || !in.has(use.key)) continue;
    in.say(use.key, fmt::format("{} is of no use to a model of kind {}", use.key, name(kind)));
  }
}

/// A key that stands in the file itself has been seen by editors, backups and whoever is shown it.
void refuse_keys(TomlTable& in) {
  for (const std::string_view key : {"key", "api_key"}) {
    if (!in.has(key)) continue;
    in.say(key, fmt::format("{}: keys do not stand in this file, name the variable (key_env) or "
                            "the file (key_file) that holds it",
                            key));
  }
}

void read_path(TomlTable& in, std::string_view key, const fs::path& folder, fs::path& value) {
  std::string text;
  in.text(key, text, path_rule);
  if (!text.empty()) value = (folder / text).lexically_normal();
}

void read_address(TomlTable& in, const fs::path& folder, ModelSettings& model) {
  const Provider provider = provider_of(model.kind);
  model.url = provider.url;
  in.text("url", model.url, url_rule);
  while (model.url.ends_with('/')) model.url.pop_back();
  in.text("key_env", model.key_env, variable_rule);
  read_path(in, "key_file", folder, model.key_file);
  if (!model.key_env.empty() && !model.key_file.empty()) {
    in.say("key_file", "key_file and key_env are both there, expected one of them");
  }
  const bool has_key = !model.key_env.empty() || !model.key_file.empty();
  if (!has_key && model.url == provider.url) model.key_env = provider.key_env;
  if (has_key && is_in_clear(model.url)) {
    in.say("url", "url: over http the key could be read on its way, expected https, or no key");
  }
  in.map("headers", model.headers, header_name_rule, header_value_rule);
  in.text("proxy", model.proxy, proxy_rule);
  if (has_key && is_http(model.url) && !model.proxy.empty()) {
    in.say("proxy", "proxy: over http it could read the key, expected no proxy, or no key");
  }
  read_path(in, "ca_file", folder, model.ca_file);
  if (in.has("temperature")) {
    double temperature = 0;
    in.real("temperature", temperature, 0, kHottest);
    model.temperature = temperature;
  }
}

void read_command(TomlTable& in, ModelSettings& model) {
  in.require("command");
  in.texts("command", model.command, word_rule);
  in.text("key_env", model.key_env, variable_rule);
  if (in.has("command") && (model.command.empty() || model.command.front().empty())) {
    in.say("command", "command names no program, expected [\"program\", \"argument\"]");
  }
}

Price read_price(TomlTable& in) {
  Price price;
  in.require("input");
  in.require("output");
  in.real("input", price.input, 0, kMostDollars);
  price.cached = price.written = price.input;
  in.real("cached", price.cached, 0, kMostDollars);
  in.real("written", price.written, 0, kMostDollars);
  in.real("output", price.output, 0, kMostDollars);
  return price;
}

void read_numbers(TomlTable& in, ModelSettings& model) {
  in.whole("most_tokens", model.most_tokens, 1, kMostTokens);
  in.whole("context_tokens", model.context_tokens, kLeastContext, kMostContext);
  in.whole("timeout_seconds", model.timeout_seconds, 1, kDay);
  in.whole("idle_seconds", model.idle_seconds, 1, kDay);
  in.whole("retries", model.retries, 0, 20);
  in.whole("parallel", model.parallel, 1, 64);
  in.table("price", [&](TomlTable& price) { model.price = read_price(price); });
}

/// So that of what has no kind only a key that no kind has is taken for a mistake.
void know_all(TomlTable& in) {
  ModelSettings unused;
  for (const Use& use : kUses) in.has(use.key);
  in.has("model");
  read_numbers(in, unused);
}

void read_model(TomlTable& in, const fs::path& folder, ModelSettings& model) {
  std::vector<std::string> kinds;
  for (const Kind kind : kKinds) kinds.emplace_back(name(kind));
  in.require("kind");
  const auto word = in.word("kind", kinds);
  const auto kind = std::ranges::find(kKinds, word.value_or(""), name);
  refuse_keys(in);
  if (kind == kKinds.end()) return know_all(in);  // said already
  model.kind = *kind;
  refuse_useless(in, model.kind);
  in.text("model", model.model, provider_model_rule);
  if (is_remote(model.kind)) {
    in.require("model");
    read_address(in, folder, model);
  } else if (model.kind == Kind::kCommand) {
    read_command(in, model);
  } else {
    in.require("answers");
    read_path(in, "answers", folder, model.answers);
  }
  read_numbers(in, model);
}

std::vector<std::string> names_of(const Settings& settings) {
  std::vector<std::string> names;
  for (const ModelSettings& model : settings.models) names.push_back(model.name);
  return names;
}

const ModelSettings* find(const Settings& settings, std::string_view name) {
  const auto found = std::ranges::find(settings.models, name, &ModelSettings::name);
  return found == settings.models.end() ? nullptr : &*found;
}

std::string no_such_model(const Settings& settings, std::string_view name) {
  return fmt::format("there is no model '{}'{}", printable_line(name),
                     suggestion(name, names_of(settings)));
}

void read_choice(TomlTable& in, std::string_view key, const Settings& settings,
                 std::string& value) {
  in.text(key, value, any_text);
  if (value == "none") value.clear();
  if (value.empty() || find(settings, value) != nullptr) return;
  in.say(key, fmt::format("{}: {}", key, no_such_model(settings, value)));
}

void read_ask(TomlTable& in, Settings& settings) {
  read_choice(in, "model", settings, settings.model);
  read_choice(in, "review", settings, settings.review);
  in.whole("attempts", settings.attempts, 1, kMostAttempts);
  in.whole("candidates", settings.candidates, 1, kMostCandidates);
  in.real("session_dollars", settings.session.dollars, 0, kMostDollars);
  in.whole("session_tokens", settings.session.tokens, 0, kMostBudget);
  in.real("day_dollars", settings.day.dollars, 0, kMostDollars);
  in.whole("day_tokens", settings.day.tokens, 0, kMostBudget);
}

void read_root(TomlTable& in, Settings& settings) {
  const fs::path folder = settings.file.parent_path();
  if (in.has("model")) {
    in.say("model",
           "[model] is read no more, expected [models.NAME] with kind = \"command\" and the "
           "command that stood here");
  }
  in.named_tables("models", [&](const std::string& name, TomlTable& table) {
    ModelSettings model;
    model.name = name;
    if (const auto bad = model_name_rule(name)) table.say(*bad);
    read_model(table, folder, model);
    settings.models.push_back(std::move(model));
  });
  in.table("ask", [&](TomlTable& table) { read_ask(table, settings); });
}

/// A program that plays one model has no business with the keys of others.
void withhold_keys(Settings& settings) {
  for (ModelSettings& model : settings.models) {
    if (model.kind != Kind::kCommand) continue;
    for (const ModelSettings& other : settings.models) {
      if (other.key_env.empty() || other.key_env == model.key_env) continue;
      if (std::ranges::find(model.withheld, other.key_env) != model.withheld.end()) continue;
      model.withheld.push_back(other.key_env);
    }
  }
}

std::string how_to_begin(const fs::path& file) {
  return fmt::format(
      "write into {}, for a program that reads a question on stdin and answers on stdout:\n\n"
      "[models.mine]\n"
      "kind = \"command\"\n"
      "command = [\"my-agent\", \"--print\"]\n\n"
      "docs/models.md has the same for hosted models and for servers of your own",
      file.string());
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::kAnthropic:
      return "anthropic";
    case Kind::kOpenAiChat:
      return "openai-chat";
    case Kind::kOpenAiResponses:
      return "openai-responses";
    case Kind::kCommand:
      return "command";
    case Kind::kScripted:
      return "scripted";
  }
  return "command";
}

Result<Settings> parse_settings(std::string_view text, const fs::path& file) {
  Settings settings;
  settings.file = file;
  const auto read =
      read_toml(text, file.string(), [&](TomlTable& root) { read_root(root, settings); });
  if (!read) return fail(read.error());
  withhold_keys(settings);
  return settings;
}

Result<Settings> read_settings() {
  const auto folder = config_dir();
  if (!folder) return fail(folder.error());
  const fs::path file = *folder / "config.toml";
  std::error_code code;
  if (!fs::exists(fs::symlink_status(file, code))) {
    Settings none;
    none.file = file;
    return none;
  }
  const auto text = read_file(file, kMiB);
  if (!text) return fail(text.error());
  return parse_settings(*text, file);
}

Result<const ModelSettings*> choose_model(const Settings& settings, std::string_view name) {
  const std::string_view wanted = name.empty() ? std::string_view(settings.model) : name;
  if (!wanted.empty()) {
    if (const ModelSettings* model = find(settings, wanted)) return model;
    if (!settings.models.empty()) {
      return fail(
          ErrorKind::kUsage, no_such_model(settings, wanted),
          fmt::format("{} has: {}", settings.file.string(), fmt::join(names_of(settings), ", ")));
    }
  }
  std::vector<const ModelSettings*> all;
  for (const ModelSettings& model : settings.models) {
    if (model.kind != Kind::kScripted) all.push_back(&model);
  }
  if (all.empty()) {
    return fail(ErrorKind::kUnavailable, "no language model is configured",
                how_to_begin(settings.file));
  }
  if (all.size() == 1) return all.front();
  return fail(ErrorKind::kUsage,
              fmt::format("there are {} models, and none of them is the one to ask", all.size()),
              fmt::format("choose with --model, or write model = \"{}\" below [ask] in {}",
                          all.front()->name, settings.file.string()));
}

Budget either(const Budget& own, const Budget& general) {
  return {.dollars = own.dollars > 0 ? own.dollars : general.dollars,
          .tokens = own.tokens > 0 ? own.tokens : general.tokens};
}

}  // namespace automod::model
