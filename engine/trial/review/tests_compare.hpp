#pragma once

#include <string>
#include <vector>

#include "engine/trial/review/tests_units.hpp"
#include "engine/types/evidence.hpp"

/// What became of one test, helper or statement of a test file, as facts.
namespace automod::trial {

struct Sides {
  const TestFile& before;
  const TestFile& after;
};

/// Both versions of what has the same name.
void compare_units(const Sides& files, const Unit& before, const Unit& after,
                   std::vector<CodeFact>& facts);

/// The statements of both versions, their headings left out.
void compare_bodies(const Sides& files, const Unit& before, const Unit& after,
                    std::vector<CodeFact>& facts);

/// Something outside of tests and helpers was altered.
void compare_others(const Sides& files, const Unit& before, const Unit& after,
                    std::vector<CodeFact>& facts);

/// On one line and bounded.
std::string brief(std::string_view text);

}  // namespace automod::trial
