#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "engine/trial/inventory.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

namespace automod::testing {

/// A folder in which tests are run by their runner, in the real sandbox.
class RunnerSite : public TrialFixture {
 public:
  RunnerSite() : folder(git.scratch("site")) {
    std::filesystem::create_directories(folder);
    config.configure_seconds = config.build_seconds = config.test_seconds = 60;
  }

  void file(const std::string& path, const std::string& content) const {
    std::filesystem::create_directories((folder / path).parent_path());
    std::ofstream(folder / path) << content;
  }

  void copy(const std::string& program, const std::string& path) const {
    std::filesystem::copy_file(program, folder / path,
                               std::filesystem::copy_options::overwrite_existing);
  }

  trial::Site site() { return {.world = world(), .config = config, .folder = folder}; }

  Inventory run(std::int64_t runs = 1) {
    auto run = runs == 1 ? trial::run_tests(site()) : trial::run_tests_often(site(), runs);
    if (!run) throw std::runtime_error(run.error().message);
    output = run->stage.output_tail;
    return std::move(run->inventory);
  }

  std::filesystem::path folder;
  std::string output;  // of the last run
};

/// "name outcome" for each test.
inline std::vector<std::string> outcomes(const Inventory& inventory) {
  std::vector<std::string> all;
  for (const auto& test : inventory.tests) {
    all.push_back(test.name + " " + std::string(name(test.outcome)));
  }
  return all;
}

}  // namespace automod::testing
