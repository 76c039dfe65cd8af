#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/config.hpp"

/// What benchmarks print of themselves. All of it is hostile: figures are read strictly, and no
/// more than a bounded number of them.
namespace automod::trial {

struct Figure {
  std::string name;
  std::string unit;
  double value = 0;
};

/// The command, with the option that makes its runner print figures where it has none.
std::string figures_command(const Benchmark& benchmark);

/// The file, relative to the root, that hyperfine is told to write; empty when it prints.
std::string figures_file(const Benchmark& benchmark);

/// The figures in `text`, which a run printed or left in figures_file(); nothing for
/// BenchmarkFormat::kProcess. A figure that is given several times is the median of them. Fails
/// when the text is not of the benchmark's format, has no figure at all, or one that is no
/// number from 0 on.
Result<std::vector<Figure>> read_figures(const Benchmark& benchmark, std::string_view text);

}  // namespace automod::trial
