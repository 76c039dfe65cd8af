#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "engine/trial/review/source.hpp"

namespace automod::trial {

namespace {

using Words = std::set<std::string>;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// One form for "phrase" and "phrases", "cached" and "cache". Coarse: what it joins by mistake
/// only makes a file look related.
std::string stem(std::string word) {
  for (const std::string_view ending : {"ing", "ies", "es", "ed", "s", "er", "e"}) {
    if (word.size() > ending.size() + 3 && word.ends_with(ending)) {
      word.resize(word.size() - ending.size());
      break;
    }
  }
  return word;
}

bool is_filler(std::string_view word) {
  static constexpr auto kFillers = std::to_array<std::string_view>(
      {"the",      "and",    "for",    "with",    "from",   "into",   "that",    "this",
       "when",     "where",  "which",  "not",     "all",    "any",    "new",     "old",
       "std",      "size",   "const",  "auto",    "return", "string", "vector",  "int",
       "char",     "bool",   "void",   "include", "src",    "lib",    "main",    "self",
       "def",      "class",  "struct", "true",    "false",  "none",   "null",    "more",
       "less",     "than",   "make",   "use",     "its",    "are",    "was",     "has",
       "have",     "one",    "two",    "out",     "get",    "set",    "code",    "file",
       "line",     "change", "faster", "value",   "static", "public", "private", "namespace",
       "function", "begin",  "end",    "data",    "name",   "type",   "text",    "count",
       "add",      "import", "export"});
  return std::ranges::find(kFillers, word) != kFillers.end();
}

/// Words of prose and of names alike: "InvertedIndex" and "inverted_index" have the same two.
void add_words(std::string_view text, Words& into) {
  std::string word;
  const auto finish = [&] {
    if (word.size() >= 3 && !is_filler(word)) into.insert(stem(word));
    word.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_hump = is_upper(c) && i > 0 && is_lower(text[i - 1]);
    if (is_hump) finish();
    if (is_lower(c) || static_cast<unsigned char>(c) >= 0x80) {
      word += c;
    } else if (is_upper(c)) {
      word += static_cast<char>(c - 'A' + 'a');
    } else {
      finish();
    }
  }
  finish();
}

bool overlap(const Words& one, const Words& other) {
  return std::ranges::any_of(one, [&](const std::string& word) { return other.contains(word); });
}

std::string_view stem_of(std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.find('.'));
}

struct Part {
  const FileChange* file = nullptr;
  bool is_judged = false;   // source: what is neither test nor document nor build
  bool is_related = false;  // to the goal, by itself or through another file
  Words path_words;
  Words symbol_words;  // of the functions that are changed
  Words line_words;    // of all changed lines
  Words names;         // whole names on changed lines; none of prose
  std::set<std::string> includes;
};

/// Old lines that are gone and new lines that came.
std::vector<std::pair<std::string_view, bool>> changed_lines(const FileChange& file,
                                                             const std::vector<bool>& added,
                                                             const std::vector<bool>& gone) {
  std::vector<std::pair<std::string_view, bool>> all;
  const auto collect = [&](const std::optional<std::string>& text, const std::vector<bool>& marks,
                           bool is_new) {
    if (!text) return;
    const auto lines = split_lines(*text);
    for (std::size_t i = 0; i < lines.size() && i < marks.size(); ++i) {
      if (marks[i]) all.emplace_back(lines[i], is_new);
    }
  };
  collect(file.modified, added, true);
  collect(file.original, gone, false);
  return all;
}

std::vector<std::vector<bool>> gone_lines(const std::vector<FileChange>& files) {
  std::vector<FileChange> turned;
  for (const auto& file : files) {
    FileChange other;
    other.path = file.path;
    other.original = file.modified;
    other.modified = file.original;
    turned.push_back(std::move(other));
  }
  return added_lines(turned);
}

void add_symbols(const FileChange& file, const std::vector<bool>& added, Part& part) {
  const auto language = analyzers::language_of(file.path);
  if (!language || !file.modified) return;
  std::vector<std::size_t> offsets;
  std::size_t offset = 0;
  const auto lines = split_lines(*file.modified);
  for (std::size_t i = 0; i < lines.size() && i < added.size() && offsets.size() < 2000; ++i) {
    if (added[i]) offsets.push_back(offset);
    offset =
        static_cast<std::size_t>(lines[i].data() - file.modified->data()) + lines[i].size() + 1;
  }
  for (const auto& symbol : analyzers::enclosing_symbols(*language, *file.modified, offsets)) {
    add_words(symbol, part.symbol_words);
  }
}

void add_includes(const FileChange& file, Part& part) {
  for (const auto& text : {file.original, file.modified}) {
    if (!text) continue;
    for (const std::string_view line : split_lines(*text)) {
      const auto first = line.find_first_not_of(" \t");
      if (first == line.npos) continue;
      const std::string_view rest = line.substr(first);
      const bool is_import = rest.starts_with("#include") || rest.starts_with("import ") ||
                             rest.starts_with("from ") || rest.starts_with("use ") ||
                             rest.starts_with("mod ") || rest.find("require(") != rest.npos;
      if (!is_import) continue;
      std::string word;
      for (const char c : rest) {
        if (is_lower(c) || is_upper(c) || c == '_' || c == '-' || (c >= '0' && c <= '9')) {
          word += c;
        } else if (!word.empty()) {
          part.includes.insert(std::exchange(word, {}));
        }
      }
      if (!word.empty()) part.includes.insert(word);
    }
  }
}

void add_names(std::string_view line, Words& into) {
  std::string word;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    const char c = i < line.size() ? line[i] : ' ';
    const bool is_part = is_lower(c) || is_upper(c) || c == '_' || (c >= '0' && c <= '9');
    if (is_part) {
      word += c;
    } else if (!word.empty()) {
      if (word.size() >= 4 && !is_filler(word)) into.insert(word);
      word.clear();
    }
  }
}

bool is_linked(const Part& one, const Part& other) {
  const std::string one_stem(stem_of(one.file->path));
  const std::string other_stem(stem_of(other.file->path));
  return one_stem == other_stem || one.includes.contains(other_stem) ||
         other.includes.contains(one_stem) || overlap(one.names, other.names);
}

std::vector<Part> parts_of(const ReviewInput& input) {
  const auto added = added_lines(input.files);
  const auto gone = gone_lines(input.files);
  std::vector<Part> parts;
  for (std::size_t i = 0; i < input.files.size(); ++i) {
    const FileChange& file = input.files[i];
    Part part;
    part.file = &file;
    const FileRole role = role_of(input.config, file.path);
    part.is_judged = role == FileRole::kSource || role == FileRole::kOther;
    add_words(file.path, part.path_words);
    for (const auto& [line, is_new] : changed_lines(file, added[i], gone[i])) {
      add_words(line.substr(0, 500), part.line_words);
      if (role != FileRole::kDocument) add_names(line.substr(0, 500), part.names);
    }
    add_symbols(file, added[i], part);
    add_includes(file, part);
    parts.push_back(std::move(part));
  }
  return parts;
}

/// What is linked to something related is related.
void spread(std::vector<Part>& parts) {
  for (bool grew = true; grew;) {
    grew = false;
    for (Part& part : parts) {
      if (part.is_related) continue;
      part.is_related = std::ranges::any_of(
          parts, [&](const Part& other) { return other.is_related && is_linked(part, other); });
      grew = grew || part.is_related;
    }
  }
}

}  // namespace

void review_scope(const ReviewInput& input, Review& into) {
  constexpr std::size_t kMostFiles = 200;
  if (input.files.size() < 2 || input.files.size() > kMostFiles) return;
  Words goal;
  add_words(input.goal, goal);
  auto parts = parts_of(input);
  bool is_named = false;  // the goal speaks of something in the change
  for (Part& part : parts) {
    const bool by_name = overlap(goal, part.path_words) || overlap(goal, part.symbol_words);
    is_named = is_named || by_name;
    part.is_related = by_name || overlap(goal, part.line_words);
  }
  if (!is_named) return;
  spread(parts);
  for (const Part& part : parts) {
    if (part.is_related || !part.is_judged) continue;
    CodeFact fact;
    fact.kind = FactKind::kOutOfScope;
    fact.path = part.file->path;
    fact.what = part.file->path;
    into.facts.push_back(std::move(fact));
  }
}

}  // namespace automod::trial
