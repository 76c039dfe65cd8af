#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What can be said of a file from its syntax alone, for every language with a grammar.
namespace automod::analyzers {

enum class Language { kC, kCpp, kPython, kJavaScript, kTypeScript, kTsx, kGo, kRust, kJava };

std::string_view name(Language language);

/// By file name; nullopt where no grammar knows it. `.h` counts as C++.
std::optional<Language> language_of(std::string_view path);

/// Number of places at which the text is no sentence of the language. nullopt when parsing took
/// longer than its budget.
std::optional<std::size_t> syntax_errors(Language language, std::string_view text);

/// Name of the innermost function, method or type that encloses the byte; empty at file level.
std::string enclosing_symbol(Language language, std::string_view text, std::size_t offset);

}  // namespace automod::analyzers
