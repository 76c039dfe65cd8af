#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/types/json.hpp"
#include "engine/types/words.hpp"

/// One description of a document's fields serves both directions: `describe(archive, value)` calls
/// `archive("key", value.field)` for each, and the archive either writes or reads it. For the
/// sources of engine/types only.
namespace automod {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsId = false;
template <class Tag>
inline constexpr bool kIsId<Id<Tag>> = true;

/// Writes.
class JsonOut {
 public:
  explicit JsonOut(int format) : format_(format) {}

  int format() const { return format_; }

  template <class T>
  void operator()(const char* key, T& field) {
    value_[key] = written(field);
  }

  /// null where it is empty.
  void text_or_null(const char* key, std::string& field) {
    value_[key] = field.empty() ? nlohmann::json(nullptr) : nlohmann::json(field);
  }

  void say(const std::string&) {}
  nlohmann::json take() { return std::move(value_); }

 private:
  template <class T>
  nlohmann::json written(T& field) {
    if constexpr (kIsOptional<T>) {
      return field ? written(*field) : nlohmann::json(nullptr);
    } else if constexpr (kIsVector<T>) {
      nlohmann::json all = nlohmann::json::array();
      for (auto& item : field) all.push_back(written(item));
      return all;
    } else if constexpr (kIsId<T>) {
      return field.text;
    } else if constexpr (std::is_enum_v<T>) {
      return name(field);
    } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string>) {
      return field;
    } else {
      JsonOut inner(format_);
      describe(inner, field);
      return inner.take();
    }
  }

  int format_;
  nlohmann::json value_ = nlohmann::json::object();
};

/// Reads, and keeps the first thing that is wrong with the object or with one inside it. After an
/// error every read leaves its field alone, so that callers ask once, at the end.
class JsonIn {
 public:
  JsonIn(const nlohmann::json& value, std::string path, std::optional<std::string>& problem,
         int format)
      : value_(value), path_(std::move(path)), problem_(problem), format_(format) {
    if (!value_.is_object()) wrong(path_, "an object", value_);
  }

  int format() const { return format_; }
  void set_format(int format) { format_ = format; }

  template <class T>
  void operator()(const char* key, T& field) {
    if (const nlohmann::json* found = find(key)) read(*found, at(key), field);
  }

  void text_or_null(const char* key, std::string& field) {
    const nlohmann::json* found = find(key);
    if (found != nullptr && !found->is_null()) read(*found, at(key), field);
  }

  /// Everything has been read: whatever else is there is unknown.
  void done() {
    if (problem_) return;
    for (const auto& [key, ignored] : value_.items()) {
      if (!seen_.contains(key)) {
        return say(fmt::format("{} is unknown", at(printable_line(key))));
      }
    }
  }

  void say(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
  }

 private:
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  }

  const nlohmann::json* find(const char* key) {
    if (problem_) return nullptr;
    seen_.insert(key);
    const auto found = value_.find(key);
    if (found != value_.end()) return &*found;
    say(fmt::format("{} is missing", at(key)));
    return nullptr;
  }

  template <class T>
  void read(const nlohmann::json& found, const std::string& path, T& field) {
    if (problem_) return;
    if constexpr (kIsOptional<T>) {
      if (found.is_null()) return;
      read(found, path, field.emplace());
    } else if constexpr (kIsVector<T>) {
      if (!found.is_array()) return wrong(path, "a list", found);
      for (std::size_t i = 0; i < found.size() && !problem_; ++i) {
        read(found[i], fmt::format("{}[{}]", path, i), field.emplace_back());
      }
    } else if constexpr (kIsId<T>) {
      read(found, path, field.text);
    } else if constexpr (std::is_enum_v<T>) {
      read_word(found, path, field);
    } else if constexpr (std::same_as<T, bool>) {
      if (!found.is_boolean()) return wrong(path, "true or false", found);
      field = found.get<bool>();
    } else if constexpr (std::integral<T>) {
      read_whole(found, path, field);
    } else if constexpr (std::floating_point<T>) {
      if (!found.is_number()) return wrong(path, "a number", found);
      field = found.get<T>();
    } else if constexpr (std::same_as<T, std::string>) {
      if (!found.is_string()) return wrong(path, "a string", found);
      field = found.get<std::string>();
    } else {
      JsonIn inner(found, path, problem_, format_);
      describe(inner, field);
      inner.done();
    }
  }

  template <class T>
  void read_whole(const nlohmann::json& found, const std::string& path, T& field) {
    if (!found.is_number_integer()) return wrong(path, "a whole number", found);
    const bool fits = found.is_number_unsigned() ? std::in_range<T>(found.get<std::uint64_t>())
                                                 : std::in_range<T>(found.get<std::int64_t>());
    if (!fits) return say(fmt::format("{} is out of range: {}", path, found.dump()));
    field = found.get<T>();
  }

  template <class E>
  void read_word(const nlohmann::json& found, const std::string& path, E& field) {
    if (!found.is_string()) return wrong(path, "a string", found);
    const auto text = found.get<std::string>();
    if (const auto value = parse<E>(text)) {
      field = *value;
    } else {
      say(fmt::format("{} is unknown: '{}'{}", path, printable_line(text),
                      suggestion(text, names<E>())));
    }
  }

  void wrong(const std::string& path, std::string_view wanted, const nlohmann::json& found) {
    say(fmt::format("{} is {}, expected {}", path.empty() ? "the document" : path,
                    found.type_name(), wanted));
  }

  const nlohmann::json& value_;
  std::string path_;
  std::optional<std::string>& problem_;
  int format_;
  std::set<std::string, std::less<>> seen_;
};

/// Reads a whole document; `read` is given the archive and the value to fill. Nothing may be
/// missing, of another type, unknown or there twice.
template <class T, class F>
Result<T> read_document(std::string_view text, std::string_view what, int format, F&& read) {
  constexpr std::size_t kDeepest = 32;  // nothing we write is nested deeper
  auto value = parse_strictly(text, kDeepest);
  if (!value) return fail(std::move(value.error()).within(fmt::format("reading {}", what)));
  std::optional<std::string> problem;
  T document;
  JsonIn in(*value, "", problem, format);
  read(in, document);
  in.done();
  if (problem) return fail(ErrorKind::kUsage, fmt::format("reading {}: {}", what, *problem));
  return document;
}

}  // namespace automod
