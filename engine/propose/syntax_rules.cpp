#include "engine/propose/syntax_rules.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "analyzers/structure/file_kind.hpp"
#include "base/files.hpp"

namespace automod::propose {

namespace {

using analyzers::Diagnostic;
using analyzers::Language;
using analyzers::RuleMatch;

constexpr std::size_t kLargestSource = 4 * kMiB;
constexpr unsigned kMostThreads = 64;

using Progress = std::function<void(std::size_t, std::size_t, std::string_view)>;

std::string_view level_of(std::string_view severity) {
  if (severity == "error") return "Error";
  return severity == "note" ? "Remark" : "Warning";
}

Diagnostic diagnostic_of(const std::string& path, const RuleMatch& match) {
  Diagnostic made{.check = match.rule->id,
                  .message = match.message,
                  .path = path,
                  .offset = match.begin,
                  .level = std::string(level_of(match.rule->severity)),
                  .fix = {}};
  for (const analyzers::TextEdit& edit : match.fix) {
    made.fix.push_back({path, edit.begin, edit.end - edit.begin, edit.text});
  }
  return made;
}

/// Files that are taken one by one by several threads.
class Reading {
 public:
  Reading(const repo::Repository& repo, const TreeId& tree, const std::vector<repo::Entry>& files,
          const std::vector<analyzers::Rule>& rules, const Progress& progress,
          const CancelToken& cancel)
      : repo_(repo),
        tree_(tree),
        files_(files),
        rules_(rules),
        progress_(progress),
        cancel_(cancel) {}

  Result<SyntaxReport> run(unsigned jobs);

 private:
  void work();
  /// The next file and its text; nullopt when there is none left.
  std::optional<std::pair<const repo::Entry*, std::string>> next();
  void add(const std::string& path, const analyzers::RuleMatches& matches);

  const repo::Repository& repo_;
  const TreeId& tree_;
  const std::vector<repo::Entry>& files_;
  const analyzers::RuleSet rules_;
  const Progress& progress_;
  const CancelToken& cancel_;

  std::mutex mutex_;  // over all that follows, and over repo_
  std::size_t taken_ = 0;
  SyntaxReport report_;
  Result<void> outcome_;
};

std::optional<std::pair<const repo::Entry*, std::string>> Reading::next() {
  const std::lock_guard lock(mutex_);
  while (outcome_ && taken_ < files_.size()) {
    if (cancel_.requested()) {
      outcome_ = fail(ErrorKind::kInterrupted, "interrupted");
      break;
    }
    const repo::Entry& entry = files_[taken_++];
    if (progress_) progress_(taken_, files_.size(), entry.path);
    if (entry.size > kLargestSource) {
      report_.failed_files.push_back(entry.path);
      continue;
    }
    auto text = repo_.read(tree_, entry.path, kLargestSource);
    if (!text) {
      outcome_ = fail(std::move(text.error()).within("reading " + entry.path));
    } else if (*text) {
      return std::pair(&entry, std::move(**text));
    }
  }
  return std::nullopt;
}

void Reading::add(const std::string& path, const analyzers::RuleMatches& matches) {
  const std::lock_guard lock(mutex_);
  report_.files.push_back(path);
  if (!matches.is_whole) report_.cut_files.push_back(path);
  for (const RuleMatch& match : matches.found) {
    report_.diagnostics.push_back(diagnostic_of(path, match));
  }
}

void Reading::work() {
  while (const auto file = next()) {
    const auto& [entry, text] = *file;
    if (analyzers::is_generated(text)) continue;
    add(entry->path, rules_.matches(*analyzers::language_of(entry->path), text));
  }
}

Result<SyntaxReport> Reading::run(unsigned jobs) {
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min(jobs, kMostThreads); ++i)
      others.emplace_back([this] { work(); });
    work();
  }
  if (!outcome_) return fail(std::move(outcome_.error()));
  std::ranges::sort(report_.diagnostics, [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.path, a.offset, a.check, a.message) <
           std::tie(b.path, b.offset, b.check, b.message);
  });
  for (auto* files : {&report_.files, &report_.failed_files, &report_.cut_files}) {
    std::ranges::sort(*files);
  }
  return std::move(report_);
}

}  // namespace

Result<SyntaxReport> read_by_syntax(const repo::Repository& repo, const TreeId& tree,
                                    const std::vector<repo::Entry>& files,
                                    const std::vector<analyzers::Rule>& rules, unsigned jobs,
                                    const Progress& progress, const CancelToken& cancel) {
  std::set<Language> languages;
  for (const analyzers::Rule& rule : rules) {
    languages.insert(rule.languages.begin(), rule.languages.end());
  }
  std::vector<repo::Entry> readable;
  for (const repo::Entry& entry : files) {
    const auto language = analyzers::language_of(entry.path);
    const bool is_file = entry.mode == 0100644 || entry.mode == 0100755;
    const bool is_own = analyzers::kind_of_file(entry.path) != analyzers::FileKind::kForeign;
    if (is_file && is_own && language && languages.contains(*language)) readable.push_back(entry);
  }
  return Reading(repo, tree, readable, rules, progress, cancel).run(jobs);
}

}  // namespace automod::propose
