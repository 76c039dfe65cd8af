#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/model/clients.hpp"

namespace automod::model {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFail = "!fail ";
constexpr std::size_t kMostFiles = 100'000;
constexpr std::int64_t kMostSeconds = 1'000'000;
constexpr std::array kKinds{FailureKind::kKey,     FailureKind::kQuestion, FailureKind::kLimit,
                            FailureKind::kBusy,    FailureKind::kBroken,   FailureKind::kSlow,
                            FailureKind::kDeclined};

Failure bad_script(std::string message) {
  return {.kind = FailureKind::kQuestion, .message = std::move(message)};
}

/// "!fail KIND [SECONDS]" and the message on the lines behind it.
Failure failure_in(std::string_view text, const std::string& file) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view words = text.substr(kFail.size(), end - kFail.size());
  const std::size_t blank = words.find(' ');
  const auto kind = std::ranges::find_if(
      kKinds, [&](FailureKind one) { return name(one) == words.substr(0, blank); });
  if (kind == kKinds.end()) {
    return bad_script(
        fmt::format("{}: no failure is called '{}'", file, printable_line(words.substr(0, blank))));
  }
  std::string message = printable_line(text.substr(std::min(end + 1, text.size())));
  while (message.ends_with("\\n")) message.resize(message.size() - 2);
  Failure failure{.kind = *kind, .message = std::move(message)};
  if (failure.message.empty()) failure.message = fmt::format("{} says so", file);
  if (blank == std::string_view::npos) return failure;
  words.remove_prefix(blank + 1);
  std::int64_t seconds = 0;
  const auto read = std::from_chars(words.data(), words.data() + words.size(), seconds);
  if (read.ec != std::errc() || read.ptr != words.data() + words.size() || seconds < 0 ||
      seconds > kMostSeconds) {
    return bad_script(fmt::format("{}: '{}' is no number of seconds", file, printable_line(words)));
  }
  failure.wait = std::chrono::seconds(seconds);
  return failure;
}

class ScriptedClient final : public Client {
 public:
  ScriptedClient(std::vector<fs::path> files, std::size_t first)
      : files_(std::move(files)), next_(first) {}

  // Not interrupted: a file is either still to come or has been answered with.
  Reply ask(const Question& question, const CancelToken&) override {
    const std::size_t number = next_++;
    if (number >= files_.size()) {
      return std::unexpected(
          bad_script(fmt::format("the script has no more answers ({} were given)", files_.size())));
    }
    const std::string file = files_[number].filename().string();
    auto text = read_file(files_[number], kMostAnswer);
    if (!text) return std::unexpected(bad_script(text.error().message));
    if (text->starts_with(kFail)) return std::unexpected(failure_in(*text, file));
    Answer answer;
    answer.text = valid_utf8(*text);
    answer.model = "scripted/" + valid_utf8(file);
    answer.usage.input = estimated_tokens(question);
    answer.usage.output = estimated_tokens(answer.text);
    answer.usage_known = false;
    return answer;
  }

 private:
  std::vector<fs::path> files_;
  std::atomic<std::size_t> next_;
};

}  // namespace

Result<std::unique_ptr<Client>> scripted_client(const ModelSettings& settings, std::size_t asked) {
  std::vector<fs::path> files;
  std::error_code code;
  for (auto at = fs::directory_iterator(settings.answers, code);
       !code && at != fs::directory_iterator(); at.increment(code)) {
    if (at->path().filename().string().starts_with('.')) continue;
    files.push_back(at->path());
    if (files.size() > kMostFiles) {
      return fail(ErrorKind::kUsage, fmt::format("{} has more than {} answers",
                                                 settings.answers.string(), kMostFiles));
    }
  }
  if (code) {
    return fail(
        ErrorKind::kUnavailable,
        fmt::format("reading the answers in {}: {}", settings.answers.string(), code.message()),
        fmt::format("see answers below [models.{}]", settings.name));
  }
  std::ranges::sort(files);
  return std::make_unique<ScriptedClient>(std::move(files), asked);
}

}  // namespace automod::model
