#include "sandbox/output.hpp"

#include "tests/unit/catch.hpp"

using automod::testing::ContainsSubstring;
using automod::testing::EndsWith;
using automod::testing::StartsWith;

namespace automod::sandbox {

TEST_CASE("output within the limit is kept as it is, however it arrives") {
  KeptOutput kept(10);
  for (const char* part : {"ab", "c", "defg", "", "hij"}) kept.add(part);
  CHECK_FALSE(kept.cut());
  CHECK(kept.take() == "abcdefghij");
}

TEST_CASE("of longer output the first and the last part are kept") {
  const std::size_t step = GENERATE(1u, 7u, 64u, 300u, 5000u);
  std::string all;
  for (int i = 0; i < 500; ++i) all += std::to_string(10'000 + i) + "\n";
  KeptOutput kept(300);
  for (std::size_t at = 0; at < all.size(); at += step) kept.add(all.substr(at, step));
  CHECK(kept.cut());
  CHECK(kept.seen() == all.size());
  const std::string text = kept.take();
  CHECK(text.size() <= 300);
  CHECK_THAT(text, StartsWith(all.substr(0, 150)));
  CHECK_THAT(text, EndsWith(all.substr(all.size() - 86)));
  CHECK_THAT(text, ContainsSubstring("\n[2764 bytes not kept]\n"));
}

TEST_CASE("no output can be kept") {
  KeptOutput kept(0);
  kept.add("abc");
  CHECK(kept.cut());
  CHECK(kept.take().empty());
}

}  // namespace automod::sandbox
