#include "engine/asking/request.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/json.hpp"

namespace automod::asking {

namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kDeepest = 4;

std::string_view name_of(AskKind kind) {
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
  request.resumes = {from.at("session").get<std::string>()};
  Asking& asking = request.asking;
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

}  // namespace

std::string text_of(const AskRequest& request) {
  const Asking& asking = request.asking;
  json out = {{"format", kFormat},
              {"kind", name_of(request.kind)},
              {"words", request.words},
              {"focus", request.focus},
              {"only", request.only},
              {"test", request.test},
              {"bench", request.bench},
              {"profile", request.profile.string()},
              {"type", nullptr},
              {"base", request.base},
              {"level", nullptr},
              {"session", request.resumes ? request.resumes->text : ""},
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

}  // namespace automod::asking
