#include "engine/propose/rule_table.hpp"

// Sorted as docs/rules.md shows them; that page says what the levels mean.
namespace automod::propose {

namespace {

using enum SafetyLevel;

constexpr Rule kRules[] = {
    {"performance-for-range-copy", kConservative, "loop variable is copied",
     "Every round of the loop copies an element that is only read; for strings and containers that "
     "is an allocation each time.",
     "binds the loop variable by const reference"},
    {"performance-unnecessary-copy-initialization", kConservative, "local is a needless copy",
     "The variable is a copy of something that outlives it and is only read.",
     "binds it by const reference"},
    {"performance-faster-string-find", kConservative, "one-letter string searched",
     "Searching for a string of one letter takes the general path; searching for a character does "
     "not.",
     "searches for the character"},
    {"performance-inefficient-vector-operation", kConservative, "vector grows without reserve",
     "The vector reallocates and moves its elements again and again though the final size is known "
     "before the loop.",
     "reserves the space before the loop"},
    {"performance-move-const-arg", kConservative, "std::move without effect",
     "Moving from a constant or trivially copyable value copies; the std::move only hides that.",
     "removes the std::move"},
    {"performance-inefficient-string-concatenation", kConservative, "string + string in a loop",
     "Each a = a + b builds a new string and copies all that was there before.", ""},
    {"performance-implicit-conversion-in-loop", kConservative, "loop variable is converted",
     "The type of the loop variable is not that of the elements, so each round builds a temporary.",
     ""},
    {"performance-move-constructor-init", kConservative, "move constructor copies",
     "The move constructor copies a base or member that could be moved.", ""},
    {"performance-no-automatic-move", kConservative, "const local blocks a move",
     "A const local cannot be moved out by return, so it is copied.", ""},
    {"performance-unnecessary-value-param", kModerate, "parameter is a needless copy",
     "Every call copies an argument that the function only reads.",
     "takes the parameter by const reference, or moves from it at its last use"},
    {"performance-inefficient-algorithm", kModerate, "linear search in a sorted set",
     "A generic algorithm walks through a container that has a logarithmic or constant-time search "
     "of its own.",
     "calls the member function of the container"},
    {"performance-avoid-endl", kModerate, "std::endl flushes",
     "std::endl flushes the stream every time, which costs a system call; where nobody waits for "
     "the line a newline does.",
     "writes '\\n' without flushing"},
    {"performance-noexcept-move-constructor", kModerate, "move is not noexcept",
     "Containers copy instead of moving when they grow unless moving is noexcept.",
     "adds noexcept"},
    {"performance-noexcept-destructor", kModerate, "destructor is not noexcept",
     "A destructor that may throw keeps the type out of fast paths and ends the program when it "
     "does throw.",
     "adds noexcept"},
    {"performance-noexcept-swap", kModerate, "swap is not noexcept",
     "Algorithms take slower paths around a swap that may throw.", "adds noexcept"},
    {"performance-trivially-destructible", kModerate, "destructor need not be defined",
     "An out-of-line defaulted destructor makes the type not trivially destructible, so containers "
     "call it for every element.",
     "defaults the destructor in the class"},
    {"performance-type-promotion-in-math-fn", kAggressive, "float computed as double",
     "The C function computes in double what is only needed in float.",
     "calls the overload of std for float; results may differ in the last bits"},
    {"cpp-copied-at-last-use", kModerate, "copied at its last use",
     "A string or container is copied where nobody looks at it any more, which a move does without "
     "an allocation.",
     "moves it", Reader::kMeaning},
    {"cpp-grows-without-reserve", kModerate, "vector grows without reserve",
     "The number of elements is known before the loop, and the vector moves them again and again "
     "to find room.",
     "", Reader::kMeaning},
    {"cpp-key-looked-up-twice", kModerate, "key looked up twice",
     "One search gives the place of the element; the second one only finds it again.", "",
     Reader::kMeaning},
    {"cpp-erase-in-loop", kModerate, "erase in a loop",
     "Each erase moves everything behind it, so that the loop takes time with the square of the "
     "elements; erase_if or remove_if takes one pass.",
     "", Reader::kMeaning},
    {"cpp-insert-at-front-in-loop", kModerate, "insert at the front in a loop",
     "Each insert moves all elements; appending and reversing once, or a deque, does not.", "",
     Reader::kMeaning},
    {"cpp-string-rebuilt-in-loop", kModerate, "string built anew in each round",
     "Each sum copies all that was there before; appending copies only what is new.", "",
     Reader::kMeaning},
    {"cpp-regex-each-call", kModerate, "regex compiled again and again",
     "Compiling a regular expression takes far longer than matching a line; one that is made once "
     "does for all.",
     "", Reader::kMeaning},
    {"cpp-search-in-loop", kModerate, "linear search in a loop",
     "Each round walks through the whole container; a set, a map or a sorted vector is asked at "
     "once.",
     "", Reader::kMeaning},
    {"cpp-search-behind-call", kModerate, "called search in a loop",
     "The function that is called in each round walks through the same container, so that the time "
     "grows with the product of both.",
     "", Reader::kMeaning},
    {"cpp-virtual-call-in-loop", kAggressive, "virtual call in a loop",
     "Nothing overrides the method; final lets the compiler call it directly, and inline it.", "",
     Reader::kMeaning},
    {"cpp-buffer-in-inner-loop", kAggressive, "buffer made in an inner loop",
     "It allocates again in each round; one that is cleared keeps its memory.", "",
     Reader::kMeaning},
};

}  // namespace

std::span<const Rule> performance_rules() { return kRules; }

}  // namespace automod::propose
