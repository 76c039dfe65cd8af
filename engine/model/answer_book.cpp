#include "engine/model/answer_book.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace automod::model {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// In files that are kept: never renumber.
constexpr std::int64_t kSchema = 1;
constexpr std::size_t kMostPage = 64 * kMiB;
constexpr std::size_t kDeepest = 4;
constexpr std::size_t kDigestLength = 64;
constexpr std::size_t kLeastPrefix = 4;
constexpr std::size_t kFolderLength = 2;
constexpr std::string_view kEnding = ".json";

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}
bool is_digest(std::string_view text) {
  return text.size() == kDigestLength && is_hexadecimal(text);
}

json to_json(const Usage& usage) {
  return {{"input", usage.input},
          {"cached", usage.cached},
          {"written", usage.written},
          {"output", usage.output}};
}

json to_json(const Answer& answer) {
  return {{"text", answer.text},
          {"model", answer.model},
          {"usage", to_json(answer.usage)},
          {"usage_known", answer.usage_known},
          {"is_cut", answer.is_cut}};
}

json to_json(const Question& question) {
  json document{{"instructions", question.instructions},
                {"material", question.material},
                {"most_tokens", question.most_tokens},
                {"temperature", nullptr}};
  if (question.temperature) document["temperature"] = *question.temperature;
  return document;
}

json to_json(const Page& page) {
  json document{{"schema", kSchema},         {"digest", page.digest},
                {"kind", page.kind},         {"provider_model", page.provider_model},
                {"turn", page.turn},         {"model", page.model},
                {"asked_at", page.asked_at}, {"question", to_json(page.question)},
                {"answer", nullptr}};
  if (page.answer) document["answer"] = to_json(*page.answer);
  return document;
}

/// The members of one object, each of which is there, has its type and is asked for. The first
/// thing that is wrong is kept.
class Members {
 public:
  Members(const json& object, std::string name, std::optional<std::string>& problem)
      : object_(object), name_(std::move(name)), problem_(problem) {
    if (!object.is_object()) say("is no object");
  }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  ~Members() {
    if (!problem_ && object_.size() != seen_.size()) say("has members that nobody knows");
  }

  const json* find(const std::string& key) {
    if (problem_) return nullptr;
    const auto found = object_.find(key);
    if (found == object_.end()) return say("has no " + key), nullptr;
    seen_.insert(key);
    return &*found;
  }
  void text(const std::string& key, std::string& value) {
    const json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_string()) return say(key + " is no string");
    value = found->get_ref<const std::string&>();
  }
  void whole(const std::string& key, std::int64_t& value) {
    const json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_number_integer()) return say(key + " is no whole number");
    value = found->get<std::int64_t>();
  }
  void flag(const std::string& key, bool& value) {
    const json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_boolean()) return say(key + " is neither true nor false");
    value = found->get<bool>();
  }
  void real(const std::string& key, std::optional<double>& value) {
    const json* found = find(key);
    if (found == nullptr || found->is_null()) return;
    if (!found->is_number()) return say(key + " is no number");
    value = found->get<double>();
  }

 private:
  void say(const std::string& what) {
    if (!problem_) problem_ = fmt::format("its {} {}", name_, what);
  }
  const json& object_;
  std::string name_;
  std::optional<std::string>& problem_;
  std::set<std::string> seen_;
};

using Problem = std::optional<std::string>;

Answer answer_from(const json& document, Problem& problem) {
  Answer answer;
  Members in(document, "answer", problem);
  in.text("text", answer.text);
  in.text("model", answer.model);
  in.flag("usage_known", answer.usage_known);
  in.flag("is_cut", answer.is_cut);
  if (const json* found = in.find("usage")) {
    Members usage(*found, "usage", problem);
    usage.whole("input", answer.usage.input);
    usage.whole("cached", answer.usage.cached);
    usage.whole("written", answer.usage.written);
    usage.whole("output", answer.usage.output);
  }
  if (answer.text.size() > kMostAnswer && !problem) problem = "its answer is too long";
  return answer;
}

Question question_from(const json& document, Problem& problem) {
  Question question;
  Members in(document, "question", problem);
  in.text("instructions", question.instructions);
  in.text("material", question.material);
  in.whole("most_tokens", question.most_tokens);
  in.real("temperature", question.temperature);
  return question;
}

Page page_from(const json& document, Problem& problem) {
  Page page;
  Members in(document, "page", problem);
  std::int64_t schema = 0;
  in.whole("schema", schema);
  if (!problem && schema != kSchema) {
    problem = fmt::format("it has schema {}, expected {}", schema, kSchema);
  }
  in.text("digest", page.digest);
  in.text("kind", page.kind);
  in.text("provider_model", page.provider_model);
  in.whole("turn", page.turn);
  in.text("model", page.model);
  in.text("asked_at", page.asked_at);
  if (const json* found = in.find("question")) page.question = question_from(*found, problem);
  const json* found = in.find("answer");
  if (found != nullptr && !found->is_null()) page.answer = answer_from(*found, problem);
  return page;
}

std::string digest_of(const Page& page) {
  return question_digest(page.kind, page.provider_model, page.question, page.turn);
}

fs::path file_of(const fs::path& folder, std::string_view digest) {
  return folder / digest.substr(0, kFolderLength) / fmt::format("{}{}", digest, kEnding);
}

std::unexpected<Error> no_such_page(std::string_view wanted, std::string_view what) {
  return fail(ErrorKind::kUsage, fmt::format("{} '{}'", what, printable_line(wanted)),
              "name it by its digest, or by the first digits of it, at least 4");
}

std::unexpected<Error> damaged(const fs::path& file, std::string_view what) {
  return fail(ErrorKind::kInternal,
              fmt::format("the answer in {} is damaged: {}", file.string(), printable_line(what)),
              "remove that file, and the question is asked anew");
}

}  // namespace

std::string question_digest(std::string_view kind, std::string_view model, const Question& question,
                            std::int64_t turn) {
  const std::string temperature =
      question.temperature ? fmt::format("{}", *question.temperature) : std::string();
  std::string all = "automod question 1\n";
  // Each with its length, so that no two questions are the same text.
  for (const std::string_view part :
       {kind, model, std::string_view(question.instructions), std::string_view(question.material),
        std::string_view(temperature)}) {
    all += fmt::format("{}:", part.size());
    all += part;
    all += '\n';
  }
  all += fmt::format("{} {}\n", question.most_tokens, turn);
  return sha256(all);
}

Result<std::optional<Page>> AnswerBook::find(std::string_view digest) const {
  if (!is_digest(digest)) return no_such_page(digest, "no digest:");
  const fs::path file = file_of(folder_, digest);
  std::error_code code;
  if (!fs::exists(fs::symlink_status(file, code))) return std::nullopt;
  const auto text = read_file(file, kMostPage);
  if (!text) return damaged(file, text.error().message);
  const auto document = parse_strictly(*text, kDeepest);
  if (!document) return damaged(file, document.error().message);
  std::optional<std::string> problem;
  Page page = page_from(*document, problem);
  if (problem) return damaged(file, *problem);
  if (page.digest != digest || digest_of(page) != digest) {
    return damaged(file, "it is not the page that its name says");
  }
  return page;
}

Result<void> AnswerBook::write(const Page& page) const {
  if (!is_digest(page.digest) || digest_of(page) != page.digest) {
    return fail(ErrorKind::kInternal,
                fmt::format("'{}' is not the digest of the question", printable_line(page.digest)));
  }
  const std::string text = json_text(to_json(page), 2) + "\n";
  if (text.size() > kMostPage) {
    return fail(ErrorKind::kInternal, fmt::format("a question and its answer take {} bytes, "
                                                  "expected {} or fewer",
                                                  text.size(), kMostPage));
  }
  return write_file(file_of(folder_, page.digest), text, 0600);
}

Result<void> AnswerBook::mark(std::string_view place, std::string_view digest) const {
  return write_file(folder_ / "lines" / place, digest, 0600);
}

std::optional<Page> AnswerBook::marked(std::string_view place) const {
  constexpr std::size_t kDigits = 64;
  const auto digest = read_file(folder_ / "lines" / place, kDigits);
  if (!digest) return std::nullopt;
  auto page = find(*digest);
  if (!page || !*page || !(*page)->answer) return std::nullopt;
  return std::move(**page);
}

Result<Page> AnswerBook::named(std::string_view digest_or_prefix) const {
  const std::string_view wanted = digest_or_prefix;
  if (wanted.size() < kLeastPrefix || wanted.size() > kDigestLength || !is_hexadecimal(wanted)) {
    return no_such_page(wanted, "this cannot name a question:");
  }
  std::vector<std::string> found;
  std::error_code code;
  for (auto at = fs::directory_iterator(folder_ / wanted.substr(0, kFolderLength), code);
       !code && at != fs::directory_iterator(); at.increment(code)) {
    std::string stem = at->path().stem().string();
    if (at->path().extension() == kEnding && is_digest(stem) && stem.starts_with(wanted)) {
      found.push_back(std::move(stem));
    }
  }
  if (found.empty()) return no_such_page(wanted, "no question was asked whose digest begins with");
  if (found.size() > 1) {
    return no_such_page(wanted, fmt::format("{} questions begin with", found.size()));
  }
  auto page = find(found.front());
  if (!page) return fail(page.error());
  if (!*page) return no_such_page(wanted, "no question was asked whose digest begins with");
  return std::move(**page);
}

}  // namespace automod::model
