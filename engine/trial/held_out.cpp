#include "engine/trial/held_out.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/trial/measure.hpp"

namespace automod::trial {

namespace fs = std::filesystem;

namespace {

struct Answer {
  bool ok = false;
  std::string digest;  // of how it ended and what it printed
  double ms = 0;
};

class HeldOutRuns {
 public:
  HeldOutRuns(const TrialContext& context, const Side& base, const Side& again,
              const HeldOut& held_out, fs::path folder)
      : base_(base),
        again_(again),
        candidate_(context.candidate),
        config_(context.base.spec.config),
        held_out_(held_out),
        folder_(std::move(folder)) {
    found_.name = held_out.name;
    found_.command = valid_utf8(expand(held_out.command, config_, context.world.jobs));
    found_.wall = {.metric = "wall", .unit = "ms"};
    if (!folder_.empty()) extras_.read_only = {folder_};
  }

  Result<HeldOutEvidence> run(StageOutput& out) {
    const auto began = std::chrono::steady_clock::now();
    const auto patience = std::chrono::seconds(config_.measure_seconds);
    for (std::int64_t i = 0; i < held_out_.runs; ++i) {
      if (i > 0 && std::chrono::steady_clock::now() - began > patience) break;
      tell(base_.site().world,
           fmt::format("held-out {}: input {} of {}", held_out_.name, i + 1, held_out_.runs));
      if (auto done = input(i); !done) return fail(done.error());
    }
    out.stages.push_back(evidence_of(*shown_));
    out.executions.push_back(std::move(*shown_));
    return std::move(found_);
  }

 private:
  Result<void> input(std::int64_t number) {
    const auto seed = fresh_seed();
    if (!seed) return fail(seed.error());
    found_.seeds.push_back(*seed);
    const bool base_first = number % 2 == 0;
    auto first = once(base_first ? base_ : candidate_, *seed);
    if (!first) return fail(first.error());
    auto second = once(base_first ? candidate_ : base_, *seed);
    if (!second) return fail(second.error());
    const auto again = once(again_, *seed);
    if (!again) return fail(again.error());
    const Answer& base = base_first ? *first : *second;
    const Answer& candidate = base_first ? *second : *first;
    found_.unstable = found_.unstable || base.digest != again->digest;
    found_.base_failures += base.ok ? 0 : 1;
    found_.candidate_failures += candidate.ok ? 0 : 1;
    if (base.digest != candidate.digest) found_.different.push_back(*seed);
    if (base.ok && candidate.ok && again->ok) {
      found_.wall.base.push_back(base.ms);
      found_.wall.candidate.push_back(candidate.ms);
      found_.wall.again.push_back(again->ms);
    }
    return {};
  }

  Result<Answer> once(const Side& side, const std::string& seed) {
    auto record = run_command(side.site(), ExecutionType::kHeldOut,
                              fill_held_out(held_out_.command, seed, folder_),
                              config_.benchmark_seconds, extras_);
    if (!record) return fail(record.error());
    const auto& execution = record->execution;
    Answer answer = {.ok = execution.ok(),
                     .digest = sha256(fmt::format("{} {} {}", sandbox::name(execution.outcome),
                                                  execution.status, sha256(execution.out))),
                     .ms = run_ms(execution)};
    const bool is_worth_showing = !shown_ || (!answer.ok && !shows_failure_);
    if (&side == &candidate_ && is_worth_showing) {
      shows_failure_ = !answer.ok;
      shown_ = std::move(*record);
    }
    return answer;
  }

  const Side& base_;
  const Side& again_;
  const Side& candidate_;
  const Config& config_;
  const HeldOut& held_out_;
  fs::path folder_;
  Extras extras_;
  HeldOutEvidence found_;
  std::optional<ExecutionRecord> shown_;  // of the candidate
  bool shows_failure_ = false;
};

/// The folder on this machine; empty where the command asks for none.
Result<fs::path> folder_of(const World& world, const HeldOut& held_out) {
  if (held_out.folder.empty()) return fs::path();
  const fs::path root = world.repo.common_dir() / "automod" / "held-out";
  std::error_code code;
  fs::path found = fs::canonical(root / held_out.folder, code);
  const bool is_there = !code && fs::is_directory(found, code) && !code;
  if (!is_there) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("{}: there is no folder '{}' in automod/held-out of the git folder",
                            held_out.name, held_out.folder));
  }
  return found;
}

}  // namespace

std::string fill_held_out(std::string_view command, std::string_view seed, const fs::path& folder) {
  std::string text;
  std::size_t done = 0;
  for (const auto& found : placeholders(command)) {
    text += command.substr(done, found.at - done);
    done = found.at + found.length;
    if (found.word == "seed") {
      text += seed;
    } else if (found.word == "held_out") {
      text += folder.string();
    } else {
      text += command.substr(found.at, found.length);
    }
  }
  text += command.substr(done);
  return text;
}

Result<std::string> fresh_seed() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number) {
    return fail_errno("asking for a random number", errno);
  }
  return fmt::format("{}", number >> 1);  // whatever reads it may take it for signed
}

Result<void> run_held_out(const TrialContext& context, Evidence& into, StageOutput& out) {
  const auto& config = context.base.spec.config;
  if (config.held_out.empty()) return {};
  if (!context.base.built) {
    out.left_out.push_back({.stage = "held_out", .why = "the base does not build"});
    return {};
  }
  const auto base = Side::open(context.world, context.base);
  if (!base) return fail(base.error());
  const auto again = Side::open(context.world, context.base);
  if (!again) return fail(again.error());
  for (const auto& held_out : config.held_out) {
    auto folder = folder_of(context.world, held_out);
    if (!folder) {
      out.left_out.push_back({.stage = "held_out", .why = folder.error().message});
      continue;
    }
    auto found = HeldOutRuns(context, *base, *again, held_out, std::move(*folder)).run(out);
    if (!found) return fail(std::move(found.error()).within("held-out " + held_out.name));
    into.held_out.push_back(std::move(*found));
  }
  return {};
}

}  // namespace automod::trial
