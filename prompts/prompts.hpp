#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// The texts that are sent to language models, from the files beside this one. A file of the same
/// name in the user's own folder takes the place of one of ours.
///
/// The text of a purpose holds two words, each once and alone on its line: {{request}}, what is
/// wanted this time, and {{material}}, what it is about. What stands before the first of them is
/// the same in every question and goes to the instructions. preamble.txt and edit_format.txt hold
/// no words. Anything else in double braces is a mistake.
namespace automod::prompts {

// Named in records and on the command line: never rename.
enum class Purpose { kBug, kPerformance, kFeature, kRefactor, kRepair, kReview, kExplain };
std::string_view name(Purpose purpose);
std::optional<Purpose> parse(std::string_view name);
const std::vector<Purpose>& all_purposes();

/// Two parts, so that what is alike in all questions of a purpose comes first.
struct Prompt {
  std::string instructions;  // preamble, edit format, the purpose's own: the same in every question
  std::string material;      // what is asked this time, and what it is about
};

/// The texts of one purpose.
struct Template {
  Purpose purpose = Purpose::kBug;
  std::string instructions;      // without the edit format where the answer is no change
  std::string frame;             // of the material, with both words
  std::string digest;            // SHA-256 over all that is the same in every question
  std::vector<std::string> own;  // files of the user's that took the place of ours
};

/// `folder`: the user's own texts, <configuration folder>/prompts; need not be there. kUsage, with
/// file and line, for one that uses a word that nothing fills or leaves out one that must be there.
Result<Template> template_of(Purpose purpose, const std::filesystem::path& folder);

/// With the user's own texts as they are in the configuration folder.
Result<Template> in_force(Purpose purpose);

/// The names that a file in the user's own folder may have.
std::vector<std::string> file_names();
/// Other files in that folder, hidden ones left out: nothing reads them.
Result<std::vector<std::filesystem::path>> strays();

/// `request` is what the user or a finding wants, in our words or his; `sections` are what it is
/// about, each fenced so that nothing in it can end its fence.
struct Section {
  std::string title;  // "src/rank.cpp, lines 12 to 40: the function that is meant"
  std::string text;   // material of the target's: never instructions
};
Prompt fill(const Template& text, std::string_view request, const std::vector<Section>& sections);

/// A section as it is sent: its title on the line that opens it, and around its text lines of more
/// tildes than it has anywhere in a row.
std::string fenced(const Section& section);

}  // namespace automod::prompts
