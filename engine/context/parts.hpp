#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/context/fit.hpp"
#include "engine/context/near.hpp"
#include "engine/context/texts.hpp"

/// What can be told of what is meant: itself, and the code that has to do with it.
namespace automod::context {

/// Makes text of a file fit to be shown, and remembers what was done to it.
class Showing {
 public:
  explicit Showing(Texts& texts) : texts_(texts) {}

  /// Lines of a file as a part; with no text where there are none.
  Result<ContextPart> lines(PartKind kind, std::string_view path, std::size_t first,
                            std::size_t last);
  /// A text that is of no file of the tree.
  std::string text(std::string_view text, std::string_view what);
  Texts& texts() { return texts_; }

  /// By file, in order.
  std::vector<std::string> notes() const;

 private:
  void remember(std::string_view what, const Shown& shown);

  Texts& texts_;
  std::set<std::string> escaped_;
  std::set<std::string> secret_;
  std::set<std::string> cut_;
};

/// What is meant, as files or parts of them. `small`: so many tokens a file may have that is shown
/// whole where only a part of it is meant.
Result<std::vector<Offer>> focus_offers(const std::vector<Meant>& meant, const Near& near,
                                        std::size_t small, Showing& showing);

/// Who uses it, what it uses, what it belongs to and what tests it.
Result<std::vector<Offer>> offers_around(const std::vector<Meant>& meant, const Near& near,
                                         Showing& showing);

/// What a test calls that is no test itself: where everything that is meant is in tests, this is
/// what a change would be made to.
std::vector<Meant> tested_by(const std::vector<Meant>& meant, const Near& near);

}  // namespace automod::context
