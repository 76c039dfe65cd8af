#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "analyzers/conventions/tally.hpp"
#include "analyzers/structure/words.hpp"
#include "analyzers/treesitter/visibility.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

using enum HabitTopic;

constexpr std::size_t kFewestWords = 5;     // of a comment whose language is guessed
constexpr std::size_t kMostComments = 400;  // of one file

struct Tongue {
  std::string_view name;
  std::span<const std::string_view> words;  // that nearly every sentence has some of
};

constexpr auto kEnglish = std::to_array<std::string_view>(
    {"the", "of",  "and",  "is",     "that",  "this", "it", "with", "for",
     "are", "not", "when", "if",     "which", "from", "be", "has",  "have",
     "to",  "we",  "can",  "should", "by",    "or",   "its"});
constexpr auto kGerman = std::to_array<std::string_view>(
    {"der", "die",  "das", "und", "ist",  "nicht", "ein",    "eine", "wird", "mit",  "auf", "den",
     "dem", "wenn", "von", "zu",  "auch", "oder",  "werden", "sind", "wir",  "hier", "aus"});
constexpr auto kFrench = std::to_array<std::string_view>(
    {"le",  "la",   "les", "est",  "une",   "des", "dans", "pour", "pas",  "que",
     "qui", "avec", "sur", "nous", "cette", "ce",  "du",   "et",   "sont", "ou"});
constexpr auto kSpanish = std::to_array<std::string_view>(
    {"el", "la", "los", "las", "es", "una", "para", "que", "con", "por", "del", "este", "esta",
     "como", "si", "se", "al", "y", "un"});
constexpr auto kPortuguese =
    std::to_array<std::string_view>({"o", "os", "uma", "para", "que", "com", "por", "do", "da",
                                     "dos", "este", "esta", "se", "um", "ao", "na", "os", "e"});
constexpr auto kItalian =
    std::to_array<std::string_view>({"il", "lo", "gli", "una", "per", "che", "con", "del", "della",
                                     "questo", "questa", "se", "un", "sono", "nel", "di", "e"});

constexpr std::array<Tongue, 6> kTongues = {{{"English", kEnglish},
                                             {"German", kGerman},
                                             {"French", kFrench},
                                             {"Spanish", kSpanish},
                                             {"Portuguese", kPortuguese},
                                             {"Italian", kItalian}}};

/// By its script; empty: letters of Latin, or none.
std::string_view tongue_of_script(std::string_view text) {
  std::size_t cyrillic = 0, kana = 0, han = 0, hangul = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first == 0xd0 || first == 0xd1) ++cyrillic;
    if (first == 0xe3 && static_cast<unsigned char>(text[i + 1]) <= 0x83) ++kana;
    if (first >= 0xe4 && first <= 0xe9) ++han;
    if (first >= 0xea && first <= 0xed) ++hangul;
  }
  if (cyrillic > 8) return "Russian";
  if (kana > 2) return "Japanese";
  if (hangul > 4) return "Korean";
  return han > 4 ? "Chinese" : "";
}

/// Empty where nothing tells.
std::string_view tongue_of(std::string_view comment) {
  if (const std::string_view script = tongue_of_script(comment); !script.empty()) return script;
  std::array<std::size_t, kTongues.size()> hits{};
  std::size_t words = 0;
  for_each_word(comment, [&](std::string_view word, std::size_t) {
    const std::string small = in_lower(word);
    ++words;
    for (std::size_t i = 0; i < kTongues.size(); ++i) {
      const auto& known = kTongues[i].words;
      if (std::ranges::find(known, small) != known.end()) ++hits[i];
    }
  });
  if (words < kFewestWords) return {};
  const auto best = std::ranges::max_element(hits);
  const bool is_clear = *best >= 2 && std::ranges::count_if(hits, [&](std::size_t one) {
                                        return 2 * one > *best;
                                      }) == 1;
  return is_clear ? kTongues[static_cast<std::size_t>(best - hits.begin())].name
                  : std::string_view();
}

void learn_tongue(const HabitSource& source, Tally& into) {
  std::size_t seen = 0;
  for (const SyntaxNode& node : source.tree.nodes) {
    if (!node.type.contains("comment") || seen == kMostComments) continue;
    ++seen;
    const std::string_view tongue = tongue_of(source.text_of(node));
    if (!tongue.empty()) into.add(kComments, "comments are written in", tongue, node.line);
  }
}

std::string_view style_of_doc(std::string_view doc) {
  for (const std::string_view begin : {"///", "//!", "/**", "/*!", "//", "/*", "#"}) {
    if (doc.starts_with(begin)) return begin;
  }
  doc.remove_prefix(std::min(doc.find_first_of("'\""), doc.size()));
  if (doc.starts_with("\"\"\"")) return "\"\"\"";
  return doc.starts_with("'''") ? "'''" : "";
}

/// How the parameters of a docstring are listed; empty: they are not.
std::string_view layout_of_docstring(std::string_view doc) {
  if (doc.contains(":param ") || doc.contains(":returns:") || doc.contains(":return:")) {
    return "Sphinx (:param x:)";
  }
  if (doc.contains("Parameters\n") && doc.contains("---")) return "numpydoc";
  return doc.contains("Args:\n") || doc.contains("Returns:\n") ? "Google (Args:)" : "";
}

void learn_docs(const HabitSource& source, Tally& into) {
  const FileFacts& facts = source.file.facts;
  const bool is_c = facts.language == Language::kC || facts.language == Language::kCpp;
  const bool is_shown = !is_c || is_header_of_c(source.file.path);
  const bool is_code = kind_of_file(source.file.path) == FileKind::kCode;
  for (const Symbol& symbol : facts.symbols) {
    if (!is_callable(symbol.kind) && !is_type(symbol.kind)) continue;
    const bool has_doc = symbol.doc.end > symbol.doc.begin && symbol.doc.end <= source.text.size();
    if (is_code && is_shown && symbol.visibility == Visibility::kPublic) {
      into.add(kComments, "what is public is explained", has_doc ? "yes" : "no", symbol.line);
    }
    if (!has_doc) continue;
    const std::string_view doc =
        source.text.substr(symbol.doc.begin, symbol.doc.end - symbol.doc.begin);
    if (const auto style = style_of_doc(doc); !style.empty()) {
      into.add(kComments, "explanations begin with", style, symbol.line);
    }
    if (facts.language != Language::kPython) continue;
    if (const auto layout = layout_of_docstring(doc); !layout.empty()) {
      into.add(kComments, "docstrings list parameters as", layout, symbol.line);
    }
  }
}

}  // namespace

void learn_comments(const HabitSource& source, Tally& into) {
  learn_tongue(source, into);
  learn_docs(source, into);
}

}  // namespace automod::analyzers
