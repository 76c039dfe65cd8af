#include "tests/unit/engine/propose/naive_edits.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/secrets.hpp"
#include "base/text.hpp"

namespace automod::testing::naive {

namespace {

const std::string kMark = "\xef\xbb\xbf";

struct Block {
  std::string word;  // SEARCH, FILE, DELETE, RENAME
  std::string path;
  std::vector<std::string> wanted;
  std::vector<std::string> fresh;
  std::string new_path;
};

std::string strip_end(std::string text) {
  while (!text.empty() && std::string(" \t\r\n").find(text.back()) != std::string::npos) {
    text.pop_back();
  }
  return text;
}

std::string strip(std::string text) {
  text = strip_end(text);
  while (!text.empty() && std::string(" \t\r\n").find(text.front()) != std::string::npos) {
    text.erase(0, 1);
  }
  return text;
}

std::string word_opened(const std::string& line) {
  for (const char* word : {"SEARCH", "FILE", "DELETE", "RENAME"}) {
    if (strip_end(line) == std::string("<<<<<<< ") + word) return word;
  }
  return "";
}

bool is_suspicious(const std::string& line) {
  const std::string text = strip(line);
  if (text.empty() || (text[0] != '<' && text[0] != '>')) return false;
  std::size_t signs = 0;
  while (signs < text.size() && text[signs] == text[0]) ++signs;
  const std::string rest = text.substr(signs);
  const bool is_letter_next = !rest.empty() && std::isalpha(static_cast<unsigned char>(rest[0]));
  const bool is_blank_next =
      !rest.empty() && (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r');
  if (signs == 7 && (rest.empty() || is_letter_next || is_blank_next)) return true;
  std::string word;
  for (const char c : strip(rest)) {
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  const std::set<std::string> words{"SEARCH", "REPLACE", "FILE", "DELETE", "RENAME"};
  return signs >= 5 && words.contains(word);
}

bool is_fence(const std::string& line) {
  const std::string text = strip(line);
  if (text.substr(0, 3) == "~~~") return true;
  if (text.substr(0, 3) != "```") return false;
  std::string rest = text;
  while (!rest.empty() && rest[0] == '`') rest.erase(0, 1);
  return rest.find('`') == std::string::npos;
}

bool is_bare_fence(const std::string& line) {
  const std::string text = strip(line);
  return is_fence(line) && text == std::string(text.size(), text[0]);
}

std::string plain(std::string text) {
  const auto peel = [&](const std::string& mark) {
    const std::size_t n = mark.size();
    if (text.size() <= 2 * n || text.substr(0, n) != mark) return false;
    if (text.substr(text.size() - n) != mark) return false;
    text = text.substr(n, text.size() - 2 * n);
    return true;
  };
  text = strip(text);
  peel("**");
  while (peel("`")) {
  }
  peel("**");
  return text;
}

bool is_allowed(const std::string& path) {
  if (path.empty() || path.size() > 4096 || path[0] == '/') return false;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\' || c == '`') return false;
  }
  std::string part;
  for (const char c : path + "/") {
    if (c != '/') {
      part += c;
      continue;
    }
    std::string low;
    for (const char p : part) low += static_cast<char>(std::tolower(static_cast<unsigned char>(p)));
    if (part.empty() || low == ".git" || part.size() > 255) return false;
    if (part.back() == '.' || part.back() == ' ') return false;
    part.clear();
  }
  return true;
}

bool is_fit_for_new(const std::string& path) {
  return path.find_first_of(" \t\"'`*:<>?|") == std::string::npos;
}

using Lines = std::vector<NaiveLine>;

/// Which prose lines open (1) or close (2) a fence; refuses what no prose may hold.
std::optional<std::vector<int>> roles_of_prose(const Lines& lines, const std::vector<int>& inside) {
  std::vector<int> roles(lines.size(), 0);
  bool is_open = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (inside[i] != 0) continue;
    if (is_suspicious(lines[i].text)) return std::nullopt;
    if (!is_fence(lines[i].text)) continue;
    roles[i] = is_open && is_bare_fence(lines[i].text) ? 2 : 1;
    is_open = roles[i] == 1;
  }
  return roles;
}

/// Marks every line by the number of the block that it is in, from 1, markers included.
std::optional<std::vector<int>> find_blocks(const Lines& lines) {
  std::vector<int> inside(lines.size(), 0);
  int number = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string word = word_opened(lines[i].text);
    if (word.empty()) continue;
    const std::string close = ">>>>>>> " + std::string(word == "SEARCH" ? "REPLACE" : word);
    inside[i] = ++number;
    for (++i; i < lines.size() && strip_end(lines[i].text) != close; ++i) {
      if (is_suspicious(lines[i].text)) return std::nullopt;
      inside[i] = number;
    }
    if (i == lines.size()) return std::nullopt;
    inside[i] = number;
  }
  return inside;
}

std::optional<std::string> path_above(const Lines& lines, const std::vector<int>& inside,
                                      const std::vector<int>& roles, std::size_t at) {
  while (at > 0) {
    --at;
    if (inside[at] != 0 || roles[at] == 2) return std::nullopt;
    if (roles[at] == 1 || strip(lines[at].text).empty()) continue;
    if (strip_end(lines[at].text) == "=======" || strip(lines[at].text) == "=======") {
      return std::nullopt;
    }
    const std::string path = plain(lines[at].text);
    return is_allowed(path) ? std::optional(path) : std::nullopt;
  }
  return std::nullopt;
}

/// Fills in a block from the lines between its markers.
bool fill(Block& block, const std::vector<std::string>& held) {
  for (const std::string& text : held) {
    const bool is_separator = block.word == "SEARCH" && strip_end(text) == "=======";
    if (!is_separator && text.ends_with('\r')) return false;
  }
  if (block.word == "DELETE") return held.empty();
  if (block.word == "RENAME") {
    if (held.size() != 1) return false;
    block.new_path = plain(held[0]);
    return is_allowed(block.new_path);
  }
  if (block.word == "FILE") {
    block.fresh = held;
    return held.size() < 2 || !is_fence(held.front()) || !is_bare_fence(held.back());
  }
  int separators = 0;
  for (const std::string& text : held) {
    if (strip_end(text) == "=======") {
      ++separators;
    } else {
      (separators == 0 ? block.wanted : block.fresh).push_back(text);
    }
  }
  return separators == 1 && !block.wanted.empty();
}

std::optional<std::vector<Block>> parse(std::string_view answer) {
  if (answer.find('\0') != std::string_view::npos || valid_utf8(answer) != answer) return {};
  if (answer.starts_with(kMark)) answer.remove_prefix(kMark.size());
  const Lines lines = split(answer);
  const auto inside = find_blocks(lines);
  if (!inside) return std::nullopt;
  const auto roles = roles_of_prose(lines, *inside);
  if (!roles) return std::nullopt;
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if ((*inside)[i] == 0) {
      if (plain(lines[i].text) == "NO CHANGE") return std::nullopt;
      continue;
    }
    const auto path = path_above(lines, *inside, *roles, i);
    if (!path) return std::nullopt;
    Block block{.word = word_opened(lines[i].text),
                .path = *path,
                .wanted = {},
                .fresh = {},
                .new_path = {}};
    const int number = (*inside)[i];
    std::vector<std::string> held;
    for (++i; i + 1 < lines.size() && (*inside)[i + 1] == number; ++i)
      held.push_back(lines[i].text);
    if (!fill(block, held)) return std::nullopt;
    blocks.push_back(block);
  }
  if (blocks.empty() || blocks.size() > 200) return std::nullopt;
  return blocks;
}

std::string mark_of(const std::string& content) {
  return content.starts_with(kMark) ? kMark : std::string();
}

struct World {
  Changes now;  // of every path that was asked for
  std::set<std::string> deleted;
};

bool make_whole(const Block& block, World& world) {
  auto& now = world.now[block.path];
  if (!now) {
    if (world.deleted.contains(block.path) || !is_fit_for_new(block.path)) return false;
    now = "";
    for (const std::string& text : block.fresh) *now += text + "\n";
    return true;
  }
  const std::string body = now->substr(mark_of(*now).size());
  if (body.size() > 16384 || split(body).size() > 200 || valid_utf8(body) != body) return false;
  if (!secret_lines(body).empty()) return false;
  for (const NaiveLine& line : split(body)) {
    if (printable(line.text) != line.text || line.text.size() > 4000) return false;
  }
  std::vector<std::string> fresh = block.fresh;
  if (!mark_of(*now).empty() && !fresh.empty() && fresh[0].starts_with(kMark)) {
    fresh[0].erase(0, kMark.size());
  }
  now = splice(*now, 0, split(body).size(), fresh);
  return true;
}

bool make(const Block& block, const Files& files, World& world) {
  for (const std::string& path : {block.path, block.new_path}) {
    const auto base = files.find(path);
    if (!path.empty())
      world.now.try_emplace(path, base == files.end() ? std::nullopt : std::optional(base->second));
  }
  if (block.word == "FILE") return make_whole(block, world);
  auto& now = world.now[block.path];
  if (!now) return false;
  if (block.word == "DELETE") {
    now.reset();
    world.deleted.insert(block.path);
    return true;
  }
  if (block.word == "RENAME") {
    auto& target = world.now[block.new_path];
    if (target || !is_fit_for_new(block.new_path)) return false;
    target = now;
    now.reset();
    world.deleted.erase(block.new_path);
    return true;
  }
  const auto places = places_of(*now, block.wanted);
  if (places.size() != 1) return false;
  now = splice(*now, places[0], block.wanted.size(), block.fresh);
  return true;
}

/// Which line of `old` each of `fresh` is; -1 for none.
std::vector<int> pairs_of(const std::vector<std::string>& old,
                          const std::vector<std::string>& fresh) {
  const int n = static_cast<int>(old.size());
  const int m = static_cast<int>(fresh.size());
  std::vector<int> pairs(fresh.size(), -1);
  const auto at = [](const std::vector<std::string>& all, int i) {
    return all[static_cast<std::size_t>(i)];
  };
  const auto pair = [&](int i) -> int& { return pairs[static_cast<std::size_t>(i)]; };
  int head = 0;
  while (head < n && head < m && at(old, head) == at(fresh, head)) {
    pair(head) = head;
    ++head;
  }
  int tail = 0;
  while (head + tail < n && head + tail < m && at(old, n - 1 - tail) == at(fresh, m - 1 - tail)) {
    pair(m - 1 - tail) = n - 1 - tail;
    ++tail;
  }
  int next = head;
  for (int i = head; i < m - tail; ++i) {
    for (int j = next; j < n - tail; ++j) {
      if (at(old, j) != at(fresh, i)) continue;
      pair(i) = j;
      next = j + 1;
      break;
    }
  }
  return pairs;
}

}  // namespace

std::vector<NaiveLine> split(std::string_view text) {
  std::vector<NaiveLine> lines;
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      continue;
    }
    const bool has_return = !line.empty() && line.back() == '\r';
    if (has_return) line.pop_back();
    lines.push_back({.text = line, .end = has_return ? "\r\n" : "\n"});
    line.clear();
  }
  if (!line.empty()) lines.push_back({.text = line, .end = ""});
  return lines;
}

std::string join(const std::vector<NaiveLine>& lines) {
  std::string text;
  for (const NaiveLine& line : lines) text += line.text + line.end;
  return text;
}

std::string splice(const std::string& content, std::size_t first, std::size_t count,
                   const std::vector<std::string>& fresh) {
  const std::string mark = mark_of(content);
  Lines file = split(std::string_view(content).substr(mark.size()));
  const bool is_open = !file.empty() && file.back().end.empty();
  if (is_open) file.back().end = file.size() > 1 ? file[file.size() - 2].end : "\n";
  std::vector<std::string> old;
  for (std::size_t i = first; i < first + count; ++i) old.push_back(file[i].text);
  const std::vector<int> pairs = pairs_of(old, fresh);
  Lines made(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(first));
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    std::size_t above = i;  // the fresh lines from here to i are new
    while (above > 0 && pairs[above - 1] < 0) --above;
    std::size_t below = i;
    while (below < fresh.size() && pairs[below] < 0) ++below;
    const std::size_t begin = above > 0 ? static_cast<std::size_t>(pairs[above - 1]) + 1 : 0;
    const std::size_t end =
        below < fresh.size() ? static_cast<std::size_t>(pairs[below]) : old.size();
    std::string ending = "\n";
    if (pairs[i] >= 0) {
      ending = file[first + static_cast<std::size_t>(pairs[i])].end;
    } else if (begin + (i - above) < end) {
      ending = file[first + begin + (i - above)].end;
    } else if (!made.empty()) {
      ending = made.back().end;
    } else if (!file.empty()) {
      ending = file[first].end;
    }
    made.push_back({.text = fresh[i], .end = ending});
  }
  made.insert(made.end(), file.begin() + static_cast<std::ptrdiff_t>(first + count), file.end());
  if (is_open && !made.empty()) made.back().end = "";
  return mark + join(made);
}

std::vector<std::size_t> places_of(const std::string& content,
                                   const std::vector<std::string>& wanted) {
  const Lines file = split(std::string_view(content).substr(mark_of(content).size()));
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at + wanted.size() <= file.size(); ++at) {
    bool is_there = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) is_there &= file[at + i].text == wanted[i];
    if (is_there) places.push_back(at);
  }
  return places;
}

std::optional<Changes> answered(const Files& files, std::string_view answer) {
  const auto blocks = parse(answer);
  if (!blocks) return std::nullopt;
  World world;
  for (const Block& block : *blocks) {
    if (!make(block, files, world)) return std::nullopt;
  }
  Changes changes;
  for (const auto& [path, now] : world.now) {
    const auto base = files.find(path);
    const auto was = base == files.end() ? std::nullopt : std::optional(base->second);
    if (was != now) changes.emplace(path, now);
  }
  if (changes.empty()) return std::nullopt;
  return changes;
}

}  // namespace automod::testing::naive
