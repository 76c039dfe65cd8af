// Documents, and an index from each word to the places where it occurs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "wordrank/tokenizer.hpp"

namespace wordrank {

using DocumentId = std::uint32_t;

class Document {
 public:
  Document(std::string title, std::string body);

  DocumentId id() const { return id_; }
  const std::string& title() const { return title_; }
  const std::string& body() const { return body_; }

 private:
  friend class InvertedIndex;

  DocumentId id_ = 0;
  std::string title_;
  std::string body_;
};

/// Where one word occurs in one document, counted in words from 0.
struct Posting {
  DocumentId document;
  std::vector<std::uint32_t> positions;

  std::size_t count() const { return positions.size(); }
  std::uint32_t first() const { return positions.front(); }
};

class InvertedIndex {
 public:
  explicit InvertedIndex(Tokenizer tokenizer = Tokenizer());

  /// Indexes the document and gives it the next id. Titles are unique: a second document with the
  /// same title is stored under "title (2)", the next under "title (3)".
  DocumentId add(Document document);

  /// Gives a stored document a new title; the old one is free afterwards.
  void rename(const Document& document, const std::string& title);

  const Document& document(DocumentId id) const { return documents_.at(id); }
  std::optional<DocumentId> find_title(const std::string& title) const;

  /// In the order of document ids; empty for a word that occurs nowhere.
  const std::vector<Posting>& postings(const std::string& word) const;

  const std::vector<std::string>& words_of(DocumentId id) const { return words_.at(id); }
  std::size_t document_count() const { return documents_.size(); }

  /// All indexed words, sorted.
  std::vector<std::string> vocabulary() const;

  /// One sentence for each document that looks wrong.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::string free_title(std::string title) const;

  Tokenizer tokenizer_;
  std::vector<Document> documents_;
  std::vector<std::vector<std::string>> words_;
  std::unordered_map<std::string, std::vector<Posting>> postings_;
  std::unordered_map<std::string, DocumentId> titles_;
  std::vector<std::string> warnings_;
};

}  // namespace wordrank
