#include <algorithm>
#include <map>
#include <utility>

#include "analyzers/clang/units.hpp"
#include "base/text.hpp"
#include "engine/trial/review/api.hpp"

namespace automod::trial {

namespace {

using analyzers::ApiEntry;
using analyzers::ApiKind;

ApiKind kind_of(DeclarationKind kind) {
  switch (kind) {
    case DeclarationKind::kFunction:
      return ApiKind::kFunction;
    case DeclarationKind::kField:
      return ApiKind::kField;
    case DeclarationKind::kEnumerator:
      return ApiKind::kEnumerator;
    case DeclarationKind::kType:
      return ApiKind::kType;
    case DeclarationKind::kMacro:
      return ApiKind::kMacro;
    case DeclarationKind::kValue:
      return ApiKind::kVariable;
  }
  return ApiKind::kVariable;
}

ApiEntry entry_of(const Declaration& read, bool is_compiled) {
  ApiEntry entry{.kind = kind_of(read.kind),
                 .name = read.name,
                 .scope = read.scope,
                 .text = read.text,
                 .type = read.signature,
                 .value = read.value,
                 .is_compiled = is_compiled,
                 .is_virtual = read.is_virtual,
                 .is_static = read.is_static,
                 .is_noexcept = read.is_noexcept,
                 .path = read.path,
                 .line = read.line};
  // What a type is and what it is made from.
  if (entry.kind == ApiKind::kType) entry.form = read.signature;
  for (const Parameter& parameter : read.parameters) {
    entry.parameters.push_back({parameter.type, parameter.preset, parameter.is_optional});
  }
  return entry;
}

std::string number_after(const std::string& value, std::size_t behind) {
  const bool is_number =
      !value.empty() && value.size() < 10 && value.find_first_not_of("0123456789") == value.npos;
  if (is_number) return std::to_string(std::stoull(value) + behind);
  return behind == 0 ? value : value + " + " + std::to_string(behind);
}

/// Says for each enumerator what it stands for: its own value, or so many behind one that has one.
void count_enumerators(std::vector<Declaration>& all) {
  std::string scope;
  std::string last = "0";
  std::size_t behind = 0;
  for (Declaration& one : all) {
    if (one.kind != DeclarationKind::kEnumerator) continue;
    if (one.scope != scope || !one.value.empty()) {
      last = one.value.empty() ? "0" : one.value;
      behind = 0;
    }
    scope = one.scope;
    one.value = number_after(last, behind++);
  }
}

}  // namespace

std::vector<ApiEntry> api_entries(std::string_view path, analyzers::Language language,
                                  std::string_view text) {
  const bool is_compiled = analyzers::is_c_family(path);
  auto all = is_compiled ? declarations_in_header(path, language, text)
                         : declarations_in_module(path, language, text);
  if (is_compiled) count_enumerators(all);
  std::map<std::string, std::vector<analyzers::ApiField>> fields;
  std::map<std::string, std::vector<std::string>> virtuals;
  for (const Declaration& one : all) {
    if (one.kind == DeclarationKind::kField && !one.is_static) {
      fields[one.scope].push_back({one.name, one.signature, std::nullopt, std::nullopt});
    }
    if (one.is_virtual) virtuals[one.scope].push_back(one.text);
  }
  std::vector<ApiEntry> entries;
  for (const Declaration& one : all) {
    if (!one.is_public) continue;
    ApiEntry entry = entry_of(one, is_compiled);
    if (is_compiled && entry.kind == ApiKind::kType) {
      entry.layout = analyzers::ApiLayout{.fields = fields[one.name]};
      entry.virtuals = virtuals[one.name];
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

bool is_public_header(const Config& config, std::string_view path) {
  return std::ranges::any_of(config.api_headers,
                             [&](const std::string& glob) { return glob_match(glob, path); });
}

}  // namespace automod::trial
