#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/ask_text.hpp"
#include "cli/asking.hpp"
#include "cli/context.hpp"
#include "cli/documents_ask.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "cli/trying.hpp"
#include "engine/ask.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kMostWords = 64 * 1024;
constexpr std::size_t kShownDigest = 12;
constexpr int kInterrupted = 130;

/// The request as it was given, "-" for standard input.
Result<std::string> read_words(const Context& context, const std::string& given) {
  std::string words = given;
  if (given == "-") {
    auto text = context.read_patch(given);
    if (!text) return fail(std::move(text.error()));
    words = std::move(*text);
    words.erase(words.find_last_not_of(" \t\r\n") + 1);
    if (words.empty()) return fail(ErrorKind::kUsage, "standard input holds no words");
  }
  if (words.size() > kMostWords) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("the request has {} bytes, at most {} are sent", words.size(), kMostWords),
        "say what is wanted; the code is looked up and sent along by itself");
  }
  return words;
}

Result<AskRequest> read_request(const Context& context, const Arguments& arguments, AskKind kind) {
  AskRequest request;
  request.kind = kind;
  if (kind == AskKind::kOptimize) {
    request.focus = arguments.operands();
  } else {
    auto words = read_words(context, arguments.operand(0));
    if (!words) return fail(std::move(words.error()));
    request.words = std::move(*words);
    request.focus = arguments.values("--files");
  }
  request.only = arguments.values("--only");
  request.test = arguments.value("--test").value_or("");
  request.bench = arguments.value("--bench").value_or("");
  if (const auto profile = arguments.value("--profile")) request.profile = context.path(*profile);
  if (const auto type = arguments.value("--type")) request.type = parse<ModificationType>(*type);
  request.base = arguments.value("--base").value_or("HEAD");
  if (const auto level = arguments.value("--safety")) request.level = parse<SafetyLevel>(*level);
  return request;
}

/// What an interrupted session was asked for is not asked for again.
Result<void> check_resume(const Arguments& arguments) {
  constexpr std::array<std::string_view, 8> kAsked{"--files",  "--only", "--type",  "--base",
                                                   "--safety", "--test", "--bench", "--profile"};
  const auto option =
      std::ranges::find_if(kAsked, [&](std::string_view given) { return arguments.has(given); });
  const std::string given = !arguments.operands().empty()
                                ? fmt::format("'{}'", printable_line(arguments.operand(0)))
                            : option != kAsked.end() ? std::string(*option)
                                                     : std::string();
  if (given.empty()) return {};
  return fail(ErrorKind::kUsage,
              fmt::format("--resume goes on with what was asked, so {} has no place", given),
              "--session ID chooses the session");
}

/// What is wrong with the command line whatever the repository holds.
Result<void> check_options(const Arguments& arguments, AskKind kind) {
  const auto wrong = [&](const char* what) {
    return fail(ErrorKind::kUsage, what, fmt::format("see 'automod help {}'", name(kind)));
  };
  const bool resumes = arguments.has("--resume");
  if (arguments.has("--session") && !resumes) return wrong("--session goes with --resume");
  if (auto asking = check_asking(arguments); !asking) return asking;
  if (resumes) return check_resume(arguments);
  if (kind == AskKind::kWords && arguments.operands().empty()) {
    return wrong("'ask' needs WORDS, or --resume");
  }
  return {};
}

Result<AskRequest> request_of(const Context& context, const Engine& engine,
                              const Arguments& arguments, AskKind kind) {
  auto request = arguments.has("--resume")
                     ? engine.interrupted_ask(arguments.value("--session").value_or(""))
                     : read_request(context, arguments, kind);
  if (!request) return request;
  auto asking = read_asking(context, arguments, std::move(request->asking));
  if (!asking) return fail(std::move(asking.error()));
  request->asking = std::move(*asking);
  return request;
}

int exit_code_of(const Context& context, const AskReport& report) {
  const bool stopped = report.session.status == SessionStatus::kInterrupted;
  if (stopped && context.cancel().requested()) return kInterrupted;
  if (!report.best) return kRejected;
  const automod::Attempt& best = report.attempts[*report.best];
  return best.tried && best.outcome != "unmended" ? code_of(*best.tried) : kRejected;
}

Result<int> dry_run(Context& context, Engine& engine, const AskRequest& request) {
  const auto first = engine.first_question(request);
  if (!first) return fail(first.error());
  if (context.json()) {
    context.print(question_document(*first));
    return kDone;
  }
  for (const std::string& note : first->context.notes) context.remark(printable_line(note));
  // As it is sent to a command.
  context.out() << printable(first->question.instructions) << '\n'
                << printable(first->question.material) << std::flush;
  context.remark(question_summary(*first));
  return kDone;
}

void print_attempt(Context& context, const store::Store& store, const automod::Attempt& attempt) {
  const std::string id = attempt.modification ? short_id(store, *attempt.modification) : "";
  context.out() << attempt_line(attempt, id, context.paint(), context.table_width()) << std::flush;
}

/// What to do with the best one.
void print_end(Context& context, const automod::Attempt& best, const std::string& id) {
  if (best.outcome != "unmended") return print_next(context, best.tried->listed, id);
  context.out() << "  " << context.paint()(Tone::kBad, "unmended") << ": it could be kept, but "
                << printable_line(best.why) << '\n';
}

/// How to see what a model said that could not be used.
void print_unusable(Context& context, const AskReport& report) {
  const auto bad = std::ranges::find(report.attempts, "unusable", &automod::Attempt::outcome);
  if (bad == report.attempts.end()) return;
  context.out() << "to see what could not be used: "
                << context.command_line(
                       fmt::format("prompt show {} --answer", bad->digest.substr(0, kShownDigest)))
                << '\n';
  if (bad->from_book) context.out() << "it was on record; --fresh asks again\n";
}

void print_report(Context& context, const store::Store& store, const AskReport& report,
                  AskKind kind) {
  std::ostream& out = context.out();
  if (report.best && report.attempts[*report.best].tried) {
    const Tried& tried = *report.attempts[*report.best].tried;
    const std::string id = short_id(store, tried.listed.modification.id);
    out << "\nbest of " << count(report.attempts.size(), "attempt") << ":\n";
    print_tried(context, tried, id);
    print_end(context, report.attempts[*report.best], id);
  } else {
    out << "\nno answer could be tried\n";
  }
  print_unusable(context, report);
  out << spent_line(report);
  if (report.stopped.empty()) return;
  out << context.paint()(Tone::kWarn, "stopped") << ": " << printable_line(report.stopped) << '\n';
  if (!report.stop_hint.empty()) out << printable_line(report.stop_hint) << '\n';
  out << "to go on: " << context.command_line(resume_line(report, kind)) << '\n';
}

Result<int> run_any(Context& context, const Arguments& arguments, AskKind kind) {
  if (const auto fits = check_options(arguments, kind); !fits) return fail(fits.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto request = request_of(context, *engine, arguments, kind);
  if (!request) return fail(request.error());
  if (arguments.has("--dry-run")) return dry_run(context, *engine, *request);
  const auto report = engine->ask(*request, [&](const automod::Attempt& attempt) {
    if (!context.json()) print_attempt(context, engine->store(), attempt);
  });
  if (!report) return fail(report.error());
  const int code = exit_code_of(context, *report);
  if (context.json()) {
    context.print(ask_document(*report, request->kind, code));
    return code;
  }
  for (const std::string& note : report->notes) context.remark(printable_line(note));
  print_report(context, engine->store(), *report, request->kind);
  return code;
}

}  // namespace

Result<int> run_ask(Context& context, const Arguments& arguments) {
  return run_any(context, arguments, AskKind::kWords);
}

Result<int> run_fix(Context& context, const Arguments& arguments) {
  return run_any(context, arguments, AskKind::kFix);
}

Result<int> run_optimize(Context& context, const Arguments& arguments) {
  return run_any(context, arguments, AskKind::kOptimize);
}

}  // namespace automod::cli
