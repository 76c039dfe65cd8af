#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What automod-clang writes and read_ast() reads: docs/formats/ast.md. Numbers are frozen within
/// a version; both programs come from one build, and another version is refused.
namespace automod::analyzers::ast {

inline constexpr std::string_view kHeading = "automod-ast 2";
inline constexpr std::size_t kLongestText = 16 * 1024;
inline constexpr std::size_t kMostRecords = 4'000'000;

enum class Kind : std::uint8_t {
  kFunction = 0,  // free ones; those of classes by what they are
  kMethod = 1,
  kConstructor = 2,
  kDestructor = 3,
  kConversion = 4,
  kClass = 5,
  kStruct = 6,
  kUnion = 7,
  kEnum = 8,
  kEnumerator = 9,
  kField = 10,
  kVariable = 11,
  kAlias = 12,
  kConcept = 13,
  kMacro = 14,
};
inline constexpr std::uint64_t kKinds = 15;

/// For whom a declaration is, classes around it included.
enum class Access : std::uint8_t { kPublic = 0, kProtected = 1, kPrivate = 2 };
inline constexpr std::uint64_t kAccesses = 3;

/// What may be so of a declaration, as bits.
using Flags = std::uint64_t;
inline constexpr Flags kDefinition = 1u << 0;
inline constexpr Flags kVirtual = 1u << 1;
inline constexpr Flags kPure = 1u << 2;
inline constexpr Flags kStatic = 1u << 3;
inline constexpr Flags kConst = 1u << 4;
inline constexpr Flags kNoexcept = 1u << 5;
inline constexpr Flags kInline = 1u << 6;
inline constexpr Flags kDeleted = 1u << 7;
inline constexpr Flags kDefaulted = 1u << 8;
inline constexpr Flags kExplicit = 1u << 9;
inline constexpr Flags kTemplate = 1u << 10;
inline constexpr Flags kFinal = 1u << 11;
inline constexpr Flags kAbstract = 1u << 12;
inline constexpr Flags kPod = 1u << 13;
inline constexpr Flags kScoped = 1u << 14;
inline constexpr Flags kHidden = 1u << 15;  // its symbol is not seen outside of its library
inline constexpr Flags kOverrides = 1u << 16;
inline constexpr Flags kVariadic = 1u << 17;
inline constexpr Flags kInternal = 1u << 18;  // one for each translation unit
inline constexpr Flags kCallable = 1u << 19;  // a macro with parameters
inline constexpr Flags kAllFlags = (1u << 20) - 1;

/// What was seen in a body. Some are findings as they are; others, marked so, are facts of one
/// function which mean something together with those of others.
enum class Smell : std::uint8_t {
  kGrowth = 0,            // subject: vector, detail: how much it will hold
  kTwoLookups = 1,        // subject: map, detail: key
  kEraseInLoop = 2,       // subject: container
  kFrontInsert = 3,       // subject: container
  kStringRebuilt = 4,     // subject: string
  kRegexMade = 5,         // subject: variable; a fact where no loop is around it
  kInnerBuffer = 6,       // subject: variable
  kCopyAtLastUse = 7,     // subject: variable, which is written at the place
  kSearchInLoop = 8,      // subject: container
  kSearches = 9,          // fact; subject: index of a parameter or "this", detail: container
  kHandsOver = 10,        // fact; subject: USR called, detail: as kSearches, other: what
  kResultDropped = 11,    // subject: function, detail: type
  kFailureUnseen = 12,    // subject: function
  kDeadAddress = 13,      // subject: what clang says
  kDangling = 14,         // subject: what clang says
  kEscapingCapture = 15,  // subject: variable
  kLeftLocked = 16,       // subject: mutex
  kLockTwice = 17,        // subject: mutex
  kLock = 18,             // fact; subject: USR of the mutex, detail: its text, other: "this" or ""
  kLockUnder = 19,        // fact; subject: USR of what is held, detail: USR of what is taken
  kCallUnder = 20,        // fact; subject: USR of what is held, detail: USR called, other: "same"
                          //   where the callee would name the same mutex by the same USR, or ""
  kVirtualCall = 21,      // fact; subject: USR called, in a loop
};
inline constexpr std::uint64_t kSmells = 22;

}  // namespace automod::analyzers::ast
