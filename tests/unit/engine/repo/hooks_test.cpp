#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

TEST_CASE_METHOD(RepoTest, "a hook runs when it is asked for, and says what it said") {
  git.commit("one");
  const CancelToken never;
  const auto none = value(open().run_hook("post-merge", {"0"}, never));
  CHECK(none.exit_code == 0);
  CHECK(none.output.empty());
  git.write(".git/hooks/post-merge", "#!/bin/sh\necho \"got $1 in $(pwd)\"\necho no >&2\nexit 3\n",
            true);
  const auto ran = value(open().run_hook("post-merge", {"x y"}, never));
  CHECK(ran.exit_code == 3);
  CHECK_THAT(ran.output, ContainsSubstring("got x y in "));
  CHECK_THAT(ran.output, ContainsSubstring("no\n"));
}

}  // namespace automod::testing
