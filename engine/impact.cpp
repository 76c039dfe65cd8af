#include "engine/impact.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "engine/clang_site.hpp"
#include "engine/codebase.hpp"
#include "engine/impact_build.hpp"
#include "engine/repo/unified_diff.hpp"
#include "engine/trial/review/api.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/tests.hpp"

namespace automod {

namespace {

using analyzers::Codebase;
using analyzers::Focus;
using analyzers::ImpactWay;
using analyzers::kNone;
using analyzers::SymbolAt;
using analyzers::SymbolKind;

constexpr std::size_t kShownCandidates = 8;
constexpr std::size_t kShortestId = 8;

bool may_be_id(std::string_view word) {
  return word.size() >= kShortestId &&
         word.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

/// Does one of the names enclose the other, as a class its constructor?
bool is_inside_one(const std::set<std::string>& names, std::string_view full) {
  return std::ranges::any_of(names, [&](const std::string& other) {
    return full.size() > other.size() && full.starts_with(other) &&
           (full[other.size()] == ':' || full[other.size()] == '.');
  });
}

/// Leaves what a word most likely names: what has just that name, if anything has, and wholes
/// rather than parts of them.
void narrow(const Codebase& code, std::string_view word, Focus& focus) {
  const auto is_exactly = [&](SymbolAt at) {
    const std::string full = code.full_name(at);
    return word == full || word == fmt::format("{}:{}", code.files()[at.file].path, full);
  };
  if (std::ranges::any_of(focus.symbols, is_exactly)) {
    std::erase_if(focus.symbols, [&](SymbolAt at) { return !is_exactly(at); });
  }
  std::set<std::string> names;
  for (const SymbolAt at : focus.symbols) names.insert(code.full_name(at));
  std::erase_if(focus.symbols,
                [&](SymbolAt at) { return is_inside_one(names, code.full_name(at)); });
}

/// Fails where a word names symbols that are not one and the same.
Result<void> refuse_ambiguous(const Codebase& code, const Focus& focus, std::string_view word) {
  std::set<std::string> names;
  std::set<std::uint32_t> files;  // that define it
  for (const SymbolAt at : focus.symbols) {
    names.insert(code.full_name(at));
    if (code.symbol(at).is_definition) files.insert(at.file);
  }
  if (names.size() <= 1 && files.size() <= 1) return {};
  std::set<std::string> candidates;
  for (const SymbolAt at : focus.symbols) {
    if (!code.symbol(at).is_definition && !files.empty()) continue;
    candidates.insert(fmt::format("{}:{}", code.files()[at.file].path, code.full_name(at)));
  }
  std::vector<std::string> shown(candidates.begin(), candidates.end());
  const std::size_t more = shown.size() - std::min(shown.size(), kShownCandidates);
  if (more > 0) shown.resize(kShownCandidates);
  std::string hint = fmt::format("name one: {}", fmt::join(shown, ", "));
  if (more > 0) hint += fmt::format(" and {} more", more);
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' may mean {} symbols", printable_line(word), candidates.size()),
              printable_line(hint));
}

/// The old lines that a change takes away, and before which lines it only puts some in.
struct Touched {
  std::vector<std::size_t> lines;
  std::vector<std::size_t> gaps;  // the line behind
};

Touched touched_by(const repo::FilePatch& patch) {
  Touched touched;
  for (const repo::Hunk& hunk : patch.hunks) {
    std::size_t line = hunk.old_start + (hunk.old_count == 0 ? 1 : 0);
    bool replaces = false;
    for (const repo::HunkLine& change : hunk.lines) {
      if (change.origin == '-') touched.lines.push_back(line);
      if (change.origin == '+' && !replaces) touched.gaps.push_back(line);
      replaces = change.origin == '-' || (replaces && change.origin == '+');
      if (change.origin != '+') ++line;
    }
  }
  return touched;
}

/// Byte at which each line begins; line 1 is the first.
std::vector<std::size_t> beginnings(std::string_view text) {
  std::vector<std::size_t> all = {0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') all.push_back(i + 1);
  }
  return all;
}

/// The innermost symbol around a byte, unless that is a namespace.
std::uint32_t symbol_around(const analyzers::FileFacts& facts, std::size_t byte, bool inside) {
  std::uint32_t found = kNone;
  for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
    const auto& symbol = facts.symbols[i];
    if (symbol.kind == SymbolKind::kNamespace) continue;
    const bool begins = inside ? symbol.whole.begin < byte : symbol.whole.begin <= byte;
    if (begins && byte < symbol.whole.end) found = i;
  }
  return found;
}

/// The symbols of a file that a change touches; all of the file where it touches what is in none.
void add_touched(const Codebase& code, std::uint32_t file, const FileChange& change,
                 const Touched& touched, Focus& focus) {
  const std::string& text = *change.original;
  const auto& facts = code.files()[file].facts;
  const auto begins = beginnings(text);
  std::set<std::uint32_t> symbols;
  for (const std::size_t line : touched.lines) {
    if (line >= begins.size()) continue;
    const std::size_t first = text.find_first_not_of(" \t\r\n", begins[line]);
    const std::size_t next = line + 1 < begins.size() ? begins[line + 1] : text.size();
    if (first == std::string::npos || first >= next) continue;  // an empty line
    const std::uint32_t around = symbol_around(facts, first, false);
    if (around == kNone) return focus.files.push_back(file);
    symbols.insert(around);
  }
  for (const std::size_t line : touched.gaps) {
    if (line >= begins.size()) continue;
    const std::uint32_t around = symbol_around(facts, begins[line], true);
    if (around != kNone) symbols.insert(around);
  }
  for (const std::uint32_t symbol : symbols) {
    focus.symbols.push_back({.file = file, .symbol = symbol});
  }
}

}  // namespace

/// One answer while it is put together.
class Engine::Impacting {
 public:
  Impacting(Engine::Impl& engine, const ImpactRequest& request)
      : engine_(engine), request_(request) {}

  Result<ImpactReport> run(const Engine& engine, const std::filesystem::path& directory);

 private:
  Result<void> find_modification();
  Result<Focus> focus_of_change();
  Result<void> ask_exactly(const Focus& focus);
  void say_subjects(const Focus& focus);
  void find_tests();
  void match_base_tests(const Inventory& inventory);
  Result<void> find_api(const Focus& focus);

  const Codebase& code() const { return read_->code(); }
  bool is_test(std::string_view path) const {
    return trial::role_of(report_.target.config, path) == FileRole::kTest;
  }
  void note(std::string text) { report_.notes.push_back(std::move(text)); }

  Engine::Impl& engine_;
  const ImpactRequest& request_;
  std::optional<store::ListedModification> listed_;
  std::optional<IndexedCode> read_;
  Inventory base_tests_;
  ImpactReport report_;
};

Result<void> Engine::Impacting::find_modification() {
  if (!may_be_id(request_.what)) return {};
  auto found = engine_.store.modification(request_.what);
  if (found) {
    report_.modification = found->modification.id;
    listed_ = std::move(*found);
  }
  return {};
}

Result<Focus> Engine::Impacting::focus_of_change() {
  Focus focus;
  const auto patch = repo::parse_diff(listed_->modification.patch);
  if (!patch) return fail(patch.error());
  std::map<std::string, Touched> touched;  // by path before the change
  for (const repo::FilePatch& one : *patch) touched[one.old_path] = touched_by(one);
  for (const FileChange& change : listed_->modification.candidate.files) {
    const auto file = code().find(change.path);
    if (!file || !change.original) {
      note(fmt::format("{} is new, or in no language that is read: nothing is known to need it",
                       printable_line(change.path)));
      continue;
    }
    if (!change.modified) {
      focus.files.push_back(*file);
      continue;
    }
    add_touched(code(), *file, change, touched[change.path], focus);
  }
  return focus;
}

Result<void> Engine::Impacting::ask_exactly(const Focus& focus) {
  const auto site = ClangSite::open(engine_, report_.target, ExecutionType::kConfigure);
  if (!site) return fail(site.error());
  base_tests_ = site->base_tests();
  auto build = see_build(*site, report_.target.config, engine_.world.cancel);
  if (!build) return fail(build.error());
  report_.build = std::move(build->graph);
  std::ranges::move(build->notes, std::back_inserter(report_.notes));
  const analyzers::AstJob job{.policy = site->policy(),
                              .files = site->units(),
                              .compile_commands = site->database(),
                              .fallback_flags = analyzers::guessed_flags(site->paths()),
                              .jobs = engine_.world.jobs};
  Observer& observer = engine_.world.observer;
  observer.begin("reading the code with clang");
  auto read = analyzers::read_units(
      site->runner(), job, site->resolve(),
      [&](std::size_t done, std::size_t total, std::string_view file) {
        observer.progress(done, total, printable_line(file));
      },
      engine_.world.cancel);
  if (!read) return fail(read.error());
  report_.gaps = std::move(read->gaps);
  report_.impact = analyzers::impact_of(
      code(), focus, {.exact = &read->facts, .build = report_.build ? &*report_.build : nullptr},
      request_.depth);
  return {};
}

void Engine::Impacting::say_subjects(const Focus& focus) {
  for (const std::uint32_t file : focus.files) {
    report_.subjects.push_back({.path = code().files()[file].path, .symbol = {}, .line = 0});
  }
  for (const SymbolAt at : focus.symbols) {
    report_.subjects.push_back({.path = code().files()[at.file].path,
                                .symbol = code().full_name(at),
                                .line = code().symbol(at).line});
    const bool is_known =
        std::ranges::any_of(analyzers::widened(code(), {.files = {}, .symbols = {at}}),
                            [&](SymbolAt one) { return code().symbol(one).is_definition; });
    if (!is_known && !request_.exact) {
      note(fmt::format("{} is only declared: who calls it is not known by name; try --exact",
                       printable_line(code().full_name(at))));
    }
  }
}

void Engine::Impacting::find_tests() {
  for (const ImpactSubject& subject : report_.subjects) {
    if (!is_test(subject.path)) continue;
    report_.tests.push_back({.name = {},
                             .path = subject.path,
                             .way = {.distance = 0, .is_exact = true, .through = {}}});
  }
  for (const auto& file : report_.impact.files) {
    if (is_test(file.path))
      report_.tests.push_back({.name = {}, .path = file.path, .way = file.way});
  }
  if (report_.build) {
    for (const auto& reached : report_.impact.targets) {
      for (const auto& test : report_.build->tests) {
        if (test.target != reached.target) continue;
        report_.tests.push_back({.name = test.name, .path = {}, .way = reached.way});
      }
    }
  }
  match_base_tests(base_tests_);
  std::ranges::sort(report_.tests, [](const ImpactTest& one, const ImpactTest& other) {
    return std::tuple(one.way.distance, one.path, one.name) <
           std::tuple(other.way.distance, other.path, other.name);
  });
}

/// Names of tests say in which file or function they stand, each runner in its own way.
void Engine::Impacting::match_base_tests(const Inventory& inventory) {
  std::set<std::string> known;
  for (const ImpactTest& test : report_.tests) known.insert(test.name);
  const std::vector<ImpactTest> files = report_.tests;
  for (const TestResult& test : inventory.tests) {
    if (known.contains(test.name)) continue;
    for (const ImpactTest& file : files) {
      if (file.path.empty() || !trial::is_test_of(test.name, file.path)) continue;
      report_.tests.push_back({.name = test.name, .path = file.path, .way = file.way});
      break;
    }
  }
}

/// What others build on by headers has one name everywhere; what they import belongs to its module.
Result<void> Engine::Impacting::find_api(const Focus& focus) {
  std::map<std::pair<std::string, std::string>, std::uint32_t> near;  // by path and name
  std::set<std::string> paths;
  std::set<std::string> whole;  // files
  const auto add = [&](const std::string& path, const std::string& full, std::uint32_t distance) {
    const auto [at, is_new] =
        near.try_emplace({analyzers::is_c_family(path) ? "" : path, full}, distance);
    if (!is_new) at->second = std::min(at->second, distance);
    paths.insert(path);
  };
  for (const auto& one : report_.impact.symbols) add(one.path, one.name, one.way.distance);
  for (const SymbolAt at : analyzers::widened(code(), focus)) {
    add(code().files()[at.file].path, code().full_name(at), 0);
  }
  for (const std::uint32_t file : focus.files) whole.insert(code().files()[file].path);
  for (std::uint32_t i = 0; i < code().files().size(); ++i) {
    const std::string& path = code().files()[i].path;
    const bool is_compiled = analyzers::is_c_family(path);
    const Config& config = report_.target.config;
    const bool is_offered =
        is_compiled ? trial::is_public_header(config, path)
                    : paths.contains(path) && trial::role_of(config, path) == FileRole::kSource;
    if (!is_offered) continue;
    const auto text = read_->text(i);
    if (!text) return fail(text.error());
    for (auto& entry : trial::api_entries(path, *analyzers::language_of(path), *text)) {
      const std::size_t module_end = is_compiled ? std::string::npos : entry.name.find(": ");
      const auto found = near.find(
          {is_compiled ? "" : path,
           module_end == std::string::npos ? entry.name : entry.name.substr(module_end + 2)});
      if (whole.contains(path)) {
        report_.api.push_back({std::move(entry), 0});
      } else if (found != near.end()) {
        report_.api.push_back({std::move(entry), found->second});
      }
    }
  }
  std::ranges::sort(report_.api, [](const ImpactOnApi& one, const ImpactOnApi& other) {
    return std::tie(one.distance, one.entry.path, one.entry.line, one.entry.name) <
           std::tie(other.distance, other.entry.path, other.entry.line, other.entry.name);
  });
  return {};
}

Result<ImpactReport> Engine::Impacting::run(const Engine& engine,
                                            const std::filesystem::path& directory) {
  if (auto done = find_modification(); !done) return fail(done.error());
  const std::string revision = request_.revision ? *request_.revision
                               : listed_         ? listed_->modification.base_commit.text
                                                 : "HEAD";
  auto target = engine.target(revision);
  if (!target) return fail(target.error());
  report_.target = std::move(*target);
  auto read = read_code(directory, report_.target.commit.text, engine_.world);
  if (!read) return fail(read.error());
  read_.emplace(std::move(*read));
  auto focus = listed_ ? focus_of_change() : find_focus(code(), request_.what);
  if (!focus) return fail(focus.error());
  if (!listed_) {
    narrow(code(), request_.what, *focus);
    auto one = refuse_ambiguous(code(), *focus, request_.what);
    if (!one) return fail(std::move(one.error()));
  }
  say_subjects(*focus);
  if (request_.exact) {
    if (auto done = ask_exactly(*focus); !done) return fail(done.error());
  } else {
    report_.impact = analyzers::impact_of(code(), *focus, {}, request_.depth);
    note("by names and imports alone; --exact asks clang and the build");
  }
  find_tests();
  if (auto done = find_api(*focus); !done) return fail(done.error());
  return std::move(report_);
}

Result<ImpactReport> Engine::impact(const ImpactRequest& request) {
  return Impacting(*impl_, request).run(*this, work_dir());
}

}  // namespace automod
