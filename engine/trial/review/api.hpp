#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/api/api.hpp"
#include "analyzers/treesitter/syntax.hpp"
#include "engine/types/config.hpp"

/// What others can call: the declarations of public headers and modules.
namespace automod::trial {

enum class DeclarationKind { kFunction, kField, kEnumerator, kType, kMacro, kValue };

struct Parameter {
  std::string type;          // with its name where callers may write that; what has to fit
  std::string preset;        // its default; empty: none
  bool is_optional = false;  // need not be given
};

struct Declaration {
  DeclarationKind kind = DeclarationKind::kFunction;
  std::string name;       // qualified: "wordrank::Index::add"
  std::string scope;      // the class or enumeration around it; empty: none
  std::string signature;  // what has to stay for callers to build, parameters left out
  std::vector<Parameter> parameters;
  std::string text;       // for people
  std::string value;      // of macros, constants and enumerators
  bool is_public = true;  // else only its size and place in memory are seen outside
  bool is_virtual = false;
  bool is_noexcept = false;
  bool is_static = false;
  std::string path;
  std::size_t line = 0;
};

std::vector<Declaration> declarations_in_header(std::string_view path, analyzers::Language language,
                                                std::string_view text);
std::vector<Declaration> declarations_in_module(std::string_view path, analyzers::Language language,
                                                std::string_view text);

/// What a public header or a module offers, by its syntax: types are what their fields are, in
/// order; no sizes, offsets or resolved types.
std::vector<analyzers::ApiEntry> api_entries(std::string_view path, analyzers::Language language,
                                             std::string_view text);

/// Is it one of the headers that others build on?
bool is_public_header(const Config& config, std::string_view path);

}  // namespace automod::trial
