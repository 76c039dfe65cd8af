#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/review/source.hpp"
#include "engine/types/words.hpp"

/// What code reaches outside itself, by the names it uses.
namespace automod::trial {

enum class Family { kC, kPython, kScript, kGo, kRust, kJava };
Family family_of(analyzers::Language language);

/// How a name has to stand in the code to count.
enum class Use {
  kAny,     // any use that is no declaration of something else of that name
  kCall,    // "open": called, or its address taken; a common word otherwise
  kMember,  // behind a dot or an arrow, and called
};

struct ReachRow {
  Family family = Family::kC;
  std::string_view name;  // "os.system", "std::thread"; what is below it counts as well
  FactKind kind = FactKind::kCapabilityProcess;
  std::string_view group;  // names of one group give the same power
  Use use = Use::kAny;
};

/// The names that matter in one family, without order.
const std::vector<ReachRow>& reach_table(Family family);

/// Modules by the string that imports them: JavaScript's "child_process", Go's "os/exec".
const ReachRow* module_named(Family family, std::string_view name);

struct Reached {
  FactKind kind = FactKind::kCapabilityProcess;
  std::string_view group;
  std::string name;
  std::size_t line = 0;
};

/// Everything that one file reaches, in the order of the text, macros looked through.
std::vector<Reached> reached_by(const Source& source);

/// What names put together by macros become: for each use of a macro that pastes, the names that
/// its parts may join to.
struct Pasted {
  std::string name;
  std::size_t line = 0;
};
std::vector<Pasted> pasted_names(const Source& source);

/// Code that runs before main or while a module is imported.
struct Start {
  std::string name;
  std::size_t line = 0;
  bool is_plain_call = false;  // a call at the top of a script: as tests are written
};
std::vector<Start> starts_of(const Source& source);

/// Something that outlives a call and can be written: what one call leaves for the next.
struct State {
  std::string name;
  std::size_t line = 0;
};
std::vector<State> states_of(const Source& source);

}  // namespace automod::trial
