#include "engine/propose/rule_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace automod::propose {

namespace {

constexpr std::string_view kConfigFile = "automod.toml";
constexpr std::size_t kMostFiles = 100;

bool is_glob(std::string_view pattern) { return pattern.find_first_of("*?") != pattern.npos; }

Result<std::vector<std::string>> rule_files(const std::vector<std::string>& patterns,
                                            const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& pattern : patterns) {
    bool any = false;
    for (const std::string& path : paths) {
      if (!glob_match(pattern, path)) continue;
      any = true;
      if (std::ranges::find(files, path) == files.end()) files.push_back(path);
    }
    if (any || is_glob(pattern)) continue;
    return fail(ErrorKind::kUsage,
                fmt::format("{}: [rules] files names '{}', which is not there", kConfigFile,
                            printable_line(pattern)),
                "commit it together with automod.toml, from which it is read");
  }
  if (files.size() <= kMostFiles) return files;
  return fail(ErrorKind::kUsage, fmt::format("{}: [rules] files are {}, expected {} or fewer",
                                             kConfigFile, files.size(), kMostFiles));
}

}  // namespace

Result<RuleBook> RuleBook::open(const OwnRules& own, const std::vector<std::string>& paths,
                                const ReadFile& read) {
  RuleBook book;
  book.rules_ = analyzers::builtin_rules();
  book.built_in_ = book.rules_.size();
  const auto files = rule_files(own.files, paths);
  if (!files) return fail(files.error());
  Result<void> added;
  if (!own.in_config.empty()) added = book.add(own.in_config, kConfigFile, false);
  for (const std::string& file : *files) {
    if (!added) break;
    const auto text = read(file);
    if (!text) return fail(text.error());
    if (*text) added = book.add(**text, file, true);
  }
  if (added) added = book.switch_off(own.off);
  if (!added) return fail(added.error());
  return book;
}

Result<void> RuleBook::add(std::string_view text, std::string_view file, bool alone) {
  auto rules = analyzers::parse_rules(text, file, {.alone = alone});
  if (!rules) return fail(rules.error());
  for (analyzers::Rule& rule : *rules) {
    const auto same = std::ranges::find(rules_, rule.id, &analyzers::Rule::id);
    if (same != rules_.end()) {
      return fail(ErrorKind::kUsage,
                  fmt::format("{}: id '{}' stands for another rule already, in {}",
                              printable_line(file), rule.id, printable_line(same->file)),
                  "give it another id, and put the other one into [rules] off to replace it");
    }
    rules_.push_back(std::move(rule));
  }
  return {};
}

Result<void> RuleBook::switch_off(const std::vector<std::string>& off) {
  std::vector<std::string> known;
  for (const analyzers::Rule& rule : rules_) known.push_back(rule.id);
  for (const auto rules : {performance_rules(), bug_rules(), refactor_rules()}) {
    for (const Rule& rule : rules) known.emplace_back(rule.check);
  }
  for (const std::string& name : off) {
    const bool is_known = std::ranges::any_of(
        known, [&](const std::string& one) { return is_of(one, name) || is_of(name, one); });
    if (is_known) continue;
    return fail(ErrorKind::kUsage,
                fmt::format("{}: [rules] off: there is no rule or check '{}'{}", kConfigFile, name,
                            suggestion(name, known)),
                "see 'automod rules list'");
  }
  off_ = off;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < built_in_; ++i) kept += is_off(rules_[i].id) ? 0 : 1;
  std::erase_if(rules_, [this](const analyzers::Rule& rule) { return is_off(rule.id); });
  built_in_ = kept;
  return {};
}

bool RuleBook::is_own(const analyzers::Rule& rule) const {
  const auto found = std::ranges::find(rules_, rule.id, &analyzers::Rule::id);
  return found != rules_.end() && static_cast<std::size_t>(found - rules_.begin()) >= built_in_;
}

bool RuleBook::is_off(std::string_view name) const {
  return std::ranges::any_of(off_, [&](const std::string& off) { return is_of(name, off); });
}

std::vector<analyzers::Rule> RuleBook::chosen(const std::vector<Goal>& goals, SafetyLevel level,
                                              std::string_view checks) const {
  const std::string listed = fmt::format(",{},", checks);
  std::vector<analyzers::Rule> all;
  for (const analyzers::Rule& rule : rules_) {
    const KnownRule known = find(rule.id);
    const bool is_covered = std::ranges::any_of(rule.covered_by, [&](const std::string& check) {
      return listed.find(fmt::format(",{},", check)) != listed.npos;
    });
    const bool is_wanted = std::ranges::find(goals, goal_of(known.type)) != goals.end();
    if (is_wanted && !is_covered && level_of(known.confidence) <= level) all.push_back(rule);
  }
  return all;
}

KnownRule RuleBook::find(std::string_view name) const {
  const auto found = std::ranges::find(rules_, name, &analyzers::Rule::id);
  if (found == rules_.end()) return find_rule(name);
  return {.is_known = true,
          .seen = found->title,
          .why = found->why,
          .change = found->change,
          .type = parse<ModificationType>(found->type).value_or(ModificationType::kRefactor),
          .confidence = parse<Confidence>(found->confidence).value_or(Confidence::kMedium),
          .said_by = fmt::format("the rule {}", found->id)};
}

}  // namespace automod::propose
