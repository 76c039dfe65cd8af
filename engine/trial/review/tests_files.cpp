#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/review/tests_align.hpp"
#include "engine/trial/review/tests_compare.hpp"
#include "engine/trial/review/tests_parts.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;

/// Both sides of one file; an absent side is an empty file.
struct FilePair {
  TestFile before;
  TestFile after;
  bool is_new = false;
  bool is_deleted = false;

  Sides sides() const { return {before, after}; }
};

struct Loose {
  const FilePair* file;
  const Unit* unit;
};

CodeFact fact(FactKind kind, const std::string& path, std::size_t line, std::string_view what,
              std::string_view before, std::string_view after) {
  CodeFact made;
  made.kind = kind;
  made.path = path;
  made.line = line;
  made.what = brief(what);
  made.before = brief(before);
  made.after = brief(after);
  return made;
}

bool has_same_body(const Unit& one, const Unit& other) {
  if (one.statements.size() != other.statements.size() || one.statements.size() < 2) return false;
  return std::equal(one.statements.begin() + 1, one.statements.end(), other.statements.begin() + 1,
                    [](const Statement& a, const Statement& b) { return a.text == b.text; });
}

double likeness(const Unit& one, const Unit& other) {
  std::size_t same = 0;
  std::map<std::string_view, int> texts;
  for (std::size_t i = 1; i < one.statements.size(); ++i) ++texts[one.statements[i].text];
  for (std::size_t j = 1; j < other.statements.size(); ++j) {
    const auto found = texts.find(other.statements[j].text);
    if (found != texts.end() && found->second-- > 0) ++same;
  }
  const std::size_t total = one.statements.size() + other.statements.size() - 2;
  return total == 0 ? 0 : 2.0 * static_cast<double>(same) / static_cast<double>(total);
}

std::string last_part(const std::string& name) {
  const auto at = name.find_last_of(".:");
  return at == name.npos ? name : name.substr(at + 1);
}

using Units = std::map<std::pair<UnitKind, std::string>, std::vector<const Unit*>>;

/// Compares the files of one change.
class Reader {
 public:
  explicit Reader(std::vector<CodeFact>& facts) : facts_(facts) {}

  void compare(const FilePair& files) {
    Units after;
    std::vector<const Unit*> old_others;
    std::vector<const Unit*> new_others;
    for (const auto& unit : files.after.units) {
      if (unit.kind == UnitKind::kOther) {
        new_others.push_back(&unit);
      } else {
        after[{unit.kind, unit.name}].push_back(&unit);
      }
    }
    for (const auto& unit : files.before.units) {
      if (unit.kind == UnitKind::kOther) {
        old_others.push_back(&unit);
        continue;
      }
      auto& same = same_name(after, unit, files.before.language);
      if (same.empty()) {
        gone_.push_back({&files, &unit});
      } else {
        compare_units(files.sides(), unit, *same.front(), facts_);
        same.erase(same.begin());
      }
    }
    for (const auto& [key, units] : after) {
      for (const Unit* unit : units) come_.push_back({&files, unit});
    }
    compare_rest(files, old_others, new_others);
  }

  /// Those of the same name and kind. A plain function that asserts nothing any more is no test
  /// by its looks, but the same function.
  static std::vector<const Unit*>& same_name(Units& units, const Unit& unit, Language language) {
    auto& same = units[{unit.kind, unit.name}];
    const bool is_c = language == Language::kC || language == Language::kCpp;
    if (!same.empty() || unit.kind == UnitKind::kContainer || !is_c) return same;
    const auto other = unit.kind == UnitKind::kCase ? UnitKind::kHelper : UnitKind::kCase;
    auto& others = units[{other, unit.name}];
    const bool is_it = !others.empty() && others[0]->heading().text == unit.heading().text;
    return is_it ? others : same;
  }

  /// Once all files are compared: what is in another place now, and what is really gone or new.
  void finish() {
    constexpr std::size_t kMostPairs = 1'000'000;
    constexpr std::size_t kFewPairs = 20'000;  // bodies are compared as a whole
    match(kMostPairs, [](const Loose& one, const Loose& other) {
      return one.unit->kind == UnitKind::kCase && other.unit->kind == UnitKind::kCase &&
             last_part(one.unit->name) == last_part(other.unit->name);
    });
    match(kMostPairs, [](const Loose& one, const Loose& other) {
      return one.unit->kind == UnitKind::kCase && has_same_body(*one.unit, *other.unit);
    });
    match(kFewPairs, [](const Loose& one, const Loose& other) {
      constexpr double kAlike = 0.6;
      return one.unit->kind == UnitKind::kCase && one.file == other.file &&
             likeness(*one.unit, *other.unit) >= kAlike;
    });
    match(kMostPairs, [](const Loose& one, const Loose& other) {
      return one.unit->kind == other.unit->kind && one.unit->kind != UnitKind::kCase &&
             last_part(one.unit->name) == last_part(other.unit->name);
    });
    for (const auto& one : gone_) gone(one);
    for (const auto& one : come_) come(one);
  }

 private:
  template <class Same>
  void match(std::size_t most_pairs, const Same& same) {
    if (gone_.size() * come_.size() > most_pairs) return;
    std::erase_if(gone_, [&](const Loose& one) {
      const auto found = std::find_if(come_.begin(), come_.end(), [&](const Loose& other) {
        return one.file->before.language == other.file->after.language && same(one, other);
      });
      if (found == come_.end()) return false;
      renamed_unit(one, *found);
      come_.erase(found);
      return true;
    });
  }

  void renamed_unit(const Loose& one, const Loose& other) {
    const Unit& was = *one.unit;
    const Unit& is = *other.unit;
    const std::string& path = other.file->after.path;
    const bool is_found = is.kind == UnitKind::kCase &&
                          (is_collected(path, other.file->after.language) ||
                           !is_collected(one.file->before.path, one.file->before.language));
    if (was.kind == UnitKind::kCase && !is_found) {
      facts_.push_back(fact(FactKind::kTestRemoved, path, is.line,
                            was.name + ": is not found by that name", was.heading().text,
                            is.heading().text));
      return;
    }
    if (was.name != is.name && was.kind == UnitKind::kCase) {
      facts_.push_back(fact(FactKind::kTestExpectation, path, is.line, was.name + ": renamed",
                            was.heading().text, is.heading().text));
    }
    if (was.kind == UnitKind::kContainer) return;
    compare_units({one.file->before, other.file->after}, was, is, facts_);
  }

  void gone(const Loose& one) {
    const Unit& unit = *one.unit;
    const std::string& path = one.file->before.path;
    const std::string name = last_part(unit.name);
    const bool has_assertion = asserts(unit, one.file->before.checking);
    if (unit.kind == UnitKind::kCase) {
      const bool is_comment = one.file->after.comments.find(name) != std::string::npos;
      facts_.push_back(fact(is_comment ? FactKind::kTestDisabled : FactKind::kTestRemoved, path,
                            unit.line, unit.name + (is_comment ? ": commented out" : ""),
                            unit.heading().text, ""));
    } else if (unit.kind == UnitKind::kHelper) {
      // A helper that nothing calls any more took nothing away.
      const bool is_idle = !one.file->is_deleted && !has_assertion && !one.file->after.uses(name);
      if (is_idle) return;
      facts_.push_back(fact(has_assertion ? FactKind::kTestLoosened : FactKind::kTestExpectation,
                            path, unit.line, unit.name + ": is gone", unit.heading().text, ""));
    }
  }

  void come(const Loose& one) {
    const Unit& unit = *one.unit;
    const FilePair& files = *one.file;
    const std::string& path = files.after.path;
    const std::string name = last_part(unit.name);
    const std::string& heading = unit.heading().text;
    const auto add = [&](FactKind kind, std::string_view why) {
      facts_.push_back(fact(kind, path, unit.line,
                            unit.name + (why.empty() ? "" : ": " + std::string(why)), "", heading));
    };
    if (unit.kind == UnitKind::kContainer) return;
    if (unit.disabled == "others, by only") {
      return add(FactKind::kTestDisabled, "keeps the others from being run");
    }
    const bool is_double = unit.kind == UnitKind::kCase && is_second(files, unit);
    if (is_double) return add(FactKind::kTestDisabled, "defined twice, the first does not run");
    if (unit.kind == UnitKind::kCase) {
      return add(FactKind::kTestAdded, unit.disabled);
    }
    if (const auto kind = takes_over(files, unit, name)) {
      add(*kind, "runs with every test, or in place of what they call");
    }
  }

  /// Later definitions of the same name win in these languages.
  static bool is_second(const FilePair& files, const Unit& unit) {
    if (files.after.language != Language::kPython) return false;
    return files.before.names.contains(unit.name);
  }

  /// A new helper that changes tests which do not mention it, or that they call by a name which
  /// stood for something else.
  static std::optional<FactKind> takes_over(const FilePair& files, const Unit& unit,
                                            const std::string& name) {
    const std::string& heading = unit.heading().text;
    static constexpr std::array<std::string_view, 5> kCollect = {
        "pytest_collection_modifyitems", "pytest_ignore_collect", "pytest_runtest_setup",
        "pytest_runtest_call", "load_tests"};
    if (std::find(kCollect.begin(), kCollect.end(), name) != kCollect.end()) {
      return FactKind::kTestDisabled;
    }
    const bool ends_early =
        std::any_of(unit.statements.begin(), unit.statements.end(), [](const Statement& one) {
          return calls(one, "exit") || calls(one, "Exit") || calls(one, "_exit") ||
                 calls(one, "quick_exit") || calls(one, "_Exit");
        });
    if (ends_early && name != "main") return FactKind::kTestDisabled;
    static constexpr std::array<std::string_view, 14> kAlways = {
        "setUp",      "tearDown",  "setUpClass", "tearDownClass", "setUpModule",
        "beforeEach", "afterEach", "beforeAll",  "afterAll",      "TestMain",
        "SetUp",      "TearDown",  "before",     "setup_module"};
    const bool is_always = std::find(kAlways.begin(), kAlways.end(), name) != kAlways.end() ||
                           heading.find("autouse") != heading.npos ||
                           heading.find("@ Before") != heading.npos ||
                           heading.find("@ After") != heading.npos || name.starts_with("pytest_");
    if (files.is_new) {
      const bool is_config = files.after.path.ends_with("conftest.py");
      return is_config && is_always ? std::optional(FactKind::kTestExpectation) : std::nullopt;
    }
    if (heading.starts_with("#define")) {
      if (name == "NDEBUG") return FactKind::kTestDisabled;
      if (files.before.uses(name) || is_assertion_name(name)) return FactKind::kTestLoosened;
    }
    if (files.before.uses(name)) return FactKind::kTestExpectation;
    return is_always ? std::optional(FactKind::kTestExpectation) : std::nullopt;
  }

  void compare_rest(const FilePair& files, std::vector<const Unit*> before,
                    std::vector<const Unit*> after) {
    const auto text_of = [](const Unit& unit) {
      std::string text;
      for (const auto& one : unit.statements) text += one.text + "\n";
      for (const auto& guard : unit.guards) text += guard + "\n";
      return text;
    };
    std::map<std::string, std::vector<const Unit*>> same;
    for (const Unit* unit : after) same[text_of(*unit)].push_back(unit);
    std::set<const Unit*> kept;
    std::erase_if(before, [&](const Unit* unit) {
      auto& found = same[text_of(*unit)];
      if (found.empty()) return false;
      kept.insert(found.back());
      found.pop_back();
      return true;
    });
    std::erase_if(after, [&](const Unit* unit) { return kept.contains(unit); });
    constexpr std::size_t kMostPairs = 100'000;
    const bool is_much = before.size() * after.size() > kMostPairs;
    for (const Unit* was : before) {
      const auto partner = std::find_if(after.begin(), after.end(), [&](const Unit* is) {
        return !is_much && is_version(*was, *is);
      });
      if (partner == after.end()) {
        rest_gone(files, *was);
      } else {
        if (!is_import(was->heading())) compare_others(files.sides(), *was, **partner, facts_);
        if (is_import(was->heading())) import_come(files, **partner);
        after.erase(partner);
      }
    }
    for (const Unit* is : after) rest_come(files, *is);
  }

  static bool is_version(const Unit& was, const Unit& is) {
    constexpr double kAlike = 0.5;
    if (is_import(was.heading()) != is_import(is.heading())) return false;
    const auto declared = [](const Unit& unit) {
      for (const auto& token : unit.heading().tokens) {
        if (token.declares) return token.text;
      }
      return std::string();
    };
    const std::string name = declared(was);
    if (!name.empty() || !declared(is).empty()) return name == declared(is);
    return similarity(was.heading(), is.heading()) >= kAlike;
  }

  void rest_gone(const FilePair& files, const Unit& unit) {
    const Statement& was = unit.heading();
    if (is_import(was)) return;
    const bool counts = asserts(unit, files.before.checking) ||
                        was.text.find("INSTANTIATE") != std::string::npos ||
                        was.text.find("REGISTER") != std::string::npos;
    for (const auto& token : was.tokens) {
      // A value that nothing reads any more took nothing away.
      if (token.declares && !files.is_deleted && !files.after.uses(token.text)) return;
    }
    facts_.push_back(fact(counts ? FactKind::kTestRemoved : FactKind::kTestExpectation,
                          files.before.path, unit.line, "the file: is gone", was.text, ""));
  }

  /// What is imported from somewhere else now, under a name that the tests know.
  void import_come(const FilePair& files, const Unit& unit) {
    const Statement& is = unit.heading();
    if (files.after.language != Language::kPython || is.tokens.size() < 2) return;
    const std::string& module = is.tokens[1].text;
    const auto import = std::find_if(is.tokens.begin(), is.tokens.end(),
                                     [](const Lexeme& token) { return token.text == "import"; });
    const std::string source = joined({is.tokens.begin(), import});
    const bool is_known =
        std::any_of(files.before.units.begin(), files.before.units.end(), [&](const Unit& other) {
          return other.heading().text.starts_with(source) && is_import(other.heading());
        });
    if (is_known || module.empty()) return;
    for (auto at = import; at != is.tokens.end(); ++at) {
      if (!at->is_word || at->text == "import" || !files.before.uses(at->text)) continue;
      facts_.push_back(fact(FactKind::kTestExpectation, files.after.path, unit.line,
                            at->text + ": comes from somewhere else", "", is.text));
      return;
    }
  }

  void rest_come(const FilePair& files, const Unit& unit) {
    if (files.is_new && !files.after.path.ends_with("conftest.py")) return;
    const Statement& is = unit.heading();
    const auto add = [&](FactKind kind, std::string_view why) {
      facts_.push_back(
          fact(kind, files.after.path, unit.line, "the file: " + std::string(why), "", is.text));
    };
    if (is_import(is)) return import_come(files, unit);
    if (switches_off(is)) return add(FactKind::kTestDisabled, "keeps tests from being run");
    for (const auto& token : is.tokens) {
      const bool is_target =
          token.declares || is.text.starts_with("del ") || is.text.starts_with("setattr");
      if (!is_target || !token.is_word || !files.before.uses(token.text)) continue;
      const bool is_case =
          std::any_of(files.before.units.begin(), files.before.units.end(), [&](const Unit& other) {
            return other.kind == UnitKind::kCase && last_part(other.name) == token.text;
          });
      return add(is_case ? FactKind::kTestDisabled : FactKind::kTestExpectation,
                 "stands for something else now");
    }
    if (asserts(unit, files.after.checking)) return add(FactKind::kTestAdded, "");
    const bool is_call = is.type == "expression_statement" &&
                         std::none_of(is.tokens.begin(), is.tokens.end(),
                                      [](const Lexeme& token) { return token.declares; });
    if (is_call && files.after.language != Language::kCpp && files.after.language != Language::kC) {
      add(FactKind::kTestExpectation, "a step is new");
    }
  }

  static bool switches_off(const Statement& statement) {
    static constexpr std::array<std::string_view, 5> kWords = {
        "collect_ignore", "collect_ignore_glob", "__test__", "pytest_plugins", "NDEBUG"};
    if (std::any_of(kWords.begin(), kWords.end(),
                    [&](std::string_view word) { return contains_word(statement, word); })) {
      return true;
    }
    if (contains_word(statement, "pytestmark")) {
      return contains_word(statement, "skip") || contains_word(statement, "skipif") ||
             contains_word(statement, "xfail");
    }
    return leaves(statement);
  }

  std::vector<CodeFact>& facts_;
  std::vector<Loose> gone_;
  std::vector<Loose> come_;
};

/// Files that are no tests by their place may hold some all the same: Rust's modules of tests,
/// and test macros beside the code.
bool is_inline_test(const Unit& unit, Language language) {
  if (language == Language::kRust) {
    return unit.kind == UnitKind::kCase || unit.name.starts_with("tests.") ||
           unit.name.starts_with("test.");
  }
  if (unit.kind != UnitKind::kCase) return false;
  const std::string& text = unit.heading().text;
  if (language == Language::kJava) return text.find("@ Test") != text.npos;
  const bool is_c = language == Language::kC || language == Language::kCpp;
  return is_c && text.find("TEST") < text.find('(');
}

void add_unknown(const FileChange& file, std::vector<CodeFact>& facts) {
  if (!file.original) return;
  const auto differing = [&](const std::string& text, const std::string& other) {
    const auto lines = split_lines(text);
    const auto others = split_lines(other);
    std::size_t at = 0;
    while (at < lines.size() && at < others.size() && lines[at] == others[at]) ++at;
    return std::pair(at + 1, at < lines.size() ? std::string(lines[at]) : std::string());
  };
  const std::string after = file.modified.value_or("");
  if (after == *file.original) return;
  const auto [line, was] = differing(*file.original, after);
  facts.push_back(fact(FactKind::kTestExpectation, file.path, line,
                       file.modified ? "the file: other content" : "the file: is gone", was,
                       differing(after, *file.original).second));
}

}  // namespace

void review_test_files(const ReviewInput& input, Review& into) {
  std::vector<FilePair> pairs;
  for (const auto& file : input.files) {
    const auto language = analyzers::language_of(file.path);
    const bool is_test =
        role_of(input.config, file.path) == FileRole::kTest || file.path.ends_with("conftest.py");
    if (!language) {
      if (is_test) add_unknown(file, into.facts);
      continue;
    }
    auto before = read_tests(file.path, *language, file.original.value_or(""));
    auto after = read_tests(file.path, *language, file.modified.value_or(""));
    if (!before || !after) {
      if (is_test) add_unknown(file, into.facts);
      continue;
    }
    if (!is_test) {
      for (TestFile* side : {&*before, &*after}) {
        std::erase_if(side->units,
                      [&](const Unit& unit) { return !is_inline_test(unit, *language); });
      }
    }
    pairs.push_back({std::move(*before), std::move(*after), !file.original, !file.modified});
  }
  Reader reader(into.facts);
  for (const auto& pair : pairs) reader.compare(pair);
  reader.finish();
}

}  // namespace automod::trial
