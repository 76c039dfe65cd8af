#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
/// Written as the language does ("Index::add", "Index.add"), the namespace left out unless the
/// definition itself writes it.
std::string enclosing_symbol(Language language, std::string_view text, std::size_t offset);

/// The same for many bytes of one text, which is parsed once.
std::vector<std::string> enclosing_symbols(Language language, std::string_view text,
                                           const std::vector<std::size_t>& offsets);

/// How many loops run each byte again and again, those of its innermost function; a closure belongs
/// to the function that it stands in. What a loop does once, such as making what it goes through,
/// is not in it, nor is its first word. 0 also where parsing took too long.
std::vector<std::size_t> loops_around(Language language, std::string_view text,
                                      const std::vector<std::size_t>& offsets);

}  // namespace automod::analyzers
