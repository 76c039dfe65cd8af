#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <sstream>
#include <utility>

#include "analyzers/clang/clang_tidy.hpp"
#include "analyzers/clang/paths.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 16 * kMiB;
constexpr std::size_t kMostDiagnostics = 50'000;
constexpr std::size_t kMostReplacements = 200'000;
constexpr std::size_t kDeepest = 12;
constexpr std::size_t kLongestMessage = 4096;
constexpr std::size_t kLargestOffset = std::size_t{1} << 31;

/// Thrown through yaml-cpp, which knows no other way to stop; caught in read_fixes.
struct Rejected {
  std::string reason;
};

/// A replacement or diagnostic as it stands in the file, paths still unresolved.
struct RawReplacement {
  std::string path;
  std::optional<std::size_t> offset;
  std::optional<std::size_t> length;
  std::string text;
};

struct RawDiagnostic {
  std::string check;
  std::string message;
  std::string path;
  std::string directory;
  std::string level = "Warning";
  std::optional<std::size_t> offset;
  std::vector<RawReplacement> fix;
};

std::size_t number(const std::string& text, std::string_view what) {
  std::size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc{} || stopped != end || value > kLargestOffset) {
    throw Rejected{fmt::format("{} is '{}', expected a number of bytes", what,
                               printable_line(text.substr(0, 40)))};
  }
  return value;
}

/// Follows the events of one document and keeps what stands at the paths we know. The reader
/// builds no tree, so memory is bounded by what is kept.
class FixesHandler final : public YAML::EventHandler {
 public:
  std::vector<RawDiagnostic> take() { return std::move(diagnostics_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override { scalar(anchor, {}); }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    scalar(anchor, value);
  }
  // clang-tidy writes neither anchors nor aliases; refusing them ends every expansion attack.
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {
    throw Rejected{"found an alias, which clang-tidy never writes"};
  }
  void OnAnchor(const YAML::Mark&, const std::string&) override {
    throw Rejected{"found an anchor, which clang-tidy never writes"};
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    enter(false);
    path_ += "[]";
  }
  void OnSequenceEnd() override { leave(); }
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    enter(true);
    if (path_ == kDiagnostic) diagnostic_ = {};
    if (path_ == kReplacement) replacement_ = {};
  }
  void OnMapEnd() override {
    if (path_ == kDiagnostic) keep_diagnostic();
    if (path_ == kReplacement) keep_replacement();
    leave();
  }

 private:
  static constexpr std::string_view kDiagnostic = "/Diagnostics[]";
  static constexpr std::string_view kReplacement =
      "/Diagnostics[]/DiagnosticMessage/Replacements[]";

  struct Level {
    bool is_map;
    bool has_key = false;
    std::size_t path_size;
  };

  void enter(bool is_map) {
    if (expects_key()) throw Rejected{"found a key that is no plain text"};
    if (levels_.size() >= kDeepest) throw Rejected{"nested too deeply"};
    levels_.push_back({.is_map = is_map, .path_size = path_.size()});
  }

  void leave() {
    path_.resize(levels_.back().path_size);
    levels_.pop_back();
    value_done();
  }

  bool expects_key() const {
    return !levels_.empty() && levels_.back().is_map && !levels_.back().has_key;
  }

  void value_done() {
    if (levels_.empty() || !levels_.back().is_map) return;
    levels_.back().has_key = false;
    path_.resize(levels_.back().path_size);
  }

  void scalar(YAML::anchor_t anchor, const std::string& value) {
    if (anchor != YAML::NullAnchor) OnAnchor({}, {});
    if (expects_key()) {
      path_ += '/';
      path_ += value.substr(0, 64);
      levels_.back().has_key = true;
      return;
    }
    store(value);
    value_done();
  }

  void store(const std::string& value) {
    const std::string_view path = path_;
    if (path.empty() || path == "/Diagnostics" || path == kDiagnostic || path == kReplacement ||
        path == "/Diagnostics[]/DiagnosticMessage") {
      throw Rejected{fmt::format("found text in place of what belongs to '{}'", path)};
    }
    if (path.starts_with(kReplacement)) {
      store_in_replacement(path.substr(kReplacement.size()), value);
    } else if (path.starts_with(kDiagnostic)) {
      store_in_diagnostic(path.substr(kDiagnostic.size()), value);
    }
  }

  void store_in_diagnostic(std::string_view field, const std::string& value) {
    if (field == "/DiagnosticName") diagnostic_.check = value;
    if (field == "/Level") diagnostic_.level = value;
    if (field == "/BuildDirectory") diagnostic_.directory = value;
    if (field == "/DiagnosticMessage/Message") diagnostic_.message = value;
    if (field == "/DiagnosticMessage/FilePath") diagnostic_.path = value;
    if (field == "/DiagnosticMessage/FileOffset") diagnostic_.offset = number(value, "FileOffset");
  }

  void store_in_replacement(std::string_view field, const std::string& value) {
    if (field == "/FilePath") replacement_.path = value;
    if (field == "/Offset") replacement_.offset = number(value, "Offset");
    if (field == "/Length") replacement_.length = number(value, "Length");
    if (field == "/ReplacementText") replacement_.text = value;
  }

  void keep_replacement() {
    if (!replacement_.offset || !replacement_.length) {
      throw Rejected{"found a replacement without offset or length"};
    }
    if (++replacements_ > kMostReplacements) throw Rejected{"too many replacements"};
    diagnostic_.fix.push_back(std::move(replacement_));
  }

  void keep_diagnostic() {
    if (diagnostic_.check.empty()) throw Rejected{"found a diagnostic without a name"};
    if (diagnostics_.size() >= kMostDiagnostics) throw Rejected{"too many diagnostics"};
    diagnostics_.push_back(std::move(diagnostic_));
  }

  std::string path_;
  std::vector<Level> levels_;
  RawDiagnostic diagnostic_;
  RawReplacement replacement_;
  std::size_t replacements_ = 0;
  std::vector<RawDiagnostic> diagnostics_;
};

/// LLVM writes U+FFFD for the first byte that is no UTF-8 and drops the rest of the text, and
/// yaml-cpp turns the escape of a no-break space into such a byte. Either way the text is not what
/// clang-tidy meant.
bool is_damaged(std::string_view text) {
  return text.find("\xef\xbf\xbd") != std::string_view::npos || valid_utf8(text) != text;
}

/// Empty when a part of the fix cannot be made in this tree: half a fix is none.
std::vector<Replacement> resolve_fix(const RawDiagnostic& raw, const PathResolver& resolve) {
  std::vector<Replacement> fix;
  for (const RawReplacement& replacement : raw.fix) {
    auto path = path_in_tree(replacement.path, raw.directory, resolve);
    if (!path || is_damaged(replacement.text)) return {};
    fix.push_back({std::move(*path), *replacement.offset, *replacement.length, replacement.text});
  }
  std::ranges::sort(fix);
  return fix;
}

std::vector<Diagnostic> resolve_all(const std::vector<RawDiagnostic>& raw,
                                    const PathResolver& resolve) {
  std::vector<Diagnostic> diagnostics;
  for (const RawDiagnostic& seen : raw) {
    auto path = path_in_tree(seen.path, seen.directory, resolve);
    if (!path) continue;
    Diagnostic& kept = diagnostics.emplace_back();
    kept.check = valid_utf8(seen.check.substr(0, seen.check.find(',')));
    kept.message = valid_utf8(std::string_view(seen.message).substr(0, kLongestMessage));
    kept.path = std::move(*path);
    kept.offset = seen.offset.value_or(0);
    kept.level = valid_utf8(seen.level);
    kept.fix = resolve_fix(seen, resolve);
  }
  return diagnostics;
}

bool has_raw_control(std::string_view yaml) {
  return std::ranges::any_of(yaml, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
}

}  // namespace

Result<std::vector<Diagnostic>> read_fixes(std::string_view yaml, const PathResolver& resolve) {
  const auto reject = [](std::string_view reason) {
    return fail(ErrorKind::kRefused, fmt::format("reading clang-tidy's fixes: {}", reason));
  };
  if (yaml.size() > kMostBytes) {
    return reject(fmt::format("found {} bytes, wanted {} at most", yaml.size(), kMostBytes));
  }
  // clang-tidy escapes them all, and to yaml-cpp one of them means the end of the file.
  if (has_raw_control(yaml)) return reject("found a control character that is not escaped");
  try {
    std::istringstream stream{std::string(yaml)};
    YAML::Parser parser(stream);
    FixesHandler handler;
    parser.HandleNextDocument(handler);
    return resolve_all(handler.take(), resolve);
  } catch (const Rejected& rejected) {
    return reject(rejected.reason);
  } catch (const YAML::Exception& broken) {
    return reject(fmt::format("line {}: {}", broken.mark.line + 1, printable_line(broken.msg)));
  } catch (const std::exception& failed) {
    return reject(failed.what());
  }
}

}  // namespace automod::analyzers
