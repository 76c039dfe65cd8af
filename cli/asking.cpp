#include "cli/asking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace automod::cli {

namespace {

Result<double> read_dollars(std::string_view text) {
  constexpr double kMost = 1e6;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value) &&
      value > 0 && value <= kMost) {
    return value;
  }
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' is no amount for --dollars, expected a number above 0 such as 0.5",
                          printable_line(text)),
              "dollars are counted for models that have a [models.NAME.price]");
}

std::optional<std::int64_t> whole(const Arguments& arguments, std::string_view option) {
  constexpr std::size_t kMost = 1'000'000'000'000;
  if (!arguments.has(option)) return std::nullopt;
  return static_cast<std::int64_t>(std::min(arguments.number(option, 0), kMost));
}

}  // namespace

Result<void> check_asking(const Arguments& arguments) {
  if (arguments.has("--replay") && arguments.has("--fresh")) {
    return fail(ErrorKind::kUsage, "--replay asks nobody and --fresh asks anew: only one of them",
                "leave one of the two out");
  }
  if (const auto dollars = arguments.value("--dollars")) {
    if (const auto read = read_dollars(*dollars); !read) return fail(read.error());
  }
  return {};
}

Result<model::Asking> read_asking(const Context& context, const Arguments& arguments,
                                  model::Asking asking) {
  if (const auto model = arguments.value("--model")) asking.model = *model;
  if (const auto review = arguments.value("--review")) asking.review = *review;
  if (const auto attempts = whole(arguments, "--attempts")) asking.attempts = attempts;
  if (const auto candidates = whole(arguments, "--candidates")) asking.candidates = candidates;
  if (const auto tokens = whole(arguments, "--tokens")) asking.budget.tokens = *tokens;
  if (const auto given = arguments.value("--dollars")) {
    const auto dollars = read_dollars(*given);
    if (!dollars) return fail(dollars.error());
    asking.budget.dollars = *dollars;
  }
  const auto book = context.book(arguments);
  if (!book) return fail(book.error());
  if (!book->empty()) asking.book = *book;
  if (arguments.has("--replay") || arguments.has("--fresh")) {
    asking.replay = arguments.has("--replay");
    asking.fresh = arguments.has("--fresh");
  }
  return asking;
}

}  // namespace automod::cli
