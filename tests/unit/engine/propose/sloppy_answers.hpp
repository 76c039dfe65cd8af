#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/engine/propose/naive_edits.hpp"

/// Makes answers to some files, correct ones and then what sloppy or hostile models make of them.
namespace automod::testing::sloppy {

using naive::Changes;
using naive::Files;
using Texts = std::vector<std::string>;

/// The same numbers everywhere, which the distributions of the standard do not promise.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t count) { return engine_() % count; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937 engine_;
};

/// Files with line ends, white space and characters of many kinds.
const Files& base_files();

/// An answer on its way: blocks that are correct, and what must come of them.
struct Plan {
  struct Block {
    std::string path;
    Texts lines;  // markers included
  };
  std::vector<Block> blocks;
  std::map<std::string, std::string> now;
};

Plan make_plan(Dice& dice);  // its first block is one that searches
std::string text_of(const Plan& plan);
Changes changes_of(const Plan& plan);

const Texts& line_pool();

/// Lines with one to three of them gone, other or new.
Texts varied(Dice& dice, Texts lines);

/// Changes an answer that was correct; what it does may then be anything but half.
struct Sloppiness {
  enum Then { kSame, kRefused, kAnything };
  std::string_view what;
  Then then;
  std::function<std::string(Dice&, Plan)> answer;
};

std::vector<Sloppiness> tolerated();
std::vector<Sloppiness> hostile();
std::vector<Sloppiness> confused();

}  // namespace automod::testing::sloppy
