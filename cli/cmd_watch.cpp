#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/durations.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "engine/watch.hpp"

namespace automod::cli {

namespace {

constexpr int kInterrupted = 130;

/// One word is a line for the shell; several are the words of a command.
std::string command_of(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

Result<WatchRequest> read_request(Context& context, const Arguments& arguments) {
  constexpr DurationRange kEvery{std::chrono::seconds(1), std::chrono::days(1)};
  constexpr DurationRange kFor{std::chrono::seconds(1), std::chrono::days(30)};
  const auto every = duration_option(arguments, "--every", kEvery);
  if (!every) return fail(every.error());
  const auto period = duration_option(arguments, "--for", kFor);
  if (!period) return fail(period.error());
  std::vector<std::string> words = arguments.operands();
  WatchRequest request{.id = words.front(), .every = *every, .period = *period};
  words.erase(words.begin());
  if (!words.empty()) request.command = command_of(words);
  request.bench = arguments.has("--bench");
  request.cascade = arguments.has("--cascade");
  if (arguments.has("--failures")) {
    request.failures = static_cast<std::int64_t>(arguments.number("--failures", 1));
  }
  if (request.bench && !request.command.empty()) {
    return fail(ErrorKind::kUsage, "--bench and a command exclude each other",
                "see 'automod help watch'");
  }
  if (arguments.has("--outside")) {
    if (request.command.empty()) {
      return fail(ErrorKind::kUsage, "--outside needs a command behind --",
                  "what automod.toml names is the target's, and runs in the sandbox only");
    }
    request.outside = context.directory();
  }
  return request;
}

Tone tone_of(std::string_view outcome) {
  if (outcome == "healthy") return Tone::kGood;
  return outcome == "unhealthy" ? Tone::kBad : Tone::kWarn;
}

void print_end(Context& context, const Watched& watched, const std::string& id) {
  const Paint& paint = context.paint();
  const store::Watch& watch = watched.watch;
  std::ostream& out = context.out();
  const Tone tone = watch.state == "healthy"     ? Tone::kGood
                    : watch.state == "regressed" ? Tone::kBad
                                                 : Tone::kWarn;
  out << paint(Tone::kName, id) << "  " << paint(tone, watch.state) << "  "
      << printable_line(watch.why) << '\n';
  for (const store::Rollback& one : watched.rollbacks) {
    out << fmt::format("  taken back: {}\n", one.commit ? one.commit->text.substr(0, 12) + " on " +
                                                              printable_line(one.ref) + " undoes it"
                                                        : printable_line(one.ref) + " is gone");
  }
  if (!watched.rollbacks.empty() && watched.rollbacks.back().commit) {
    out << "  next: merge that branch\n";
  }
}

int code_of(const Watched& watched, const CancelToken& cancel) {
  if (watched.problem) return exit_code(watched.problem->kind);
  if (watched.watch.state == "healthy") return kDone;
  if (watched.watch.state == "regressed") return kRejected;
  return cancel.requested() ? kInterrupted : kUnavailable;
}

}  // namespace

Result<int> run_watch(Context& context, const Arguments& arguments) {
  auto request = read_request(context, arguments);
  if (!request) return fail(request.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  request->looked = [&](const store::WatchCheck& check) {
    if (context.json() || context.quiet()) return;
    context.out() << fmt::format("{}  {}  {}\n", check.checked_at,
                                 context.paint()(tone_of(check.outcome), check.outcome),
                                 printable_line(check.detail))
                  << std::flush;
  };
  const auto watched = engine->watch(*request);
  if (!watched) return fail(watched.error());
  const int code = code_of(*watched, context.cancel());
  if (context.json()) {
    context.print(watch_document(*watched, code));
    return code;
  }
  print_end(context, *watched, short_id(engine->store(), watched->watch.modification));
  if (watched->problem) {
    context.warn("it could not be taken back: " + watched->problem->message);
    if (!watched->problem->hint.empty()) context.warn(watched->problem->hint);
  }
  return code;
}

}  // namespace automod::cli
