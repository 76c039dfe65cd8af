#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzers/api/api.hpp"
#include "analyzers/clang/ast_units.hpp"
#include "analyzers/impact/impact.hpp"
#include "engine/engine.hpp"

/// What depends on a file, a symbol or a modification.
namespace automod {

struct ImpactRequest {
  std::string what;                     // path, symbol, path:symbol, or the id of a modification
  std::optional<std::string> revision;  // absent: HEAD, or the base of the modification
  std::uint32_t depth = 0;              // steps that are followed; 0: any number
  bool exact = false;                   // ask clang and the build, in the sandbox
};

/// A part of what was asked about.
struct ImpactSubject {
  std::string path;
  std::string symbol;  // empty: the file as a whole
  std::uint32_t line = 0;
};

/// Something that others build on, which is asked about or depends on that.
struct ImpactOnApi {
  analyzers::ApiEntry entry;
  std::uint32_t distance = 0;  // 0: it is part of what was asked about
};

struct ImpactTest {
  std::string name;  // of a test of the base or of the build; empty: a file of tests as a whole
  std::string path;  // empty: known by its target alone
  analyzers::ImpactWay way;
};

struct ImpactReport {
  Target target;
  std::optional<ModificationId> modification;
  std::vector<ImpactSubject> subjects;
  analyzers::Impact impact;
  std::optional<analyzers::BuildGraph> build;  // what `impact` names targets and outputs of
  std::vector<ImpactTest> tests;               // nearest first
  std::vector<ImpactOnApi> api;                // nearest first
  std::vector<std::string> notes;              // what is not known, and why
  std::vector<analyzers::AstGap> gaps;         // sources that clang could not read whole
};

}  // namespace automod
