#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"

/// The user's own settings: config.toml in the configuration folder. A target's configuration is
/// never asked: it must not choose who is told its code, nor what runs outside the sandbox.
namespace automod::model {

// Written in config.toml and JSON by name.
enum class Kind { kAnthropic, kOpenAiChat, kOpenAiResponses, kCommand, kScripted };
std::string_view name(Kind kind);

/// Dollars for a million tokens.
struct Price {
  double input = 0;
  double cached = 0;   // reading the provider's cache
  double written = 0;  // writing it
  double output = 0;
  friend bool operator==(const Price&, const Price&) = default;
};

/// [models.NAME]
struct ModelSettings {
  std::string name;  // what the user calls it
  Kind kind = Kind::kCommand;
  std::string model;                           // what its provider calls it
  std::string url;                             // of the API, without the last part; by kind
  std::string key_env;                         // variable with the key; kCommand: it may see that
  std::filesystem::path key_file;              // or a file that only the user may read
  std::map<std::string, std::string> headers;  // sent besides ours; never a key's place
  std::string proxy;                           // empty: as the environment says
  std::filesystem::path ca_file;               // empty: the system's
  std::vector<std::string> command;            // kCommand
  std::filesystem::path answers;               // kScripted: files answered in order of their names
  std::int64_t most_tokens = 8192;             // of one answer
  std::int64_t context_tokens = 32000;         // of one question
  std::optional<double> temperature;
  std::int64_t timeout_seconds = 600;  // of one attempt
  std::int64_t idle_seconds = 120;     // without a byte
  std::int64_t retries = 4;
  std::int64_t parallel = 2;  // questions at once
  std::optional<Price> price;
  std::vector<std::string> withheld = {};  // kCommand: variables with keys of other models
};

/// 0: no limit.
struct Budget {
  double dollars = 0;
  std::int64_t tokens = 0;  // in and out
  friend bool operator==(const Budget&, const Budget&) = default;
};

/// `own` where it says something, else `general`.
Budget either(const Budget& own, const Budget& general);

constexpr std::int64_t kMostAttempts = 20;
constexpr std::int64_t kMostCandidates = 20;

/// [ask]
struct Settings {
  std::vector<ModelSettings> models;  // by name
  std::string model;                  // asked unless the command line names another; may be empty
  std::string review;                 // a second pair of eyes; empty: none
  std::int64_t attempts = 3;          // of one line of thought, the first included
  std::int64_t candidates = 1;        // lines of thought
  Budget session;
  Budget day;
  std::filesystem::path file;  // where all this stands
};

/// How one command asks; what is absent is the settings'.
struct Asking {
  std::string model;   // the user's name for it
  std::string review;  // likewise; "none": no second pair of eyes
  std::optional<std::int64_t> attempts;
  std::optional<std::int64_t> candidates;
  Budget budget;               // of the session; 0: the settings'
  std::filesystem::path book;  // empty: the repository's own
  bool fresh = false;
  bool replay = false;
};

/// Without a file: no models. kUsage with file, line and column for what is wrong.
Result<Settings> read_settings();
Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& file);

/// The model of that name; without a name the one that [ask] names, or the only one there is,
/// kScripted left out. kUnavailable, saying what to write where, when there is none.
Result<const ModelSettings*> choose_model(const Settings& settings, std::string_view name);

using automod::state_dir;

}  // namespace automod::model
