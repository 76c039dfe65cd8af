#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "engine/trial/review/api.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/review/tests_compare.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;
using Declarations = std::vector<Declaration>;
using ByName = std::map<std::pair<std::string, DeclarationKind>, std::vector<const Declaration*>>;

bool is_c(Language language) { return language == Language::kC || language == Language::kCpp; }

bool is_same_function(const Declaration& one, const Declaration& other) {
  return one.signature == other.signature &&
         std::equal(one.parameters.begin(), one.parameters.end(), other.parameters.begin(),
                    other.parameters.end(),
                    [](const Parameter& a, const Parameter& b) { return a.type == b.type; });
}

/// Python's lists and the like as presets, which outlive the call, are mended in this way.
bool is_mended(const Parameter& was, const Parameter& is) {
  return is.preset == "None " &&
         (was.preset == "[ ] " || was.preset == "{ } " || was.preset == "set ( ) " ||
          was.preset == "list ( ) " || was.preset == "dict ( ) ");
}

/// Every call that fitted before fits now.
bool fits_all_calls(const Declaration& before, const Declaration& after) {
  if (before.signature != after.signature) return false;
  if (after.parameters.size() < before.parameters.size()) return false;
  for (std::size_t i = 0; i < after.parameters.size(); ++i) {
    const Parameter& is = after.parameters[i];
    if (i >= before.parameters.size()) {
      if (!is.is_optional) return false;
      continue;
    }
    const Parameter& was = before.parameters[i];
    if (was.type != is.type || (was.is_optional && !is.is_optional)) return false;
    if (was.is_optional && was.preset != is.preset && !is_mended(was, is)) return false;
  }
  return true;
}

class Comparer {
 public:
  explicit Comparer(std::vector<CodeFact>& facts) : facts_(facts) {}

  /// `is_compiled`: callers are built against sizes, places and values.
  void compare(const Declarations& before, const Declarations& after, bool is_compiled) {
    is_compiled_ = is_compiled;
    const ByName old_names = by_name(before);
    ByName names = by_name(after);
    for (const auto& declaration : before) old_scopes_.insert(declaration.name);
    for (const auto& declaration : after) scopes_.insert(declaration.name);
    for (const auto& [key, old_ones] : old_names) compare_group(old_ones, names[key]);
    for (const auto& [key, ones] : names) {
      if (!old_names.contains(key)) added(ones);
    }
    if (is_compiled) {
      compare_order(before, after);
      compare_enumerators(before, after);
    }
  }

 private:
  static ByName by_name(const Declarations& all) {
    ByName made;
    for (const auto& one : all) made[{one.name, one.kind}].push_back(&one);
    return made;
  }

  void add(FactKind kind, const Declaration& at, const Declaration* before,
           const Declaration* after) {
    CodeFact fact;
    fact.kind = kind;
    fact.path = at.path;
    fact.line = at.line;
    fact.what = brief(at.name);
    if (before != nullptr) fact.before = brief(before->text);
    if (after != nullptr) fact.after = brief(after->text);
    facts_.push_back(std::move(fact));
  }

  void compare_group(std::vector<const Declaration*> before,
                     std::vector<const Declaration*> after) {
    std::erase_if(before, [&](const Declaration* was) {
      const auto found = std::find_if(after.begin(), after.end(), [&](const Declaration* is) {
        return is_same_function(*was, *is);
      });
      if (found == after.end()) return false;
      kept(*was, **found);
      after.erase(found);
      return true;
    });
    for (const Declaration* was : before) {
      if (after.empty()) {
        gone(*was);
      } else {
        changed(*was, *after.front());
        after.erase(after.begin());
      }
    }
    added(after);
  }

  void kept(const Declaration& was, const Declaration& is) {
    const bool less = (was.is_noexcept && !is.is_noexcept) || (was.is_public && !is.is_public);
    if (less || !fits_all_calls(was, is)) return add(FactKind::kApiChanged, is, &was, &is);
    if (was.kind == DeclarationKind::kMacro && was.value != is.value) {
      return add(FactKind::kApiChanged, is, &was, &is);
    }
    if (was.kind == DeclarationKind::kValue && was.value != is.value) {
      return add(FactKind::kAbiChanged, is, &was, &is);
    }
    if (is_compiled_ && was.is_virtual != is.is_virtual) {
      return add(FactKind::kAbiChanged, is, &was, &is);
    }
    if (!was.is_public && is.is_public) add(FactKind::kApiAdded, is, &was, &is);
  }

  void changed(const Declaration& was, const Declaration& is) {
    if (was.kind == DeclarationKind::kFunction && fits_all_calls(was, is)) {
      return add(is_compiled_ ? FactKind::kAbiChanged : FactKind::kApiAdded, is, &was, &is);
    }
    add(was.is_public ? FactKind::kApiChanged : FactKind::kAbiChanged, is, &was, &is);
  }

  void gone(const Declaration& was) {
    // A type that is gone is said once.
    if (!was.scope.empty() && !scopes_.contains(was.scope)) return;
    add(was.is_public ? FactKind::kApiRemoved : FactKind::kAbiChanged, was, &was, nullptr);
  }

  void added(const std::vector<const Declaration*>& all) {
    for (const Declaration* is : all) {
      const bool in_new = !is->scope.empty() && !old_scopes_.contains(is->scope);
      if (in_new) continue;
      const bool shifts = is_compiled_ && !is->scope.empty() &&
                          (is->kind == DeclarationKind::kField || is->is_virtual);
      if (shifts || is->is_public) {
        add(shifts ? FactKind::kAbiChanged : FactKind::kApiAdded, *is, nullptr, is);
      }
    }
  }

  /// Fields and virtual functions of one type in another order.
  void compare_order(const Declarations& before, const Declarations& after) {
    const auto orders = [](const Declarations& all, const std::set<std::string>& known) {
      std::map<std::string, std::vector<const Declaration*>> made;
      for (const auto& one : all) {
        const bool has_place = one.kind == DeclarationKind::kField || one.is_virtual;
        if (has_place && !one.scope.empty() && known.contains(one.name)) {
          made[one.scope].push_back(&one);
        }
      }
      return made;
    };
    const auto now = orders(after, old_scopes_);
    for (const auto& [scope, was] : orders(before, scopes_)) {
      const auto found = now.find(scope);
      if (found == now.end()) continue;
      const bool is_same =
          std::equal(was.begin(), was.end(), found->second.begin(), found->second.end(),
                     [](const Declaration* a, const Declaration* b) { return a->name == b->name; });
      if (!is_same) {
        add(FactKind::kAbiChanged, *found->second.front(), was.front(), found->second.front());
      }
    }
  }

  /// What each enumerator stands for: its own value, or so many behind one that has one.
  static std::map<std::string, std::pair<std::string, const Declaration*>> values_of(
      const Declarations& all) {
    std::map<std::string, std::pair<std::string, const Declaration*>> values;
    std::string scope;
    std::string last = "0";
    std::size_t behind = 0;
    for (const auto& one : all) {
      if (one.kind != DeclarationKind::kEnumerator) continue;
      if (one.scope != scope) {
        scope = one.scope;
        last = "0";
        behind = 0;
      }
      if (!one.value.empty()) {
        last = one.value;
        behind = 0;
      }
      values[one.name] = {number_after(last, behind++), &one};
    }
    return values;
  }

  static std::string number_after(const std::string& value, std::size_t behind) {
    const bool is_number =
        !value.empty() && value.size() < 10 && value.find_first_not_of("0123456789") == value.npos;
    if (is_number) return std::to_string(std::stoull(value) + behind);
    return value + " + " + std::to_string(behind);
  }

  void compare_enumerators(const Declarations& before, const Declarations& after) {
    const auto now = values_of(after);
    for (const auto& [name, was] : values_of(before)) {
      const auto found = now.find(name);
      if (found == now.end() || found->second.first == was.first) continue;
      add(FactKind::kAbiChanged, *found->second.second, was.second, found->second.second);
    }
  }

  std::vector<CodeFact>& facts_;
  std::set<std::string> old_scopes_;
  std::set<std::string> scopes_;
  bool is_compiled_ = false;
};

bool is_public_header(const Config& config, std::string_view path) {
  return std::any_of(config.api_headers.begin(), config.api_headers.end(),
                     [&](const std::string& glob) { return glob_match(glob, path); });
}

void append(Declarations& to, Declarations more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void review_api(const ReviewInput& input, Review& into) {
  // All headers together, so that what moves from one to another is not gone.
  Declarations before;
  Declarations after;
  std::map<Language, std::pair<Declarations, Declarations>> modules;
  for (const auto& file : input.files) {
    const auto language = analyzers::language_of(file.path);
    if (!language) continue;
    if (is_c(*language)) {
      if (!is_public_header(input.config, file.path)) continue;
      append(before, declarations_in_header(file.path, *language, file.original.value_or("")));
      append(after, declarations_in_header(file.path, *language, file.modified.value_or("")));
    } else if (role_of(input.config, file.path) == FileRole::kSource) {
      auto& [was, is] = modules[*language];
      append(was, declarations_in_module(file.path, *language, file.original.value_or("")));
      append(is, declarations_in_module(file.path, *language, file.modified.value_or("")));
    }
  }
  Comparer(into.facts).compare(before, after, true);
  for (const auto& [language, sides] : modules) {
    Comparer(into.facts).compare(sides.first, sides.second, false);
  }
}

}  // namespace automod::trial
