#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/propose/model/model.hpp"

namespace automod::propose {

namespace {

constexpr std::size_t kMostSettings = 64 * 1024;
constexpr std::size_t kMostAnswer = 10 * kMiB;
constexpr std::size_t kShownError = 400;

struct Settings {
  std::string name;
  std::vector<std::string> command;
  std::chrono::seconds timeout{300};
};

/// Any program that reads a prompt and prints an answer. It runs as the user, in an empty folder.
class CommandClient final : public ModelClient {
 public:
  explicit CommandClient(Settings settings) : settings_(std::move(settings)) {}

  Result<std::string> complete(std::string_view prompt, const CancelToken& cancel) override {
    const auto cache = cache_dir();
    if (!cache) return fail(cache.error());
    const auto folder = TempDir::create(*cache, "model-");
    if (!folder) return fail(folder.error());
    auto result = run_program({.argv = settings_.command,
                               .input = std::string(prompt),
                               .directory = folder->path(),
                               .timeout = settings_.timeout,
                               .output_limit = kMostAnswer},
                              cancel);
    if (!result) return fail(std::move(result.error()).within("asking model " + settings_.name));
    if (result->exit_code != 0) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("model {} ended with exit code {}: {}", settings_.name,
                              result->exit_code, printable_line(tail(result->err, kShownError))));
    }
    return std::move(result->out);
  }

  std::string name() const override { return settings_.name; }

 private:
  Settings settings_;
};

std::unexpected<Error> bad_settings(const std::filesystem::path& file, std::string_view what) {
  return fail(ErrorKind::kUsage, fmt::format("{}: {}", file.string(), what),
              "expected: [model] with name = \"…\" and command = [\"program\", \"argument\"]");
}

Result<Settings> read_settings(const std::filesystem::path& file, std::string_view text) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return bad_settings(file, fmt::format("line {}: {}", error.source().begin.line,
                                          printable_line(error.description())));
  }
  const auto model = root["model"];
  Settings settings;
  const toml::array* command = model["command"].as_array();
  if (command == nullptr || command->empty()) {
    return bad_settings(file, "the model has no command");
  }
  for (const toml::node& word : *command) {
    const std::optional<std::string> value = word.value<std::string>();
    if (!value) return bad_settings(file, "command must be a list of strings");
    settings.command.push_back(*value);
  }
  settings.name = model["name"].value_or(settings.command.front());
  const std::int64_t seconds = model["timeout_seconds"].value_or(std::int64_t{300});
  if (seconds < 1 || seconds > 86400) return bad_settings(file, "timeout_seconds: 1 to 86400");
  settings.timeout = std::chrono::seconds(seconds);
  return settings;
}

}  // namespace

Result<std::unique_ptr<ModelClient>> configured_model() {
  const auto folder = config_dir();
  if (!folder) return fail(folder.error());
  const std::filesystem::path file = *folder / "config.toml";
  std::error_code code;
  if (!std::filesystem::exists(file, code)) {
    return fail(ErrorKind::kUnavailable, "no language model is configured",
                fmt::format("name a program that takes a prompt on stdin in {}: [model] command = "
                            "[\"program\"]",
                            file.string()));
  }
  const auto text = read_file(file, kMostSettings);
  if (!text) return fail(text.error());
  auto settings = read_settings(file, *text);
  if (!settings) return fail(settings.error());
  return std::make_unique<CommandClient>(std::move(*settings));
}

}  // namespace automod::propose
