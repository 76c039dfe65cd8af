#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/files.hpp"
#include "engine/trial/review/imports.hpp"
#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

// How much of the base is read to see what it reaches already.
constexpr std::size_t kMostFiles = 4000;
constexpr std::size_t kMostBytes = 32 * kMiB;
constexpr std::size_t kMostParsed = 300;
constexpr std::size_t kMostPerFile = 50;  // facts of one sort

/// What a name stands for when base and candidate are compared.
struct Power {
  FactKind kind;
  std::string_view group;
  auto operator<=>(const Power&) const = default;
};

std::string_view folder_of(std::string_view path) {
  const auto cut = path.rfind('/');
  return cut == path.npos ? std::string_view() : path.substr(0, cut);
}

bool is_code_role(FileRole role) { return role != FileRole::kTest && role != FileRole::kBenchmark; }

class Comparison {
 public:
  Comparison(const ReviewInput& input, Review& into) : input_(input), into_(into) {}

  void run() {
    for (const auto& file : input_.files) {
      if (file.original) read_original(file.path, *file.original);
    }
    for (const auto& file : input_.files) {
      if (file.modified) note_users(file.path, *file.modified);
    }
    for (const auto& file : input_.files) {
      if (file.modified) read_modified(file.path, *file.modified);
    }
    forget(wanted_, had_);
    if (!wanted_.empty()) read_base();
    for (auto& [power, facts] : wanted_) {
      for (auto& fact : facts) into_.facts.push_back(std::move(fact));
    }
  }

 private:
  using Wanted = std::map<Power, std::vector<CodeFact>>;

  static void forget(Wanted& wanted, const std::set<Power>& had) {
    for (const Power& power : had) wanted.erase(power);
  }

  void leave_out(const std::string& path) {
    into_.left_out.push_back({"static_checks", path + " could not be read as code", false});
  }

  void read_original(const std::string& path, const std::string& text) {
    const auto source = read_source(path, text);
    if (!source) return;
    const bool is_code = is_code_role(role_of(input_.config, path));
    for (const Start& start : starts_of(*source)) ++starts_[start.name];
    for (const State& state : states_of(*source)) states_.insert(state.name);
    for (const Reached& reached : reached_by(*source)) {
      if (is_code) had_.insert({reached.kind, reached.group});
    }
  }

  /// What code brings in is code, wherever it stands: a header among the tests, a table in a text
  /// file.
  void note_users(const std::string& path, const std::string& text) {
    const FileRole role = role_of(input_.config, path);
    if (role != FileRole::kSource) return;
    const auto source = read_source(path, text);
    if (!source) return;
    for (std::size_t i = 0; i < source->tree.nodes.size(); ++i) {
      const auto& node = source->tree.nodes[i];
      if (node.type != "preproc_include") continue;
      const std::string_view named = unquoted(source->text_of(i));
      used_.emplace(named.substr(named.rfind('/') + 1));
    }
    for (const Import& import : imports_of(*source).seen) {
      const std::string_view name = import.name;
      used_.emplace(name.substr(name.find_last_of("./:") + 1));
    }
  }

  bool is_used(std::string_view path) const {
    const std::string_view file = path.substr(path.rfind('/') + 1);
    return used_.contains(file) || used_.contains(file.substr(0, file.find('.')));
  }

  void add_assembly(const std::string& path) {
    CodeFact made;
    made.kind = FactKind::kCapabilityAssembly;
    made.path = path;
    made.what = "assembly";
    into_.facts.push_back(std::move(made));
  }

  void read_modified(const std::string& path, const std::string& text) {
    path_ = path;
    if (path.ends_with(".s") || path.ends_with(".S") || path.ends_with(".asm")) {
      return add_assembly(path);
    }
    const bool is_brought_in = is_used(path);
    // Included by C or C++ under a name that no grammar knows.
    const bool is_included = used_.contains(path.substr(path.rfind('/') + 1));
    const auto source =
        read_source(is_included && !code_language(path) ? path + ".inc" : path, text);
    if (!source) {
      if (is_included || code_language(path)) leave_out(path);
      return;
    }
    const bool is_code = is_brought_in || is_code_role(role_of(input_.config, path));
    add_starts(*source, is_code);
    if (is_code) add_states(*source);
    std::set<std::string> seen;
    for (const Reached& reached : reached_by(*source)) {
      if (!is_code && reached.group != "exit_now") continue;
      if (!seen.insert(reached.name).second) continue;
      add(reached, *source);
    }
  }

  CodeFact fact(FactKind kind, const Source& source, std::string_view name, std::size_t line) {
    CodeFact made;
    made.kind = kind;
    made.path = path_;
    made.line = line;
    made.what = shown(name);
    made.after = shown(line_at(source.text, line));
    return made;
  }

  void add(const Reached& reached, const Source& source) {
    const Power power{reached.kind, reached.group};
    if (reached.kind == FactKind::kCapabilityExit) folders_.emplace(folder_of(source.path));
    wanted_[power].push_back(fact(reached.kind, source, reached.name, reached.line));
  }

  void add_starts(const Source& source, bool is_code) {
    std::size_t count = 0;
    for (const Start& start : starts_of(source)) {
      if (start.is_plain_call && !is_code) continue;
      auto known = starts_.find(start.name);
      if (known != starts_.end() && known->second > 0) {
        --known->second;
        continue;
      }
      if (++count > kMostPerFile) return;
      into_.facts.push_back(fact(FactKind::kCapabilityStart, source, start.name, start.line));
    }
  }

  void add_states(const Source& source) {
    std::size_t count = 0;
    for (const State& state : states_of(source)) {
      if (states_.contains(state.name)) continue;
      if (++count > kMostPerFile) return;
      into_.facts.push_back(fact(FactKind::kHiddenState, source, state.name, state.line));
    }
  }

  /// Could the text name any of what is still wanted? Saves parsing most of the base.
  bool speaks_of_wanted(const std::string& text, Family family) const {
    return std::ranges::any_of(
               reach_table(family),
               [&](const ReachRow& row) {
                 if (!wanted_.contains({row.kind, row.group})) return false;
                 const auto cut = row.name.find_last_of(".:");
                 return text.find(cut == row.name.npos ? row.name : row.name.substr(cut + 1)) !=
                        text.npos;
               }) ||
           family == Family::kScript || family == Family::kGo;
  }

  void read_base() {
    std::set<std::string_view> changed;
    for (const auto& file : input_.files) changed.insert(file.path);
    std::size_t files = 0;
    std::size_t bytes = 0;
    std::size_t parsed = 0;
    for (const auto& path : input_.base_paths) {
      if (wanted_.empty() || files >= kMostFiles || bytes >= kMostBytes || parsed >= kMostParsed) {
        return;
      }
      const auto language = analyzers::language_of(path);
      if (!language || changed.contains(path)) continue;
      if (!is_code_role(role_of(input_.config, path))) continue;
      const auto text = input_.read_base(path);
      if (!text) continue;
      ++files;
      bytes += text->size();
      if (!speaks_of_wanted(*text, family_of(*language))) continue;
      ++parsed;
      if (const auto source = read_source(path, *text)) forget(wanted_, powers_of(*source));
    }
  }

  /// An end of the process elsewhere in the project excuses none here: only in the same folder.
  std::set<Power> powers_of(const Source& source) const {
    std::set<Power> powers;
    for (const Reached& reached : reached_by(source)) {
      const bool is_near = folders_.contains(folder_of(source.path));
      if (reached.kind == FactKind::kCapabilityExit && !is_near) continue;
      powers.insert({reached.kind, reached.group});
    }
    return powers;
  }

  const ReviewInput& input_;
  Review& into_;
  std::string path_;  // of the file being read
  std::set<Power> had_;
  std::map<std::string, std::size_t> starts_;
  std::set<std::string> states_;
  std::set<std::string, std::less<>> folders_;
  std::set<std::string, std::less<>> used_;  // files that changed code includes or imports
  Wanted wanted_;
};

}  // namespace

void review_capabilities(const ReviewInput& input, Review& into) { Comparison(input, into).run(); }

}  // namespace automod::trial
