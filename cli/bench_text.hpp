#pragma once

#include <string>

#include "cli/text.hpp"
#include "engine/bench.hpp"

/// What `bench` found, in words.
namespace automod::cli {

/// "HEAD (1a2b3c4) against main (9f8e7d6)".
std::string heading_text(const BenchReport& report);

/// "+8.8 % (7.9 to 9.6 %)".
std::string change_text(const judge::Comparison& found);

/// "worse", "worse, not enough to count", "no change", "too noisy to tell", …
std::string answer_text(const judge::Comparison& found);

/// The name of the answer in JSON.
std::string_view answer_name(judge::Answer answer);

/// Of one tree: "median 120 ms, half of the runs from 119 ms to 121 ms".
std::string alone_text(const BenchFigure& figure);

/// A table for each benchmark.
std::string report_text(const BenchReport& report, const Paint& paint);

}  // namespace automod::cli
