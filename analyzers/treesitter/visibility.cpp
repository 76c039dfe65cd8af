#include "analyzers/treesitter/visibility.hpp"

#include <algorithm>
#include <array>

namespace automod::analyzers {

namespace {

struct Word {
  std::string_view word;
  Visibility visibility;
};

constexpr std::array<Word, 4> kWords = {{
    {"public", Visibility::kPublic},
    {"pub", Visibility::kPublic},
    {"protected", Visibility::kProtected},
    {"private", Visibility::kPrivate},
}};

bool is_member(const Surroundings& place) {
  return place.container != nullptr && is_type(place.container->kind);
}

Visibility in_c(const Surroundings& place) {
  if (place.kind == SymbolKind::kMacro) return Visibility::kPublic;
  if (is_member(place)) {
    if (place.container->kind == SymbolKind::kEnum) return place.container->visibility;
    const bool is_class = place.container->kind == SymbolKind::kClass;
    return place.access.value_or(is_class ? Visibility::kPrivate : Visibility::kPublic);
  }
  if (place.is_static || place.said) return Visibility::kFile;
  const bool is_hidden =
      place.container != nullptr && place.container->visibility == Visibility::kFile;
  return is_hidden ? Visibility::kFile : Visibility::kPublic;
}

Visibility in_python(const Surroundings& place) {
  if (!place.name.starts_with('_')) return Visibility::kPublic;
  if (place.name.starts_with("__") && place.name.ends_with("__")) return Visibility::kPublic;
  if (!is_member(place)) return Visibility::kFile;
  return place.name.starts_with("__") ? Visibility::kPrivate : Visibility::kProtected;
}

Visibility in_go(const Surroundings& place) {
  if (place.kind == SymbolKind::kNamespace) return Visibility::kPublic;
  const unsigned char first = place.name.empty() ? '\0' : static_cast<unsigned char>(place.name[0]);
  // Letters beyond ASCII have no capitals that could be told from their first byte.
  return first >= 'A' && first <= 'Z' ? Visibility::kPublic : Visibility::kFile;
}

Visibility in_rust(const Surroundings& place) {
  if (place.said) return *place.said;
  if (place.is_member_of_extension) return Visibility::kPrivate;
  if (!is_member(place)) return Visibility::kFile;
  const SymbolKind around = place.container->kind;
  const bool is_as_its_type = around == SymbolKind::kInterface || around == SymbolKind::kEnum;
  return is_as_its_type ? place.container->visibility : Visibility::kPrivate;
}

Visibility in_java(const Surroundings& place) {
  if (place.kind == SymbolKind::kNamespace || place.kind == SymbolKind::kEnumerator) {
    return Visibility::kPublic;
  }
  const bool is_of_interface =
      place.container != nullptr && place.container->kind == SymbolKind::kInterface;
  return is_of_interface ? Visibility::kPublic : Visibility::kFile;
}

Visibility in_script(const Surroundings& place) {
  if (place.name.starts_with('#')) return Visibility::kPrivate;
  if (place.said) return *place.said;
  const bool is_free = place.container == nullptr ||
                       place.container->kind == SymbolKind::kNamespace ||
                       is_callable(place.container->kind);
  return is_free ? Visibility::kFile : Visibility::kPublic;
}

}  // namespace

Visibility visibility_of(const Surroundings& place) {
  switch (place.language) {
    case Language::kC:
    case Language::kCpp:
      return in_c(place);
    case Language::kPython:
      return in_python(place);
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx:
      return in_script(place);
    case Language::kGo:
      return in_go(place);
    case Language::kRust:
      return in_rust(place);
    case Language::kJava:
      return in_java(place);
  }
  return Visibility::kPublic;
}

std::optional<Visibility> visibility_word(std::string_view word) {
  const auto* known = std::ranges::find(kWords, word, &Word::word);
  if (known != kWords.end()) return known->visibility;
  if (word.starts_with("pub")) return Visibility::kFile;  // "pub(crate)", "pub(super)"
  return std::nullopt;
}

bool is_type(SymbolKind kind) {
  return kind == SymbolKind::kClass || kind == SymbolKind::kStruct || kind == SymbolKind::kUnion ||
         kind == SymbolKind::kInterface || kind == SymbolKind::kEnum;
}

bool is_callable(SymbolKind kind) {
  return kind == SymbolKind::kFunction || kind == SymbolKind::kMethod;
}

}  // namespace automod::analyzers
