#include "wordrank/index.hpp"

#include <algorithm>
#include <utility>

namespace wordrank {

Document::Document(std::string title, std::string body)
    : title_(std::move(title)), body_(std::move(body)) {}

InvertedIndex::InvertedIndex(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

DocumentId InvertedIndex::add(Document document) {
  const auto id = static_cast<DocumentId>(documents_.size());
  document.id_ = id;
  document.title_ = free_title(document.title_);
  titles_[document.title_] = id;

  std::vector<std::string> words = tokenizer_.words(document.body());
  for (std::size_t position = 0; position < words.size(); ++position) {
    std::vector<Posting>& postings = postings_[words[position]];
    if (postings.empty() || postings.back().document != id) postings.push_back({id, {}});
    postings.back().positions.push_back(static_cast<std::uint32_t>(position));
  }

  documents_.push_back(std::move(document));
  if (words.empty()) {
    warnings_.push_back("document '" + document.title() + "' has no words to index");
  }
  words_.push_back(std::move(words));
  return id;
}

void InvertedIndex::rename(const Document& document, const std::string& title) {
  const std::string old_title = document.title();
  documents_.at(document.id()).title_ = title;
  titles_.erase(old_title);
  titles_[title] = document.id();
}

std::optional<DocumentId> InvertedIndex::find_title(const std::string& title) const {
  const auto found = titles_.find(title);
  if (found == titles_.end()) return std::nullopt;
  return found->second;
}

const std::vector<Posting>& InvertedIndex::postings(const std::string& word) const {
  static const std::vector<Posting> kNone;
  const auto found = postings_.find(word);
  return found == postings_.end() ? kNone : found->second;
}

std::vector<std::string> InvertedIndex::vocabulary() const {
  std::vector<std::string> words;
  for (const auto& entry : postings_) {
    words.push_back(entry.first);
  }
  std::sort(words.begin(), words.end());
  return words;
}

std::string InvertedIndex::free_title(std::string title) const {
  if (!titles_.contains(title)) return title;
  int number = 2;
  while (titles_.contains(title + " (" + std::to_string(number) + ")")) ++number;
  return title + " (" + std::to_string(number) + ")";
}

}  // namespace wordrank
