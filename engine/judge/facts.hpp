#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "engine/judge/checks.hpp"

/// How checks read the facts of a change.
namespace automod::judge {

/// The facts of these kinds, in the order of the evidence.
std::vector<const CodeFact*> facts_of(const Evidence& evidence,
                                      std::initializer_list<FactKind> kinds);

/// "getenv (src/a.cpp:3)"; without the line where the whole file is meant.
std::string placed(const CodeFact& fact);

/// "2 names: getenv (src/a.cpp:3), fork (src/a.cpp:9)".
std::string listed_facts(std::string_view what, const std::vector<const CodeFact*>& facts);

/// What a check says of evidence that was made before it was known.
CheckOutcome not_looked_for();

}  // namespace automod::judge
