#include "tests/unit/engine/propose/sloppy_answers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace automod::testing::sloppy {

const Files& base_files() {
  static const Files files{
      {"src/lf.c",
       "#include <a.h>\n\nint one(void) {\n  return 1;\n}\n\nint two(void) {\n  return 2;\n}\n"},
      {"src/crlf.c", "int a;\r\nint b;\r\n\r\nint c;\r\nint d;\r\n\r\nint e;\r\n"},
      {"mixed.txt", "one\ntwo\r\nthree\nfour\r\nfive\r\nsix\n\nseven\r\n"},
      {"open.txt", "first\nsecond\nthird\nlast"},
      {"open_crlf.txt", "first\r\nsecond\r\nthird\r\nlast"},
      {"tabs.py", "def f(x):\n\tif x:\n\t\treturn 1 \n\treturn 2\t\n\n\ndef g(y):\n\treturn y\n"},
      {"Ünï.md", "# Größe\n\n„Zitat“ – 数字\n\n| a | b |\n\n* é\n* é\n"},
      {"empty", ""},
      {"bom.c", "\xef\xbb\xbfint x;\r\nint y;\r\nint z;\r\n"},
      {"single", "only"},
      {"latin1.txt", "caf\xe9\nplain\nna\xefve\nlast\n"},
  };
  return files;
}

std::string text_of(const Plan& plan) {
  std::string text = "It is better so.\n\n";
  for (const Plan::Block& block : plan.blocks) {
    text += block.path + "\n";
    for (const std::string& line : block.lines) text += line + "\n";
    text += "\n";
  }
  return text;
}

Changes changes_of(const Plan& plan) {
  Changes changes;
  for (const auto& [path, content] : plan.now) {
    const auto base = base_files().find(path);
    if (base == base_files().end() || base->second != content) changes.emplace(path, content);
  }
  return changes;
}

const Texts& line_pool() {
  static const Texts pool{"int added;", "",  "  return 3;", "\tx = 1;",
                          "é – ü",      "}", "last",        "blank at end "};
  return pool;
}

Texts varied(Dice& dice, Texts lines) {
  const std::size_t changes = 1 + dice.below(3);
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t at = dice.below(lines.size() + 1);
    const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
    if (at < lines.size() && dice.below(3) == 0) {
      lines.erase(place);
    } else if (at < lines.size() && dice.below(2) == 0) {
      *place = dice.one_of(line_pool());
    } else {
      lines.insert(place, dice.one_of(line_pool()));
    }
  }
  return lines;
}

namespace {

/// Adds a block that searches lines which stand there once; not always finds some.
void add_replacement(Dice& dice, Plan& plan) {
  auto at = base_files().begin();
  std::advance(at, dice.below(base_files().size()));
  std::string& content = plan.now.try_emplace(at->first, at->second).first->second;
  const auto lines = naive::split(content.substr(content.starts_with("\xef\xbb\xbf") ? 3 : 0));
  if (lines.empty()) return;
  const std::size_t first = dice.below(lines.size());
  const std::size_t count = 1 + dice.below(std::min<std::size_t>(4, lines.size() - first));
  Texts wanted;
  for (std::size_t i = first; i < first + count; ++i) wanted.push_back(lines[i].text);
  for (const std::string& text : wanted) {
    if (text.find('\xe9') == 3 || text.find("\xefve") == 2) return;  // no UTF-8
  }
  if (naive::places_of(content, wanted).size() != 1) return;
  const Texts fresh = varied(dice, wanted);
  content = naive::splice(content, first, count, fresh);
  Plan::Block block{.path = at->first, .lines = {"<<<<<<< SEARCH"}};
  block.lines.insert(block.lines.end(), wanted.begin(), wanted.end());
  block.lines.emplace_back("=======");
  block.lines.insert(block.lines.end(), fresh.begin(), fresh.end());
  block.lines.emplace_back(">>>>>>> REPLACE");
  plan.blocks.push_back(std::move(block));
}

}  // namespace

Plan make_plan(Dice& dice) {
  Plan plan;
  while (plan.blocks.empty() || changes_of(plan).empty()) {
    plan = {};
    for (std::size_t i = 0; i < 6; ++i) add_replacement(dice, plan);
  }
  if (dice.below(2) == 0) {
    const Texts lines{"int n;", "=======", "\ttab "};
    plan.blocks.push_back({.path = "new/n.c", .lines = {"<<<<<<< FILE"}});
    std::string& content = plan.now["new/n.c"];
    for (const std::string& line : lines) {
      plan.blocks.back().lines.push_back(line);
      content += line + "\n";
    }
    plan.blocks.back().lines.emplace_back(">>>>>>> FILE");
  }
  return plan;
}

namespace {

std::string each_line(const std::string& text, const std::function<std::string(std::string)>& map) {
  std::string out;
  for (const naive::NaiveLine& line : naive::split(text)) out += map(line.text) + "\n";
  return out;
}

Plan::Block& some_block(Dice& dice, Plan& plan) {
  return plan.blocks[dice.below(plan.blocks.size())];
}

/// The line of a block that is this marker of a search.
std::string& marker(Plan& plan, std::string_view line) {
  return *std::ranges::find(plan.blocks.front().lines, line);
}

/// Wraps up what is done to the lines of the answer, or to its first block, which searches.
Sloppiness on_text(std::string_view what, Sloppiness::Then then,
                   const std::function<std::string(Dice&, std::string)>& change) {
  return {what, then,
          [change](Dice& dice, const Plan& plan) { return change(dice, text_of(plan)); }};
}

Sloppiness on_first(std::string_view what, Sloppiness::Then then,
                    const std::function<void(Dice&, Plan&)>& change) {
  return {what, then, [change](Dice& dice, Plan plan) {
            change(dice, plan);
            return text_of(plan);
          }};
}

Sloppiness first_path(std::string_view what, Sloppiness::Then then, const std::string& format) {
  return on_first(what, then, [format](Dice&, Plan& plan) {
    plan.blocks[0].path = fmt::format(fmt::runtime(format), plan.blocks[0].path);
  });
}

Sloppiness first_marker(std::string_view what, const std::string& from, const std::string& to) {
  return on_first(what, Sloppiness::kRefused,
                  [from, to](Dice&, Plan& plan) { marker(plan, from) = to; });
}

}  // namespace

std::vector<Sloppiness> tolerated() {
  using enum Sloppiness::Then;
  return {
      on_text("as it should be", kSame, [](Dice&, std::string text) { return text; }),
      on_text("carriage returns", kSame,
              [](Dice&, const std::string& text) {
                return each_line(text, [](const std::string& line) { return line + "\r"; });
              }),
      on_text("some carriage returns", kSame,
              [](Dice& dice, const std::string& text) {
                return each_line(text, [&](const std::string& line) {
                  return dice.below(2) == 0 ? line + "\r" : line;
                });
              }),
      on_text("a byte order mark", kSame,
              [](Dice&, const std::string& text) { return "\xef\xbb\xbf" + text; }),
      on_text("blanks after markers", kSame,
              [](Dice&, const std::string& text) {
                return each_line(text, [](const std::string& line) {
                  const bool is_marker = line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>");
                  return is_marker ? line + " \t" : line;
                });
              }),
      first_path("backticks", kSame, "`{}`"),
      first_path("asterisks", kSame, "**{}**"),
      first_path("both", kSame, "**`{}`**"),
      first_path("blanks", kSame, "   {}\t"),
      first_path("prose above", kSame, "And here:\n\n{}"),
      first_path("an empty line below", kSame, "{}\n"),
      first_path("a fence below", kSame, "{}\n```cpp"),
      first_path("a fence above", kSame, "~~~\n{}"),
      {"fences around all", kSame,
       [](Dice&, Plan plan) {
         for (Plan::Block& block : plan.blocks) {
           block.path = "```\n" + block.path;
           block.lines.emplace_back("```");
           block.lines.emplace_back("And further:");
         }
         return text_of(plan);
       }},
  };
}

std::vector<Sloppiness> hostile() {
  using enum Sloppiness::Then;
  const auto content = [](const std::string& line) {
    return [line](Dice& dice, Plan& plan) {
      Texts& lines = some_block(dice, plan).lines;
      lines.insert(lines.begin() + 1, line);
    };
  };
  return {
      first_path("here", kRefused, "./{}"),
      first_path("up", kRefused, "../{}"),
      first_path("absolute", kRefused, "/{}"),
      first_path("up and down", kRefused, "x/../{}"),
      first_path("git's", kRefused, ".git/{}"),
      first_path("git's in capitals", kRefused, "a/.GIT/{}"),
      first_path("backslash", kRefused, "a\\{}"),
      first_path("control character", kRefused, "{}\x01"),
      first_path("escape", kRefused, "\x1b[31m{}"),
      first_path("homoglyph", kRefused, "{}\xd0\xb0"),
      first_path("colon", kRefused, "{}:"),
      first_path("words", kRefused, "In {} I change"),
      first_path("half a backtick", kRefused, "`{}"),
      first_path("a closed fence below", kRefused, "{}\n```\n```"),
      first_path("code below", kRefused, "{}\n```\nf();\n```"),
      first_path("a separator below", kRefused, "{}\n======="),
      first_marker("no separator", "=======", "======"),
      first_marker("two separators", "=======", "=======\n======="),
      first_marker("no beginning", "<<<<<<< SEARCH", ""),
      first_marker("no end", ">>>>>>> REPLACE", ""),
      first_marker("an indented beginning", "<<<<<<< SEARCH", "  <<<<<<< SEARCH"),
      first_marker("an indented end", ">>>>>>> REPLACE", " >>>>>>> REPLACE"),
      first_marker("a short beginning", "<<<<<<< SEARCH", "<<<<<< SEARCH"),
      first_marker("a long end", ">>>>>>> REPLACE", ">>>>>>>> REPLACE"),
      first_marker("small letters", "<<<<<<< SEARCH", "<<<<<<< search"),
      first_marker("another end", ">>>>>>> REPLACE", ">>>>>>> FILE"),
      first_marker("another beginning", "<<<<<<< SEARCH", "<<<<<<< FILE"),
      first_marker("beginning and end", "<<<<<<< SEARCH", ">>>>>>> REPLACE"),
      first_marker("a path in the marker", "<<<<<<< SEARCH", "<<<<<<< SEARCH a.c"),
      first_marker("search for nothing", "<<<<<<< SEARCH", "<<<<<<< SEARCH\n======="),
      on_first("a conflict inside", kRefused, content("<<<<<<< HEAD")),
      on_first("the end of a conflict", kRefused, content(">>>>>>> main")),
      on_first("a block inside", kRefused, content("src/lf.c\n<<<<<<< SEARCH")),
      on_first("an end inside", kRefused, content(">>>>>>> DELETE")),
      on_text("declined and not", kRefused,
              [](Dice&, const std::string& text) { return text + "NO CHANGE\n"; }),
      on_text("one end too many", kRefused,
              [](Dice&, const std::string& text) { return text + ">>>>>>> REPLACE\n"; }),
      on_text("one block that does not fit", kRefused,
              [](Dice&, const std::string& text) {
                return text + "single\n<<<<<<< SEARCH\nnone\n=======\nx\n>>>>>>> REPLACE\n";
              }),
      on_text("an anchor that is there twice", kRefused,
              [](Dice&, const std::string& text) {
                return text + "new/t\n<<<<<<< FILE\na\na\n>>>>>>> FILE\n" +
                       "new/t\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n";
              }),
      on_text("a deletion of nothing", kRefused,
              [](Dice&, const std::string& text) {
                return text + "gone.c\n<<<<<<< DELETE\n>>>>>>> DELETE\n";
              }),
      on_text("a move onto another", kRefused,
              [](Dice&, const std::string& text) {
                return text + "single\n<<<<<<< RENAME\nempty\n>>>>>>> RENAME\n";
              }),
      on_text("a file of no UTF-8 written anew", kRefused,
              [](Dice&, const std::string& text) {
                return text + "latin1.txt\n<<<<<<< FILE\nx\n>>>>>>> FILE\n";
              }),
  };
}

std::vector<Sloppiness> confused() {
  using enum Sloppiness::Then;
  const auto on_line = [](std::string_view what, const std::function<void(Dice&, Texts&)>& change) {
    return on_text(what, kAnything, [change](Dice& dice, const std::string& text) {
      Texts lines;
      for (const naive::NaiveLine& line : naive::split(text)) lines.push_back(line.text);
      change(dice, lines);
      std::string out;
      for (const std::string& line : lines) out += line + "\n";
      return out;
    });
  };
  const auto at = [](Texts& lines, std::size_t index) {
    return lines.begin() + static_cast<std::ptrdiff_t>(index);
  };
  return {
      on_first("swapped blocks", kAnything,
               [](Dice& dice, Plan& plan) { std::swap(plan.blocks[0], some_block(dice, plan)); }),
      on_first("a block twice", kAnything,
               [](Dice& dice, Plan& plan) {
                 const Plan::Block again = some_block(dice, plan);
                 plan.blocks.push_back(again);
               }),
      on_first("another file's block", kAnything,
               [](Dice& dice, Plan& plan) { some_block(dice, plan).path = "mixed.txt"; }),
      on_text("moved, deleted and written", kAnything,
              [](Dice& dice, const std::string& text) {
                const Texts acts{"single\n<<<<<<< RENAME\nnew/s\n>>>>>>> RENAME\n",
                                 "mixed.txt\n<<<<<<< DELETE\n>>>>>>> DELETE\n",
                                 "src/crlf.c\n<<<<<<< FILE\nint b;\nint x;\nint d;\n>>>>>>> FILE\n",
                                 "bom.c\n<<<<<<< FILE\nint y;\n>>>>>>> FILE\n",
                                 "mixed.txt\n<<<<<<< FILE\none\nx\nfour\n>>>>>>> FILE\n",
                                 "new/s\n<<<<<<< SEARCH\nonly\n=======\nx\ny\n>>>>>>> REPLACE\n"};
                std::string out = dice.one_of(acts) + text;
                for (int i = 0; i < 3; ++i) out += dice.one_of(acts);
                return out;
              }),
      on_line("a line less",
              [at](Dice& dice, Texts& lines) { lines.erase(at(lines, dice.below(lines.size()))); }),
      on_line("a line twice",
              [at](Dice& dice, Texts& lines) {
                const std::size_t index = dice.below(lines.size());
                const std::string again = lines[index];
                lines.insert(at(lines, index), again);
              }),
      on_line("a line elsewhere",
              [at](Dice& dice, Texts& lines) {
                std::swap(lines[dice.below(lines.size())], lines[dice.below(lines.size())]);
                const std::string line = dice.one_of(lines);
                lines.insert(at(lines, dice.below(lines.size())), line);
              }),
      on_line("a part of a line",
              [](Dice& dice, Texts& lines) {
                std::string& line = lines[dice.below(lines.size())];
                line = line.substr(0, line.size() / 2);
              }),
      on_line("a blank more",
              [](Dice& dice, Texts& lines) { lines[dice.below(lines.size())] += ' '; }),
      on_line("an indentation",
              [](Dice& dice, Texts& lines) { lines[dice.below(lines.size())].insert(0, "    "); }),
      on_line("blanks for tabs",
              [](Dice&, Texts& lines) {
                for (std::string& line : lines) {
                  if (line.starts_with('\t')) line.replace(0, 1, "        ");
                }
              }),
      on_line("a fence somewhere",
              [at](Dice& dice, Texts& lines) {
                lines.insert(at(lines, dice.below(lines.size())), "```");
              }),
      on_text("another byte", kAnything,
              [](Dice& dice, std::string text) {
                constexpr std::string_view kBytes("\n\r\t <>=`*~/.\\:aSEARCH\0\xc3", 23);
                const std::size_t flips = 1 + dice.below(3);
                for (std::size_t i = 0; i < flips; ++i) {
                  text[dice.below(text.size())] = kBytes[dice.below(kBytes.size())];
                }
                return text;
              }),
  };
}

}  // namespace automod::testing::sloppy
