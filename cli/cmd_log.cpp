#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/durations.hpp"
#include "cli/handlers.hpp"
#include "cli/log_text.hpp"
#include "cli/lookup.hpp"
#include "engine/store/bundle.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kFollowedAtFirst = 10;
constexpr std::chrono::milliseconds kGlance{300};
constexpr int kInterrupted = 130;

/// Does `text` look like the beginning of a time, of whole days at least?
bool is_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00.000";
  if (text.size() > kShape.size() || (text.size() != 10 && text.size() < 16)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

/// As the ledger writes times, or the beginning of one.
Result<std::string> read_since(std::string_view text, const Clock& clock) {
  if (const auto age = read_duration(text)) return iso_time(clock.now() - *age);
  std::string_view time = text;
  if (time.ends_with('Z')) time.remove_suffix(1);
  if (is_time(time)) return std::string(time);
  return fail(ErrorKind::kUsage, fmt::format("'{}' is no time", printable_line(text)),
              "such as 2026-01-31, 2026-01-31T12:00, or how long ago: 90m, 12h, 7d");
}

Result<store::LedgerFilter> read_filter(const Context& context, const Arguments& arguments,
                                        const store::Store& store) {
  store::LedgerFilter filter{.kinds = arguments.values("--kind"), .newest_first = true};
  if (const auto since = arguments.value("--since")) {
    auto time = read_since(*since, context.clock());
    if (!time) return fail(std::move(time.error()));
    filter.since = std::move(*time);
  }
  if (!arguments.operands().empty()) {
    auto subject = find_subject(store, arguments.operand(0));
    if (!subject) return fail(std::move(subject.error()));
    filter.subject = std::move(*subject);
  }
  if (arguments.has("--limit")) filter.limit = arguments.number("--limit", 0);
  return filter;
}

void print_entry(Context& context, const store::LedgerEntry& entry, const store::Store& store) {
  if (context.json()) {
    context.out() << json_text(log_entry_document(entry), -1) << '\n';
  } else {
    context.out() << entry_line(entry, store, context.paint());
  }
}

/// What is there of late, then what is added, oldest first.
Result<int> follow(Context& context, store::LedgerFilter filter, const store::Store& store) {
  filter.limit = filter.limit.value_or(kFollowedAtFirst);
  const auto head = store.ledger_head();
  if (!head) return fail(head.error());
  auto entries = store.ledger(filter);
  filter.newest_first = false;
  filter.limit.reset();
  filter.after = head->number;
  if (entries) std::ranges::reverse(*entries);
  for (;;) {
    if (!entries) return fail(std::move(entries.error()));
    for (const store::LedgerEntry& entry : *entries) {
      print_entry(context, entry, store);
      filter.after = std::max(filter.after, entry.number);
    }
    context.out().flush();
    if (context.cancel().requested()) return kInterrupted;
    std::this_thread::sleep_for(kGlance);
    entries = store.ledger(filter);
  }
}

Result<int> show(Context& context, const LedgerView& view, const store::Store& store) {
  if (context.json()) {
    context.print(log_document(view));
  } else {
    context.out() << (view.entries.empty()
                          ? view.narrowed ? "no entry matches\n" : "the ledger is empty\n"
                          : entries_text(view.entries, store, context.paint(),
                                         context.table_width()));
    if (view.verified) context.out() << problems_text(view.problems, context.paint());
  }
  return view.problems.empty() ? kDone : kInternal;
}

}  // namespace

Result<int> run_log(Context& context, const Arguments& arguments) {
  if (arguments.has("--follow") && arguments.has("--verify")) {
    return fail(ErrorKind::kUsage, "--follow and --verify exclude each other",
                "see 'automod help log'");
  }
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const store::Store& store = engine->store();
  auto filter = read_filter(context, arguments, store);
  if (!filter) return fail(std::move(filter.error()));
  if (arguments.has("--follow")) return follow(context, std::move(*filter), store);
  auto entries = store.ledger(*filter);
  if (!entries) return fail(std::move(entries.error()));
  LedgerView view{
      .entries = std::move(*entries),
      .narrowed = !filter->kinds.empty() || !filter->subject.empty() || !filter->since.empty(),
      .verified = arguments.has("--verify")};
  if (view.verified) {
    auto problems = engine->verify_ledger();
    if (!problems) return fail(std::move(problems.error()));
    view.problems = std::move(*problems);
  }
  return show(context, view, store);
}

Result<int> run_log_export(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  std::vector<ModificationId> only;
  for (const std::string& id : arguments.operands()) {
    auto listed = engine->store().modification(id);
    if (!listed) return fail(std::move(listed.error()));
    only.push_back(listed->modification.id);
  }
  const auto bundle = engine->store().bundle(only);
  if (!bundle) return fail(bundle.error());
  const std::string text = store::bundle_text(*bundle) + '\n';
  const auto to = arguments.value("--to");
  if (!to) {
    context.out() << text;
    return kDone;
  }
  const auto file = context.path(*to);
  if (auto written = write_file(file, text, 0600); !written) return fail(written.error());
  if (context.json()) {
    context.print(log_export_document({.file = file, .bundle = *bundle}));
  } else {
    context.out() << fmt::format("wrote {} entries and {} modifications to {}\n",
                                 bundle->ledger.size(), bundle->modifications.size(),
                                 printable_line(file.string()));
  }
  return kDone;
}

}  // namespace automod::cli
