#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/trial/review/source.hpp"
#include "engine/trial/review/text_parts.hpp"

namespace automod::trial {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

bool within(char32_t code, std::span<const Range> ranges) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

bool is_override(char32_t code) { return code == 0x202d || code == 0x202e; }

bool is_bidirectional(char32_t code) {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/// Scripts that need joiners and marks of direction to be written at all.
bool joins_letters(char32_t code) {
  static constexpr auto kScripts = std::to_array<Range>(
      {{0x0590, 0x08ff}, {0x0900, 0x0dff}, {0x0e00, 0x109f}, {0x1780, 0x18af}, {0xfb1d, 0xfdff}});
  return within(code, kScripts);
}

/// What a selector or a joiner may stand behind.
bool is_picture(char32_t code) { return is_pictograph(code) || code == 0xfe0f || code == 0x200d; }

bool is_selector(char32_t code) {
  return (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef);
}
bool is_tag(char32_t code) { return code >= 0xe0000 && code <= 0xe007f; }

bool is_code(FileRole role) { return role != FileRole::kDocument && role != FileRole::kOther; }

/// The code points of one line.
std::vector<char32_t> points_of(std::string_view line) {
  std::vector<char32_t> points;
  for (std::size_t at = 0; at < line.size();) {
    const Point point = point_at(line, at);
    points.push_back(point.code);
    at += point.length;
  }
  return points;
}

/// The flags of England, Scotland and Wales are a black flag and a few tags.
bool is_in_flag(const std::vector<char32_t>& points, std::size_t i) {
  for (std::size_t back = 0; back <= 8 && back <= i; ++back) {
    if (points[i - back] == 0x1f3f4) return true;
    if (!is_tag(points[i - back])) return false;
  }
  return false;
}

/// An invisible character that has no business where it stands.
bool hides(const TextSide& side, const std::vector<char32_t>& points, std::size_t i,
           bool is_first_line) {
  const char32_t code = points[i];
  const char32_t before = i > 0 ? points[i - 1] : 0;
  const char32_t after = i + 1 < points.size() ? points[i + 1] : 0;
  if (code == 0xfeff && i == 0 && is_first_line) return false;
  if (is_tag(code)) return !is_in_flag(points, i);
  if (is_selector(code)) {
    const bool is_keycap = after == 0x20e3;
    const bool is_han = before >= 0x3400 && before <= 0x9fff;
    return is_selector(before) || !(is_picture(before) || is_keycap || is_han);
  }
  if (!is_code(side.role)) return false;  // spaces without width are common in prose
  if (code == 0x200d && is_picture(before) && is_picture(after)) return false;
  const bool is_joiner = (code >= 0x200c && code <= 0x200f) || code == 0x061c || code == 0x180e;
  return !(is_joiner && (joins_letters(before) || joins_letters(after)));
}

void add(Review& into, FactKind kind, const std::string& path, std::size_t line, std::string what) {
  CodeFact fact;
  fact.kind = kind;
  fact.path = path;
  fact.line = line;
  fact.what = std::move(what);
  into.facts.push_back(std::move(fact));
}

void look_at_line(const TextSide& side, std::string_view line, std::size_t number, Review& into) {
  const bool is_ascii =
      std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) return;
  const auto points = points_of(line);
  std::set<char32_t> seen;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const char32_t code = points[i];
    const bool turns = is_bidirectional(code) && (is_code(side.role) || is_override(code));
    const bool is_hidden = is_invisible(code) && hides(side, points, i, number == 1);
    if ((!turns && !is_hidden) || !seen.insert(code).second) continue;
    add(into, turns ? FactKind::kBidirectional : FactKind::kInvisible, side.path, number,
        point_name(code));
  }
}

// Letters that look like those of ASCII. ICU has the whole table and would be a large library for
// one question; these are the scripts that people mistake and that compilers take in names. The
// letters of `from` stand in the order of `to`.
struct Alike {
  std::u32string_view from;
  std::string_view to;
};
constexpr auto kAlike = std::to_array<Alike>({
    {U"авсԁеցһіјкӏмпорԛгѕтцѵԝхухуАВСЕНІЈКМОРЅТХУԜԌ", "aBcdeghijklmnopqrstuvwxyxyABCEHIJKMOPSTXYWG"},
    {U"αβγεηικνορτυωχΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳϹϿ", "abynniKvoptuwxABEZHIKMNOPTYXcjCC"},
    {U"օսոհցզԱՕՍԼ", "ounhgqUOUL"},
    {U"ıȷſɑɡɩʏʟⅼⅰⅴⅹⅽⅾⅿℓ", "ijfagiyLlivxcdml"},
    {U"ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ", "ABCDEGHiJKLMPRSTVWZ"},
});

/// The ASCII letter that a code point looks like; 0: none.
char folded(char32_t code) {
  if (code >= 0xff01 && code <= 0xff5e) return static_cast<char>(code - 0xff01 + '!');
  if (code >= 0x1d400 && code <= 0x1d6a3) {
    const auto letter = static_cast<char>((code - 0x1d400) % 52);
    return static_cast<char>(letter < 26 ? 'A' + letter : 'a' + letter - 26);
  }
  if (code >= 0x1d7ce && code <= 0x1d7ff) return static_cast<char>('0' + (code - 0x1d7ce) % 10);
  for (const Alike& alike : kAlike) {
    const auto at = alike.from.find(code);
    if (at != alike.from.npos && at < alike.to.size()) return alike.to[at];
  }
  return 0;
}

/// Another way to write the same letter, which some languages take for the same name.
bool is_compatible(char32_t code) {
  return (code >= 0xff01 && code <= 0xff5e) || (code >= 0x1d400 && code <= 0x1d7ff) ||
         (code >= 0x2160 && code <= 0x2188) || (code >= 0xfb00 && code <= 0xfb06);
}

enum class Script { kNone, kLatin, kGreek, kForeign };

Script script_of(char32_t code) {
  const bool is_ascii = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
  if (is_ascii || (code >= 0xc0 && code <= 0x24f)) return Script::kLatin;
  if ((code >= 0x370 && code <= 0x3ff) || (code >= 0x1f00 && code <= 0x1fff)) return Script::kGreek;
  const bool is_foreign = (code >= 0x400 && code <= 0x58f) || (code >= 0x13a0 && code <= 0x13ff);
  return is_foreign ? Script::kForeign : Script::kNone;
}

struct Name {
  bool is_mixed = false;  // scripts that look alike within one word
  bool is_compatible = false;
  bool is_formula = false;  // a Greek letter or two: as mathematics is written
  std::string fold;         // in ASCII; empty: it does not look like ASCII
};

Name look_at(std::string_view name) {
  Name seen;
  bool has_latin = false;
  bool has_foreign = false;
  bool has_greek = false;
  bool folds = true;
  for (const char32_t code : points_of(name)) {
    const Script script = script_of(code);
    if (script == Script::kNone && code < 0x80) has_latin = has_foreign = false;  // a new word
    has_latin = has_latin || script == Script::kLatin;
    has_greek = has_greek || script == Script::kGreek;
    // Greek letters are the words of formulas: "Δt" and "σ_max" mean what they say.
    const bool is_disguised =
        script == Script::kGreek && (code == U'ο' || code == U'Ο' ||
                                     (code >= U'Α' && folded(code) >= 'A' && folded(code) <= 'Z'));
    has_foreign = has_foreign || script == Script::kForeign || is_disguised;
    seen.is_mixed = seen.is_mixed || (has_latin && has_foreign);
    seen.is_compatible = seen.is_compatible || is_compatible(code);
    const char fold = code < 0x80 ? static_cast<char>(code) : folded(code);
    folds = folds && fold != 0;
    if (fold != 0) seen.fold += fold;
  }
  if (!folds) seen.fold.clear();
  seen.is_formula = has_greek && seen.fold.size() < 3;
  return seen;
}

/// Names written with escapes: JavaScript and Java read `\u0065val` as eval.
bool is_escaped(const Source& source, std::string_view name) {
  const bool reads_escapes = source.is_script() || source.language == analyzers::Language::kJava;
  return reads_escapes && name.find("\\u") != name.npos;
}

bool is_ascii(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct Suspect {
  std::string path;
  std::size_t line = 0;
  std::string name;
  std::string fold;
};

/// Does the base use the name? Its text is searched, which is bounded.
bool base_has(const ReviewInput& input, const std::string& name) {
  std::size_t bytes = 0;
  for (const auto& path : input.base_paths) {
    if (!analyzers::language_of(path) || bytes > 16 * kMiB) continue;
    const auto text = input.read_base(path);
    if (!text) continue;
    bytes += text->size();
    if (text->find(name) != text->npos) return true;
  }
  return false;
}

void add_homoglyph(Review& into, const Suspect& suspect) {
  add(into, FactKind::kHomoglyph, suspect.path, suspect.line, shown(suspect.name));
  into.facts.back().after = suspect.fold;
}

}  // namespace

void add_disguise(const TextSide& side, Review& into) {
  if (!is_ascii(side.path)) {
    for (const char32_t code : points_of(side.path)) {
      if (!is_bidirectional(code) && !is_invisible(code)) continue;
      add(into, is_bidirectional(code) ? FactKind::kBidirectional : FactKind::kInvisible, side.path,
          0, point_name(code) + " in the file's name");
      break;
    }
  }
  const std::size_t most = into.facts.size() + kMostAlike;
  for (std::size_t i = 0; i < side.lines.size() && i < side.added.size(); ++i) {
    if (side.added[i] && into.facts.size() < most) {
      look_at_line(side, side.lines[i], i + 1, into);
    }
  }
}

void add_homoglyphs(const ReviewInput& input, const std::vector<TextSide>& sides, Review& into) {
  std::set<std::string> old_names;
  std::set<std::string> names;
  for (const auto& file : input.files) {
    if (!file.original || is_ascii(*file.original)) continue;
    const auto source = read_source(file.path, *file.original);
    if (!source) continue;
    for (const Token& token : source->tokens) old_names.insert(token.text);
  }
  std::vector<Suspect> suspects;
  for (const TextSide& side : sides) {
    const bool has_escapes = side.text.find("\\u") != side.text.npos;
    if (is_ascii(side.text) && !has_escapes) continue;
    const auto source = read_source(side.path, side.text);
    if (!source) continue;
    const std::size_t most = into.facts.size() + kMostAlike;
    for (const Token& token : source->tokens) {
      if (token.kind != TokenKind::kName || into.facts.size() >= most) continue;
      const bool is_plain = is_ascii(token.text) && !is_escaped(*source, token.text);
      if (!names.insert(token.text).second || is_plain || old_names.contains(token.text)) continue;
      const Name seen = look_at(token.text);
      const Suspect suspect{side.path, token.line, token.text, seen.fold};
      if (seen.is_mixed || seen.is_compatible || is_escaped(*source, token.text)) {
        add_homoglyph(into, suspect);
      } else if (!seen.fold.empty() && !seen.is_formula && suspects.size() < 20) {
        suspects.push_back(suspect);
      }
    }
  }
  for (const Suspect& suspect : suspects) {
    const bool is_known = names.contains(suspect.fold) || old_names.contains(suspect.fold) ||
                          base_has(input, suspect.fold);
    if (is_known) add_homoglyph(into, suspect);
  }
}

}  // namespace automod::trial
