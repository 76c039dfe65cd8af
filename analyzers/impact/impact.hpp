#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/ast.hpp"
#include "analyzers/impact/build_graph.hpp"
#include "analyzers/index/focus.hpp"

/// What depends on parts of a codebase: by what, over how many steps, and how sure that is.
namespace automod::analyzers {

/// The strongest first: of several ways of the same length the first is said.
enum class ImpactBy { kOverride, kVirtualCall, kCall, kType, kName, kInclude, kBuild };
std::string_view name(ImpactBy by);

struct ImpactWay {
  ImpactBy by = ImpactBy::kName;  // the last step
  std::uint32_t distance = 1;     // steps, the shortest way
  bool is_exact = false;          // every step was seen by clang or by the build; else by name
  std::uint32_t meant = 1;        // how many symbols a name on the way may as well mean, at most
  std::string through;  // the symbol, file or target before; of distance 1: what was asked
};

struct ReachedFile {
  std::string path;
  ImpactWay way;
};

struct ReachedSymbol {
  std::string path;
  std::uint32_t line = 0;
  std::string name;  // with all that encloses it
  ImpactWay way;
};

struct ReachedTarget {
  std::uint32_t target = 0;  // in BuildGraph::targets
  ImpactWay way;             // distance 1: it is made of what was asked about, or of a dependent
};

struct ReachedOutput {
  std::uint32_t output = 0;  // in BuildGraph::outputs
  ImpactWay way;
};

/// Nearest first, then by place.
struct Impact {
  std::vector<ReachedFile> files;  // those asked about left out
  std::vector<ReachedSymbol> symbols;
  std::vector<ReachedTarget> targets;
  std::vector<ReachedOutput> outputs;  // of no known target
};

/// What is known beyond syntax. Borrowed.
struct ImpactSources {
  const Ast* exact = nullptr;
  const BuildGraph* build = nullptr;
};

/// Symbols that stand for a whole: with those of a focus their members, and what defines them where
/// they are only declared.
std::vector<SymbolAt> widened(const Codebase& code, const Focus& asked);

/// All that depends on `asked` over `depth` steps (0: any number). A file reaches those that import
/// it and whoever uses what it defines; a symbol whoever uses it. By syntax a use is a link of the
/// codebase. Where clang has seen what a call means, links that say otherwise do not count. A call
/// of a virtual method reaches all that override it.
Impact impact_of(const Codebase& code, const Focus& asked, const ImpactSources& sources = {},
                 std::uint32_t depth = 0);

}  // namespace automod::analyzers
