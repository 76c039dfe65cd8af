#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/trial/measure.hpp"

/// Figures that need no rounds, because they hardly vary.
namespace automod::trial {

/// Adds the size of the benchmark's programs and, where it is asked for, the instructions that it
/// executes. What cannot be counted here is left out, with the reason.
Result<void> add_counts(const Side& base, const Side& candidate, const Benchmark& benchmark,
                        MeasuredBenchmark& into);

/// Bytes of the ELF files below the build folder that the command names.
std::optional<double> binary_size(const Side& side, const Benchmark& benchmark);

/// The sum of what `perf stat -x,` or callgrind's logs count; nullopt when there is no count.
std::optional<std::uint64_t> count_in(InstructionCount way, std::string_view text);

}  // namespace automod::trial
