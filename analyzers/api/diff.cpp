#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analyzers/api/api.hpp"

namespace automod::analyzers {

namespace {

using Entries = std::vector<const ApiEntry*>;
using Key = std::pair<std::string, ApiKind>;
using Groups = std::map<Key, Entries>;

Groups grouped(const ApiSurface& surface) {
  Groups groups;
  for (const ApiEntry& entry : surface.entries) groups[{entry.name, entry.kind}].push_back(&entry);
  return groups;
}

std::set<std::string> types_of(const ApiSurface& surface) {
  std::set<std::string> names;
  for (const ApiEntry& entry : surface.entries) {
    if (entry.kind == ApiKind::kType || entry.kind == ApiKind::kEnum) names.insert(entry.name);
  }
  return names;
}

bool same_types(const ApiEntry& was, const ApiEntry& is) {
  return std::ranges::equal(was.parameters, is.parameters, {}, &ApiParameter::type,
                            &ApiParameter::type);
}

/// All that was given may still be given, and what is new need not be.
bool extends(const ApiEntry& was, const ApiEntry& is) {
  if (is.parameters.size() <= was.parameters.size()) return false;
  for (std::size_t i = 0; i < is.parameters.size(); ++i) {
    if (i >= was.parameters.size()) {
      if (!is.parameters[i].is_optional) return false;
    } else if (was.parameters[i].type != is.parameters[i].type) {
      return false;
    }
  }
  return true;
}

bool is_same_function(const ApiEntry& was, const ApiEntry& is) {
  return was.form == is.form && was.is_const == is.is_const && was.templated == is.templated &&
         same_types(was, is);
}

/// The same list of template parameters with more behind it, which have defaults.
bool extends_template(const std::string& was, const std::string& is) {
  if (was.empty() || !is.starts_with(was.substr(0, was.size() - 1) + ", ")) return false;
  const std::string more = is.substr(was.size() + 1);
  return std::ranges::count(more, '=') > std::ranges::count(more, ',');
}

bool is_moved(const ApiLayout& was, const ApiLayout& is) {
  if (was.size != is.size || was.align != is.align) return true;
  const auto place = [](const ApiField& field) {
    return std::tie(field.type, field.offset, field.width);
  };
  if (!std::ranges::equal(was.fields, is.fields, {}, place, place)) return true;
  // Another name at the same place is nothing to callers; the same names in another order are.
  const auto names = [](const ApiLayout& layout) {
    std::set<std::string> all;
    for (const ApiField& field : layout.fields) all.insert(field.name);
    return all;
  };
  return names(was) == names(is) &&
         !std::ranges::equal(was.fields, is.fields, {}, &ApiField::name, &ApiField::name);
}

/// Python's lists and the like as defaults, which outlive the call, are mended in this way.
bool is_mended(const ApiEntry& entry, const std::string& was, const std::string& is) {
  return !entry.is_compiled && is == "None " &&
         (was == "[ ] " || was == "{ } " || was == "set ( ) " || was == "list ( ) " ||
          was == "dict ( ) ");
}

std::string listed(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : "; ") + one;
  return text;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

class Differ {
 public:
  Differ(const ApiSurface& before, const ApiSurface& after)
      : before_(grouped(before)),
        after_(grouped(after)),
        old_types_(types_of(before)),
        types_(types_of(after)) {}

  std::vector<ApiChange> all() {
    for (const auto& [key, was] : before_) {
      const auto found = after_.find(key);
      compare_group(was, found == after_.end() ? Entries{} : found->second);
    }
    for (const auto& [key, is] : after_) {
      if (!before_.contains(key)) added(is);
    }
    std::ranges::sort(changes_, [](const ApiChange& one, const ApiChange& other) {
      return std::tie(other.impact, one.path, one.line, one.name, one.reason, one.after) <
             std::tie(one.impact, other.path, other.line, other.name, other.reason, other.after);
    });
    return std::move(changes_);
  }

 private:
  using enum ApiImpact;

  void say(ApiImpact impact, std::string reason, const ApiEntry* was, const ApiEntry* is,
           const std::string& before = {}, const std::string& after = {}) {
    const ApiEntry& at = is == nullptr ? *was : *is;
    // Who is built anew at each run has no binary to break.
    if (impact == kBinary && !at.is_compiled) impact = kCompatible;
    const bool has_texts = !before.empty() || !after.empty();
    changes_.push_back({.impact = impact,
                        .reason = std::move(reason),
                        .kind = at.kind,
                        .name = at.name,
                        .path = at.path,
                        .line = at.line,
                        .before = has_texts || was == nullptr ? before : was->text,
                        .after = has_texts || is == nullptr ? after : is->text});
  }

  void compare_group(Entries was, Entries is) {
    std::erase_if(was, [&](const ApiEntry* one) {
      const auto found = std::ranges::find_if(
          is, [&](const ApiEntry* other) { return is_same_function(*one, *other); });
      if (found == is.end()) return false;
      compare(*one, **found);
      is.erase(found);
      return true;
    });
    std::erase_if(was, [&](const ApiEntry* one) {
      const auto found = std::ranges::find_if(
          is, [&](const ApiEntry* other) { return compare_changed(*one, *other); });
      if (found == is.end()) return false;
      is.erase(found);
      return true;
    });
    if (was.size() == 1 && is.size() == 1) {
      compare_rewritten(*was.front(), *is.front());
      return;
    }
    for (const ApiEntry* one : was) removed(*one);
    added(is);
  }

  void removed(const ApiEntry& was) {
    const bool with_its_type =
        !was.scope.empty() && old_types_.contains(was.scope) && !types_.contains(was.scope);
    if (!with_its_type) say(kBreaking, "removed", &was, nullptr);
  }

  void added(const Entries& all) {
    for (const ApiEntry* is : all) {
      const bool with_its_type =
          !is->scope.empty() && types_.contains(is->scope) && !old_types_.contains(is->scope);
      if (!with_its_type) say(kCompatible, "added", nullptr, is);
    }
  }

  /// True for one of the ways in which a function is still the same to those who call it.
  bool compare_changed(const ApiEntry& was, const ApiEntry& is) {
    if (was.kind != ApiKind::kFunction || was.templated != is.templated) return false;
    if (was.form == is.form && was.is_const == is.is_const && extends(was, is)) {
      say(kBinary, "parameters_added", &was, &is);
    } else if (same_types(was, is) && was.is_const != is.is_const) {
      say(is.is_const ? kBinary : kBreaking, is.is_const ? "const_added" : "const_removed", &was,
          &is);
    } else {
      return false;
    }
    compare_function(was, is);
    return true;
  }

  void compare_rewritten(const ApiEntry& was, const ApiEntry& is) {
    if (was.templated != is.templated) {
      const bool fits = extends_template(was.templated, is.templated);
      say(fits ? kBinary : kBreaking, "template_changed", &was, &is);
      if (was.kind == ApiKind::kType) compare(was, is);
    } else if (was.kind == ApiKind::kFunction || was.kind == ApiKind::kMacro) {
      say(kBreaking, "parameters_changed", &was, &is);
    } else {
      say(kBreaking, "form_changed", &was, &is);
    }
  }

  void compare(const ApiEntry& was, const ApiEntry& is) {
    if (was.is_protected != is.is_protected) {
      say(is.is_protected ? kBreaking : kCompatible,
          is.is_protected ? "access_reduced" : "access_widened", &was, &is);
    }
    switch (was.kind) {
      case ApiKind::kFunction:
        return compare_function(was, is);
      case ApiKind::kType:
        return compare_type(was, is);
      case ApiKind::kEnum:
        if (was.type != is.type)
          say(kBinary, "underlying_type_changed", &was, &is, was.type, is.type);
        return;
      case ApiKind::kMacro:
        return compare_macro(was, is);
      case ApiKind::kConcept:
        if (was.text != is.text) say(kBreaking, "constraint_changed", &was, &is);
        return;
      default:
        return compare_value(was, is);
    }
  }

  void compare_value(const ApiEntry& was, const ApiEntry& is) {
    if (was.kind != ApiKind::kEnumerator && was.type != is.type) {
      return say(kBreaking, "type_changed", &was, &is);
    }
    if (was.is_static != is.is_static) say(kBreaking, "static_changed", &was, &is);
    if (was.value == is.value) return;
    // A field begins as its initializer says in constructors, which callers may compile.
    say(was.kind == ApiKind::kField ? kCompatible : kBinary, "value_changed", &was, &is);
  }

  void compare_macro(const ApiEntry& was, const ApiEntry& is) {
    if (was.type != is.type) return say(kBreaking, "parameters_changed", &was, &is);
    if (was.value == is.value) return;
    const bool is_callable = !was.type.empty();
    say(is_callable ? kCompatible : kBinary, is_callable ? "body_changed" : "value_changed", &was,
        &is);
  }

  void compare_function(const ApiEntry& was, const ApiEntry& is) {
    if (was.type != is.type) say(kBreaking, "result_changed", &was, &is);
    compare_defaults(was, is);
    if (was.is_noexcept && !is.is_noexcept) say(kBreaking, "noexcept_removed", &was, &is);
    if (!was.is_noexcept && is.is_noexcept) {
      // Who overrides it has to promise it from now on.
      say(is.is_virtual && was.is_virtual ? kBreaking : kCompatible, "noexcept_added", &was, &is);
    }
    if (was.is_virtual && !is.is_virtual) say(kBreaking, "no_longer_virtual", &was, &is);
    if (!was.is_static && is.is_static) say(kBinary, "became_static", &was, &is);
    if (was.is_static && !is.is_static) say(kBreaking, "no_longer_static", &was, &is);
    if (!was.is_explicit && is.is_explicit) say(kBreaking, "became_explicit", &was, &is);
    if (was.is_explicit && !is.is_explicit) say(kCompatible, "no_longer_explicit", &was, &is);
    if (!was.is_deleted && is.is_deleted) say(kBreaking, "deleted", &was, &is);
    if (!was.is_hidden && is.is_hidden) say(kBreaking, "hidden", &was, &is);
    compare_code(was, is);
  }

  void compare_defaults(const ApiEntry& was, const ApiEntry& is) {
    for (std::size_t i = 0; i < std::min(was.parameters.size(), is.parameters.size()); ++i) {
      const ApiParameter& old_one = was.parameters[i];
      const ApiParameter& one = is.parameters[i];
      if (old_one.is_optional && !one.is_optional)
        return say(kBreaking, "default_removed", &was, &is);
      if (!old_one.is_optional && one.is_optional)
        return say(kCompatible, "default_added", &was, &is);
      if (old_one.preset != one.preset && !is_mended(is, old_one.preset, one.preset)) {
        return say(kBreaking, "default_changed", &was, &is);
      }
    }
  }

  /// What callers compile in, and what they leave to the linker.
  void compare_code(const ApiEntry& was, const ApiEntry& is) {
    const bool is_template = !is.templated.empty();
    if (!is_template && !was.is_inline && is.is_inline && !is.is_deleted) {
      say(kBinary, "became_inline", &was, &is);
    } else if (!is_template && was.is_inline && !is.is_inline) {
      say(kCompatible, "no_longer_inline", &was, &is);
    } else if (was.body != is.body) {
      say(kCompatible, "body_changed", &was, &is);
    }
    const bool explained = was.is_const != is.is_const || !same_types(was, is);
    if (!explained && !was.symbol.empty() && !is.symbol.empty() && was.symbol != is.symbol) {
      say(kBinary, "symbol_changed", &was, &is, was.symbol, is.symbol);
    }
  }

  void compare_type(const ApiEntry& was, const ApiEntry& is) {
    if (!was.layout) return;  // only its name was known
    if (!is.layout) return say(kBreaking, "became_opaque", &was, &is);
    if (!was.is_final && is.is_final) say(kBreaking, "became_final", &was, &is);
    for (const std::string& base : was.bases) {
      if (!contains(is.bases, base)) say(kBreaking, "base_removed", &was, &is, base);
    }
    for (const std::string& base : is.bases) {
      if (!contains(was.bases, base)) say(kBinary, "base_added", &was, &is, {}, base);
    }
    compare_table(was, is);
    if (is_moved(*was.layout, *is.layout)) {
      say(kBinary, "layout_changed", &was, &is, text_of(*was.layout), text_of(*is.layout));
    } else if (was.is_pod && !is.is_pod) {
      say(kBinary, "no_longer_pod", &was, &is);
    }
  }

  void compare_table(const ApiEntry& was, const ApiEntry& is) {
    bool demands = !was.is_abstract && is.is_abstract;
    for (const std::string& one : is.virtuals) {
      demands = demands || (one.ends_with(" = 0") && !contains(was.virtuals, one));
    }
    if (demands) {
      say(kBreaking, "pure_virtual_added", &was, &is, listed(was.virtuals), listed(is.virtuals));
    } else if (was.virtuals != is.virtuals) {
      say(kBinary, "vtable_changed", &was, &is, listed(was.virtuals), listed(is.virtuals));
    }
  }

  Groups before_;
  Groups after_;
  std::set<std::string> old_types_;
  std::set<std::string> types_;
  std::vector<ApiChange> changes_;
};

}  // namespace

std::vector<ApiChange> diff(const ApiSurface& before, const ApiSurface& after) {
  return Differ(before, after).all();
}

}  // namespace automod::analyzers
