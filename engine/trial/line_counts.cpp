#include "engine/trial/line_counts.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "engine/trial/diagnostic_text.hpp"

namespace automod::trial {

namespace {

using nlohmann::json;

constexpr std::size_t kMostFiles = 20'000;
constexpr std::size_t kLastLine = 1'000'000;
constexpr std::size_t kLongestName = 300;

std::optional<std::size_t> line_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || value == 0 || value > kLastLine) return std::nullopt;
  return value;
}

LineCounts* entry(Coverage& coverage, const std::string& path) {
  if (path.empty()) return nullptr;
  if (coverage.size() >= kMostFiles && !coverage.contains(path)) return nullptr;
  return &coverage[path];
}

const json& member(const json& object, const char* key) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::size_t number_of(const json& value) {
  return value.is_number_unsigned() ? value.get<std::size_t>() : 0;
}

bool is_positive(const json& value) { return value.is_number() && value.get<double>() > 0; }

/// "../src/a.c", compiled in "/tree/build".
std::string compiled_path(const std::string& file, const std::string& folder,
                          std::string_view build_dir) {
  if (file.starts_with('/') || folder.empty()) return path_in_tree(file, build_dir);
  return path_in_tree((std::filesystem::path(folder) / file).lexically_normal().generic_string(),
                      build_dir);
}

void read_gcov_file(const json& file, const std::string& folder, std::string_view build_dir,
                    Coverage& into) {
  LineCounts* counts = entry(into, compiled_path(text_of(member(file, "file")), folder, build_dir));
  if (counts == nullptr) return;
  for (const auto& line : member(file, "lines")) {
    const std::size_t number = number_of(member(line, "line_number"));
    if (number == 0 || number > kLastLine) continue;
    counts->code.insert(number);
    if (is_positive(member(line, "count"))) counts->ran.insert(number);
  }
  for (const auto& function : member(file, "functions")) {
    std::string name = text_of(member(function, "demangled_name"));
    name = valid_utf8(name.substr(0, std::min(name.size(), kLongestName)));
    if (name.empty()) continue;
    bool& was_entered = counts->functions[name];
    was_entered = was_entered || is_positive(member(function, "execution_count"));
  }
}

void read_gcov_document(std::string_view line, std::string_view build_dir, Coverage& into) {
  const json document = json::parse(line, nullptr, false);
  const std::string folder = text_of(member(document, "current_working_directory"));
  for (const auto& file : member(document, "files")) {
    read_gcov_file(file, folder, build_dir, into);
  }
}

/// One line of gcov's text form: "    #####:    7:    return 1;".
void read_gcov_line(std::string_view line, std::string_view build_dir, LineCounts*& counts,
                    Coverage& into) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == line.npos ? first : line.find(':', first + 1);
  if (second == line.npos) return;
  const auto trimmed = [](std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == text.npos ? std::string_view() : text.substr(begin);
  };
  const std::string_view count = trimmed(line.substr(0, first));
  const std::string_view number = trimmed(line.substr(first + 1, second - first - 1));
  constexpr std::string_view kSource = "Source:";
  const std::string_view rest = line.substr(second + 1);
  if (number == "0" && count == "-" && rest.starts_with(kSource)) {
    counts = entry(into, path_in_tree(rest.substr(kSource.size()), build_dir));
    return;
  }
  const auto at = line_number(number);
  if (!at || counts == nullptr || count.empty() || count == "-") return;
  counts->code.insert(*at);
  if (count.front() >= '1' && count.front() <= '9') counts->ran.insert(*at);
}

bool holds_script_code(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == line.npos) return false;
  line.remove_prefix(begin);
  if (line.starts_with("//") || line.starts_with('*') || line.starts_with("/*")) return false;
  return std::ranges::any_of(line, [](unsigned char c) { return std::isalnum(c) != 0; });
}

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool ran = false;
};

std::vector<Range> ranges_of(const json& script) {
  std::vector<Range> ranges;
  for (const auto& function : member(script, "functions")) {
    for (const auto& range : member(function, "ranges")) {
      ranges.push_back({number_of(member(range, "startOffset")),
                        number_of(member(range, "endOffset")),
                        is_positive(member(range, "count"))});
    }
  }
  // The innermost comes last, and decides; of two alike the later one.
  std::multimap<std::pair<std::size_t, std::size_t>, Range> sorted;
  for (const Range& range : ranges) sorted.emplace(std::pair(range.begin, ~range.end), range);
  ranges.clear();
  for (const auto& [key, range] : sorted) ranges.push_back(range);
  return ranges;
}

/// Offsets count UTF-16 units.
std::size_t units(std::string_view text) {
  std::size_t count = 0;
  for (const unsigned char c : text) {
    if ((c & 0xc0) != 0x80) count += c >= 0xf0 ? 2 : 1;
  }
  return count;
}

void read_script(const json& script, std::string_view content, LineCounts& counts) {
  const auto ranges = ranges_of(script);
  std::vector<const Range*> open;
  std::size_t next = 0;
  std::size_t offset = 0;
  std::size_t number = 0;
  for (const std::string_view line : split_lines(content)) {
    ++number;
    const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
    const std::size_t at = offset + units(line.substr(0, indent));
    while (next < ranges.size() && ranges[next].begin <= at) open.push_back(&ranges[next++]);
    while (!open.empty() && open.back()->end <= at) open.pop_back();
    offset += units(line) + 1;
    if (!holds_script_code(line)) continue;
    counts.code.insert(number);
    if (!open.empty() && open.back()->ran) counts.ran.insert(number);
  }
}

}  // namespace

void read_gcov(std::string_view text, std::string_view build_dir, Coverage& into) {
  LineCounts* counts = nullptr;
  for (const std::string_view line : split_lines(text)) {
    if (line.starts_with('{')) {
      read_gcov_document(line, build_dir, into);
    } else {
      read_gcov_line(line, build_dir, counts, into);
    }
  }
}

void read_python_lines(std::string_view text, Coverage& into) {
  for (const std::string_view line : split_lines(text)) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const auto number = line_number(line.substr(0, colon));
    const std::string path = path_in_tree(line.substr(colon + 1), "");
    if (!number) continue;
    if (LineCounts* counts = entry(into, path)) counts->ran.insert(*number);
  }
}

void read_node_coverage(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string& path)>& read,
    Coverage& into) {
  constexpr std::string_view kUrl = "file://";
  const json document = json::parse(text, nullptr, false);
  for (const auto& script : member(document, "result")) {
    const std::string url = text_of(member(script, "url"));
    if (!url.starts_with(kUrl)) continue;
    const std::string path = path_in_tree(std::string_view(url).substr(kUrl.size()), "");
    if (path.empty() || path.find("node_modules/") != path.npos) continue;
    const auto content = read(path);
    if (!content) continue;
    if (LineCounts* counts = entry(into, path)) read_script(script, *content, *counts);
  }
}

std::string written(const Coverage& coverage) {
  json document = json::object();
  for (const auto& [path, counts] : coverage) {
    document[path] = {{"code", counts.code}, {"ran", counts.ran}, {"functions", counts.functions}};
  }
  return document.dump();
}

std::optional<Coverage> read_coverage(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  Coverage coverage;
  for (const auto& [path, file] : document.items()) {
    LineCounts& counts = coverage[path];
    try {
      file.at("code").get_to(counts.code);
      file.at("ran").get_to(counts.ran);
      file.at("functions").get_to(counts.functions);
    } catch (const json::exception&) {
      return std::nullopt;
    }
  }
  return coverage;
}

}  // namespace automod::trial
