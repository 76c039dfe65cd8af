#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/trial/review/source.hpp"

namespace automod::trial {

struct Import {
  std::string name;  // "os.system", "std::process::Command", "child_process"
  std::size_t line = 0;
};

/// What a file brings in, and by which names it then speaks of it.
struct Imports {
  std::vector<Import> seen;
  std::map<std::string, std::string> aliases;  // "s" is "os.system"
  std::set<std::string> modules;               // Python: what was imported as a whole
  std::vector<std::string> stars;              // Python: from x import *
  bool uses_std = false;                       // C++: using namespace std
};

Imports imports_of(const Source& source);

}  // namespace automod::trial
