#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/model/clients.hpp"

namespace automod::model {

namespace {

constexpr std::size_t kShownError = 400;
constexpr int kTryAgain = 75;  // EX_TEMPFAIL of sysexits.h
constexpr int kSignals = 128;  // and above: the number of one

using Steady = std::chrono::steady_clock;

class CommandClient final : public Client {
 public:
  explicit CommandClient(ModelSettings settings) : settings_(std::move(settings)) {}

  Reply ask(const Question& question, const CancelToken& cancel) override {
    const auto cache = cache_dir();
    const auto folder = cache ? TempDir::create(*cache, "model-") : fail(cache.error());
    if (!folder) return not_run(folder.error());
    const std::chrono::seconds timeout(settings_.timeout_seconds);
    const auto begun = Steady::now();
    const auto ran = run_program({.argv = settings_.command,
                                  .input = question.instructions + "\n" + question.material,
                                  .directory = folder->path(),
                                  .timeout = timeout,
                                  .output_limit = kMostAnswer,
                                  .withheld = settings_.withheld},
                                 cancel);
    if (ran) return reply(question, *ran);
    if (ran.error().kind == ErrorKind::kInternal) {
      const bool is_late = Steady::now() - begun >= timeout;
      return worked(
          failed(is_late ? FailureKind::kSlow : FailureKind::kBroken, ran.error().message));
    }
    return ran.error().kind == ErrorKind::kInterrupted ? worked(not_run(ran.error()))
                                                       : not_run(ran.error());
  }

 private:
  static std::unexpected<Failure> failed(FailureKind kind, std::string message,
                                         std::string hint = {}) {
    return std::unexpected(
        Failure{.kind = kind, .message = std::move(message), .hint = std::move(hint)});
  }

  /// It was asked, and may have asked others in turn.
  static std::unexpected<Failure> worked(std::unexpected<Failure> failure) {
    failure.error().has_worked = true;
    return failure;
  }

  std::unexpected<Failure> not_run(const Error& error) const {
    if (error.kind == ErrorKind::kInterrupted) {
      return failed(FailureKind::kInterrupted, error.message);
    }
    return failed(FailureKind::kQuestion, error.message,
                  fmt::format("see command below [models.{}]", settings_.name));
  }

  Reply reply(const Question& question, const ProgramResult& ran) const {
    const std::string& program = settings_.command.front();
    if (ran.exit_code != 0) {
      const std::string said = printable_line(tail(ran.err, kShownError));
      return failed(ran.exit_code == kTryAgain ? FailureKind::kBusy : FailureKind::kQuestion,
                    fmt::format("{} ended {}{}{}", printable_line(program), how(ran.exit_code),
                                said.empty() ? "" : ": ", said));
    }
    if (ran.out.find_first_not_of(" \t\r\n") == std::string::npos) {
      return failed(FailureKind::kBroken,
                    fmt::format("{} answered nothing", printable_line(program)));
    }
    Answer answer;
    answer.text = valid_utf8(ran.out);
    if (answer.text.size() > kMostAnswer) {
      return failed(FailureKind::kBroken,
                    fmt::format("{} answered {} bytes, expected {} or fewer",
                                printable_line(program), answer.text.size(), kMostAnswer));
    }
    answer.model = settings_.model.empty() ? settings_.name : settings_.model;
    answer.usage.input = estimated_tokens(question);
    answer.usage.output = estimated_tokens(answer.text);
    answer.usage_known = false;
    return answer;
  }

  static std::string how(int exit_code) {
    if (exit_code <= kSignals) return fmt::format("with exit code {}", exit_code);
    return fmt::format("with exit code {}, by signal {}", exit_code, exit_code - kSignals);
  }

  ModelSettings settings_;
};

}  // namespace

std::unique_ptr<Client> command_client(const ModelSettings& settings) {
  return std::make_unique<CommandClient>(settings);
}

}  // namespace automod::model
