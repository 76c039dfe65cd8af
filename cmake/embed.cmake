# Run by automod_embed(): writes ${stem}.hpp and ${stem}.cpp with the bytes of ${input}.

file(READ "${input}" bytes HEX)
file(SIZE "${input}" size)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")

file(WRITE "${stem}.hpp" "#pragma once
#include <string_view>
namespace automod::embedded {
extern const std::string_view ${symbol};
}
")
# The last byte, beyond the view, lets an empty file make a valid array.
file(WRITE "${stem}.cpp" "#include \"embedded/${symbol}.hpp\"
namespace automod::embedded {
namespace {
constexpr char kBytes[] = {
${bytes}
'\\0'};
}
constexpr std::string_view ${symbol}(kBytes, ${size});
}
")
