#include "engine/structure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "analyzers/rules/ignored.hpp"
#include "analyzers/structure/copies.hpp"
#include "analyzers/structure/dead.hpp"
#include "analyzers/structure/includes.hpp"
#include "analyzers/structure/remarks.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/codebase.hpp"
#include "engine/repo/churn.hpp"

namespace automod {

namespace {

using analyzers::CodeFile;
using analyzers::Diagnostic;

constexpr std::size_t kMostHotspots = 10;    // that are findings
constexpr std::size_t kMostCopies = 200;     // groups
constexpr std::size_t kMostNamed = 4;        // other places of one copy
constexpr std::size_t kLargestOther = kMiB;  // text that is no code
constexpr std::size_t kMostOthers = 64 * kMiB;
constexpr unsigned kKindOfEntry = 0170000;
constexpr unsigned kKindFile = 0100000;

std::string counted(std::uint64_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

/// Where a line begins.
std::size_t offset_of(std::string_view text, std::size_t line) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == text.npos) break;
    at = end + 1;
  }
  return at;
}

class StructureReading {
 public:
  StructureReading(Engine::Impl& engine, const Target& target, const IndexedCode& indexed,
                   const std::vector<std::string>& rules)
      : engine_(engine),
        target_(target),
        indexed_(indexed),
        code_(indexed.code()),
        rules_(rules.begin(), rules.end()),
        read_([this](std::uint32_t file) {
          const std::lock_guard lock(mutex_);
          return indexed_.text(file);
        }) {}

  Result<StructureReport> run() {
    Observer& observer = engine_.world.observer;
    observer.begin("looking at all files together");
    using Step = Result<void> (StructureReading::*)();
    for (const Step step :
         {&StructureReading::hotspots, &StructureReading::dead_functions, &StructureReading::copies,
          &StructureReading::includes, &StructureReading::remarks}) {
      if (auto done = (this->*step)(); !done) {
        if (done.error().kind == ErrorKind::kInterrupted) return fail(std::move(done.error()));
        observer.note("not all was looked at together: " + done.error().message);
      }
    }
    drop_ignored();
    return std::move(report_);
  }

 private:
  bool wants(const std::string& rule) const { return rules_.contains(rule); }

  void add(std::string_view rule, std::uint32_t file, std::size_t offset, std::string message,
           std::string_view level = "Warning") {
    report_.diagnostics.push_back({.check = std::string(rule),
                                   .message = std::move(message),
                                   .path = code_.files()[file].path,
                                   .offset = offset,
                                   .level = std::string(level),
                                   .fix = {}});
  }

  Result<void> hotspots() {
    std::map<std::string, analyzers::FileHistory> history;
    const auto churn = engine_.repo.churn(target_.commit, {}, engine_.world.cancel);
    if (!churn && churn.error().kind == ErrorKind::kInterrupted) return fail(churn.error());
    if (!churn) {
      engine_.world.observer.note("history could not be read: " + churn.error().message);
    } else {
      for (const repo::PathChurn& one : churn->paths) {
        history[one.path] = {
            .changes = one.commits, .authors = one.authors, .last_change = one.last_change};
      }
    }
    report_.hotspots = analyzers::hotspots(code_, history);
    if (!wants("hotspot") || !churn) return {};
    std::size_t shown = 0;
    for (const Hotspot& one : report_.hotspots) {
      const bool is_own =
          analyzers::kind_of_file(one.path) == analyzers::FileKind::kCode && one.stands_out;
      if (!is_own || one.functions.empty() || shown++ == kMostHotspots) continue;
      if (shown > kMostHotspots) break;
      add("hotspot", *code_.find(one.path), one.functions[0].name_begin, hotspot_text(one, *churn),
          "Remark");
    }
    return {};
  }

  static std::string hotspot_text(const Hotspot& one, const repo::Churn& churn) {
    const auto& first = one.functions[0];
    return fmt::format(
        "changed in {} of the last {} by {}, and its functions branch {} times: {} alone {} times "
        "in {}",
        one.changes, counted(churn.commits, "commit"), counted(one.authors, "author"),
        one.complexity, printable_line(first.name), first.metrics.branches,
        counted(first.metrics.lines, "line"));
  }

  Result<void> dead_functions() {
    const bool certain = wants("dead-function");
    const bool likely = wants("unused-function");
    if (!certain && !likely) return {};
    const auto dead = analyzers::find_dead_functions(
        code_, read_, [this](const auto& take) { return other_texts(take); }, engine_.world.cancel);
    if (!dead) return fail(dead.error());
    for (const analyzers::DeadFunction& one : *dead) {
      if (!(one.is_certain ? certain : likely)) continue;
      add(one.is_certain ? "dead-function" : "unused-function", one.at.file,
          code_.symbol(one.at).name_at.begin,
          fmt::format("'{}' is named nowhere but where it is {}",
                      printable_line(code_.full_name(one.at)),
                      one.is_certain ? "defined" : "defined and declared"));
    }
    return {};
  }

  /// Of files in no language of the index.
  Result<void> other_texts(const std::function<void(std::string_view)>& take) {
    const auto entries = engine_.repo.list(target_.tree);
    if (!entries) return fail(entries.error());
    std::size_t left = kMostOthers;
    for (const repo::Entry& entry : *entries) {
      if (engine_.world.cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
      const bool is_other = (entry.mode & kKindOfEntry) == kKindFile &&
                            entry.size <= kLargestOther && !code_.find(entry.path);
      if (!is_other) continue;
      if (entry.size > left) {
        return fail(ErrorKind::kRefused, "there is too much text that is no code");
      }
      left -= entry.size;
      const auto text = engine_.repo.text_of(entry, kLargestOther);
      if (!text) return fail(text.error());
      take(*text);
    }
    return {};
  }

  Result<void> copies() {
    if (!wants("duplicated-code")) return {};
    const auto found =
        analyzers::find_copies(code_, read_, {}, engine_.world.jobs, engine_.world.cancel);
    if (!found) return fail(found.error());
    if (!found->is_whole || found->groups.size() > kMostCopies) {
      engine_.world.observer.note("copies: not all was compared: there is too much");
    }
    for (std::size_t i = 0; i < std::min(found->groups.size(), kMostCopies); ++i) {
      const analyzers::CopyGroup& group = found->groups[i];
      const analyzers::CopyPlace& first = group.places[0];
      add("duplicated-code", first.file, first.begin, copy_text(group));
    }
    return {};
  }

  std::string copy_text(const analyzers::CopyGroup& group) const {
    const analyzers::CopyPlace& first = group.places[0];
    std::string others;
    for (std::size_t i = 1; i < std::min(group.places.size(), kMostNamed + 1); ++i) {
      const analyzers::CopyPlace& one = group.places[i];
      others += fmt::format("{}{}:{}", i == 1 ? "" : ", ",
                            printable_line(code_.files()[one.file].path), one.line);
    }
    if (group.places.size() > kMostNamed + 1) {
      others += fmt::format(" and {} more", group.places.size() - kMostNamed - 1);
    }
    return fmt::format("{} ({}) stand here and, names and literals aside, at {}",
                       counted(first.last_line - first.line + 1, "line"),
                       counted(group.tokens, "token"), others);
  }

  Result<void> includes() {
    if (wants("costly-include")) costly_includes();
    if (!wants("unused-include")) return {};
    const auto found = analyzers::unused_includes(code_, read_, engine_.world.cancel);
    if (!found) return fail(found.error());
    for (const analyzers::UnusedInclude& one : *found) {
      const auto text = read_(one.file);
      if (!text) return fail(text.error());
      add("unused-include", one.file, offset_of(*text, one.line),
          fmt::format("nothing of {} is named here; it brings {}",
                      printable_line(code_.files()[one.header].path), counted(one.lines, "line")));
    }
    return {};
  }

  void costly_includes() {
    const auto costs = analyzers::include_costs(code_);
    for (const analyzers::HeaderCost& one : costs.headers) {
      if (!one.stands_out) continue;
      add("costly-include", one.header, 0,
          fmt::format("{} of {} include it, each {} of this project with it from {}: {} in all",
                      one.units, counted(costs.units, "source file"), counted(one.lines, "line"),
                      counted(one.headers + 1, "header"), counted(one.lines_in_all(), "line")),
          "Remark");
    }
  }

  Result<void> remarks() {
    if (!wants("risky-todo")) return {};
    for (std::uint32_t i = 0; i < code_.files().size(); ++i) {
      if (engine_.world.cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
      const CodeFile& file = code_.files()[i];
      if (analyzers::kind_of_file(file.path) == analyzers::FileKind::kForeign) continue;
      const auto text = read_(i);
      if (!text) return fail(text.error());
      for (const auto& one : analyzers::risky_remarks(file.facts.language, *text)) {
        add("risky-todo", i, one.begin, fmt::format("left for later: \"{}\"", one.text), "Remark");
      }
    }
    return {};
  }

  void drop_ignored() {
    std::map<std::string, std::string> texts;
    std::erase_if(report_.diagnostics, [&](const Diagnostic& one) {
      const auto [text, is_new] = texts.try_emplace(one.path);
      if (is_new) text->second = read_(*code_.find(one.path)).value_or("");
      return analyzers::Ignored(text->second).covers(one.offset, one.check);
    });
  }

  Engine::Impl& engine_;
  const Target& target_;
  const IndexedCode& indexed_;
  const analyzers::Codebase& code_;
  const std::set<std::string> rules_;
  std::mutex mutex_;  // over reading texts
  const analyzers::ReadText read_;
  StructureReport report_;
};

}  // namespace

Result<StructureReport> read_structure(Engine::Impl& engine, const Target& target,
                                       const IndexedCode& code,
                                       const std::vector<std::string>& rules) {
  return StructureReading(engine, target, code, rules).run();
}

}  // namespace automod
