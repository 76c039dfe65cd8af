#include "engine/trial/review/conventions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "analyzers/conventions/naming.hpp"
#include "analyzers/treesitter/facts.hpp"
#include "analyzers/treesitter/visibility.hpp"
#include "engine/trial/review/reach.hpp"
#include "engine/trial/review/source.hpp"

namespace automod::trial {

namespace {

using analyzers::Symbol;
using Facts = analyzers::FileFacts;

constexpr std::size_t kFewest = 8;
constexpr double kShare = 0.9;

std::string_view folder_of(std::string_view path) {
  const auto cut = path.rfind('/');
  return cut == path.npos ? std::string_view() : path.substr(0, cut);
}

/// How often each style occurs among what is named alike: "functions", "affix of private members".
using Styles = std::map<std::string, std::map<std::string_view, std::size_t>>;

/// Calls `see(group, style)` for each choice that its author had.
template <class See>
void for_each_choice(const Facts& facts, const Symbol& symbol, See&& see) {
  const std::string group(naming_group(facts, symbol));
  if (const auto style = name_style(facts, symbol)) see(group, name(*style));
  if (const auto affix = name_affix(facts, symbol)) see("affix of " + group, name(*affix));
}

void count(const Facts& facts, Styles& into) {
  for (const Symbol& symbol : facts.symbols) {
    for_each_choice(facts, symbol, [&](const std::string& group, std::string_view style) {
      ++into[group][style];
    });
  }
}

/// Is it told by something else how the name has to be?
bool is_given(const Facts& facts, const Symbol& symbol) {
  if (symbol.kind != analyzers::SymbolKind::kMethod) return false;
  // A method may be one of a base class that is not of this project.
  if (symbol.within == analyzers::kNone) return symbol.scope != analyzers::kNone;
  const Symbol& around = facts.symbols[symbol.within];
  return !analyzers::is_type(around.kind) || around.head.end > around.name_at.end + 3;
}

class NameReading {
 public:
  NameReading(const ReviewInput& input, Review& into) : input_(input), into_(into) {
    for (const FileChange& file : input.files) {
      const auto language = language_to_read(file.path);
      if (!language || !file.original) continue;
      const Facts facts = facts_of(*language, *file.original);
      for (const std::string& text : facts.names) known_.insert(text);
      count(facts, files_[file.path]);
    }
  }

  void run() {
    for (const FileChange& file : input_.files) {
      const auto language = language_to_read(file.path);
      if (language && file.modified) read(file, *language);
    }
  }

 private:
  std::optional<analyzers::Language> language_to_read(const std::string& path) const {
    if (role_of(input_.config, path) != FileRole::kSource) return std::nullopt;
    return analyzers::language_of(path);
  }

  void read(const FileChange& file, analyzers::Language language) {
    const Facts facts = facts_of(language, *file.modified);
    std::set<std::pair<std::string, std::string>> said;
    for (const Symbol& symbol : facts.symbols) {
      const std::string& text = facts.names[symbol.name];
      if (known_.contains(text) || is_given(facts, symbol)) continue;
      for_each_choice(facts, symbol, [&](const std::string& group, std::string_view style) {
        const auto usual = usual_style(file.path, language, group);
        if (!usual || usual->style == style || !said.emplace(group, text).second) return;
        if (count_++ >= kMostUnlike) return;
        into_.facts.push_back(
            {.kind = FactKind::kUnconventional,
             .path = file.path,
             .line = symbol.line,
             .what = shown(text),
             .before = fmt::format("{} of {} {} {} are {}", usual->count, usual->total, group,
                                   usual->where, usual->style),
             .after = std::string(style)});
      });
    }
  }

  struct Usual {
    std::string style;
    std::size_t count = 0;
    std::size_t total = 0;
    std::string_view where;
  };

  /// By the nearest surroundings that have enough of the kind; nullopt where they are divided.
  std::optional<Usual> usual_style(const std::string& path, analyzers::Language language,
                                   const std::string& group) {
    if (const auto found = usual_in(files_[path], group, "in this file")) return *found;
    const std::string folder(folder_of(path));
    const Family family = family_of(language);
    if (const auto found = usual_in(styles_of(family, &folder), group, "in this folder")) {
      return *found;
    }
    const auto found = usual_in(styles_of(family, nullptr), group, "in this project");
    return found ? *found : std::nullopt;
  }

  /// The outer one is empty where there are too few.
  static std::optional<std::optional<Usual>> usual_in(const Styles& styles,
                                                      const std::string& group,
                                                      std::string_view where) {
    const auto found = styles.find(group);
    if (found == styles.end()) return std::nullopt;
    Usual usual{.style = {}, .where = where};
    for (const auto& [style, times] : found->second) {
      usual.total += times;
      if (times <= usual.count) continue;
      usual.style = style;
      usual.count = times;
    }
    if (usual.total < kFewest) return std::nullopt;
    if (static_cast<double>(usual.count) < kShare * static_cast<double>(usual.total)) {
      return std::optional<Usual>();
    }
    return usual;
  }

  /// Of the base's sources in languages of one family, in one folder or in all.
  const Styles& styles_of(Family family, const std::string* folder) {
    const auto [place, is_new] = learnt_.try_emplace({family, folder == nullptr ? "**" : *folder});
    if (!is_new) return place->second;
    std::size_t read = 0;
    for (const std::string& path : input_.base_paths) {
      if (read == kMostHabitFiles) break;
      const auto language = analyzers::language_of(path);
      const bool counts = language && family_of(*language) == family &&
                          (folder == nullptr || folder_of(path) == *folder) &&
                          role_of(input_.config, path) == FileRole::kSource;
      if (!counts) continue;
      ++read;
      const auto text = input_.read_base(path);
      if (text && text->size() <= kMostHabitBytes) count(facts_of(*language, *text), place->second);
    }
    return place->second;
  }

  const ReviewInput& input_;
  Review& into_;
  std::set<std::string> known_;  // words of the changed files as they were
  std::map<std::string, Styles> files_;
  std::map<std::pair<Family, std::string>, Styles> learnt_;
  std::size_t count_ = 0;
};

}  // namespace

void add_unlike_names(const ReviewInput& input, Review& into) { NameReading(input, into).run(); }

void review_conventions(const ReviewInput& input, Review& into) {
  add_unlike_names(input, into);
  add_unlike_failures(input, into);
}

}  // namespace automod::trial
