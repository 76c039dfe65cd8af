#include "engine/asking/request.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace automod {

std::string_view name(AskKind kind) {
  switch (kind) {
    case AskKind::kWords:
      return "ask";
    case AskKind::kFix:
      return "fix";
    case AskKind::kOptimize:
      return "optimize";
  }
  return "ask";
}

}  // namespace automod

namespace automod::asking {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr std::size_t kDeepest = 4;
constexpr std::size_t kMostRequest = 4 * kMiB;

AskKind kind_of(std::string_view name) {
  if (name == "fix") return AskKind::kFix;
  return name == "optimize" ? AskKind::kOptimize : AskKind::kWords;
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

template <class T>
std::optional<T> read_optional(const json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<T>();
}

AskRequest read(const json& from) {
  AskRequest request;
  request.kind = kind_of(from.at("kind").get<std::string>());
  request.words = from.at("words").get<std::string>();
  request.focus = from.at("focus").get<std::vector<std::string>>();
  request.only = from.at("only").get<std::vector<std::string>>();
  request.test = from.at("test").get<std::string>();
  request.bench = from.at("bench").get<std::string>();
  request.profile = from.at("profile").get<std::string>();
  if (const auto type = read_optional<std::string>(from.at("type"))) {
    request.type = parse<ModificationType>(*type);
  }
  request.base = from.at("base").get<std::string>();
  if (const auto level = read_optional<std::string>(from.at("level"))) {
    request.level = parse<SafetyLevel>(*level);
  }
  request.spends = SessionId{from.at("session").get<std::string>()};
  model::Asking& asking = request.asking;
  asking.model = from.at("model").get<std::string>();
  asking.review = from.at("review").get<std::string>();
  asking.attempts = read_optional<std::int64_t>(from.at("attempts"));
  asking.candidates = read_optional<std::int64_t>(from.at("candidates"));
  asking.budget = {.dollars = from.at("dollars").get<double>(),
                   .tokens = from.at("tokens").get<std::int64_t>()};
  asking.book = from.at("book").get<std::string>();
  asking.replay = from.at("replay").get<bool>();
  return request;
}

fs::path file_of(const fs::path& folder, const SessionId& session) {
  return folder / (session.text + ".json");
}

}  // namespace

std::string text_of(const AskRequest& request) {
  const model::Asking& asking = request.asking;
  json out = {{"format", kFormat},
              {"kind", name(request.kind)},
              {"words", request.words},
              {"focus", request.focus},
              {"only", request.only},
              {"test", request.test},
              {"bench", request.bench},
              {"profile", request.profile.string()},
              {"type", nullptr},
              {"base", request.base},
              {"level", nullptr},
              {"session", request.spends ? request.spends->text : ""},
              {"model", asking.model},
              {"review", asking.review},
              {"attempts", or_null(asking.attempts)},
              {"candidates", or_null(asking.candidates)},
              {"dollars", asking.budget.dollars},
              {"tokens", asking.budget.tokens},
              {"book", asking.book.string()},
              {"replay", asking.replay}};
  if (request.type) out["type"] = name(*request.type);
  if (request.level) out["level"] = name(*request.level);
  return json_text(out, 2) + '\n';
}

Result<AskRequest> request_of(std::string_view text) {
  const auto parsed = parse_strictly(text, kDeepest);
  if (!parsed) return fail(ErrorKind::kInternal, parsed.error().message);
  try {
    if (parsed->at("format").get<int>() != kFormat) {
      return fail(ErrorKind::kUnavailable, "another automod wrote the request",
                  "give it again in words");
    }
    return read(*parsed);
  } catch (const json::exception&) {
    return fail(ErrorKind::kInternal, "the kept request is damaged", "give it again in words");
  }
}

Result<Fd> keep(const fs::path& folder, const SessionId& session, const AskRequest& request) {
  const fs::path file = file_of(folder, session);
  if (auto written = write_file(file, text_of(request), 0600); !written) {
    return fail(std::move(written.error()));
  }
  Fd held(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!held || flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail_errno(fmt::format("locking {}", file.string()), errno);
  }
  return held;
}

void forget(const fs::path& folder, const SessionId& session) {
  std::error_code code;
  fs::remove(file_of(folder, session), code);  // one that stays can be given again, no more
}

namespace {

/// Does a process that works on it hold it?
bool is_running(const fs::path& file) {
  const Fd looked(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return looked && flock(looked.get(), LOCK_SH | LOCK_NB) != 0;
}

std::vector<std::string> stems_of(const std::vector<fs::path>& files) {
  constexpr std::size_t kMost = 10;
  std::vector<std::string> stems;
  for (const fs::path& file : files) {
    if (stems.size() < kMost) stems.push_back(file.stem().string());
  }
  return stems;
}

}  // namespace

Result<AskRequest> find_kept(const fs::path& folder, std::string_view session) {
  std::vector<fs::path> found;
  std::vector<fs::path> running;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    if (!entry.path().filename().string().starts_with(session)) continue;
    (is_running(entry.path()) ? running : found).push_back(entry.path());
  }
  if (found.empty() && !running.empty()) {
    return fail(ErrorKind::kUsage,
                fmt::format("session {} is still running", running.front().stem().string()),
                "wait for its end, or stop it first");
  }
  if (found.empty()) {
    return fail(ErrorKind::kUsage,
                session.empty() ? "no session of ask, fix or optimize was interrupted"
                                : fmt::format("no interrupted session begins with '{}'",
                                              printable_line(session)),
                "give the request itself: automod ask \"…\"");
  }
  std::ranges::sort(found);  // ids sort by time
  if (!session.empty() && found.size() > 1) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("several interrupted sessions begin with '{}'", printable_line(session)),
        fmt::format("give more of its id: {}", fmt::join(stems_of(found), ", ")));
  }
  const auto text = read_file(found.back(), kMostRequest);
  if (!text) return fail(text.error());
  auto request = request_of(*text);
  if (request) request->resumes = SessionId{found.back().stem().string()};
  return request;
}

}  // namespace automod::asking
