#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "engine/model/http.hpp"
#include "engine/model/key.hpp"
#include "engine/model/model.hpp"
#include "engine/model/settings.hpp"
#include "engine/model/stream.hpp"

/// What the clients that speak HTTP have in common.
namespace automod::model {

/// Fields of a request that a server refused and that it does not get any more.
using Refused = std::set<std::string, std::less<>>;

/// A field that a request can do without, or has another name for.
struct Refusable {
  std::string_view field;
  std::string_view named_by;  // what an error holds that is about it
};

/// How providers of one kind are asked.
struct Dialect {
  std::string url;                        // where questions are posted
  std::vector<std::string> headers = {};  // besides those that all send
  std::string_view key_header = {};       // what stands before the key
  std::vector<Refusable> refusable = {};
  const Reading* reading = nullptr;
  nlohmann::json (*body)(const std::string& model, const Question& question,
                         const Refused& refused) = nullptr;
};

/// The address that the settings give, else `usual`, without a '/' at its end.
std::string base_url(const ModelSettings& settings, std::string_view usual);

std::unique_ptr<Client> wire_client(const ModelSettings& settings, Key key, const Clock& clock,
                                    Dialect dialect);

/// A response with a status other than 2xx.
Failure failure_of_status(const HttpHead& head, const Trouble& trouble,
                          const ModelSettings& settings, const std::string& host, Clock::Time now);
/// A request that got no whole response.
Failure failure_of_end(const HttpResult& result, const ModelSettings& settings,
                       const std::string& host);
/// The same fit to be shown: without the key, on one line, not long.
Failure cleaned(Failure failure, const Key& key);

/// The first of `refusable` that is in `body` and that `trouble` is about; else empty.
std::string_view refused_field(const Trouble& trouble, const nlohmann::json& body,
                               const std::vector<Refusable>& refusable);

/// What of the user's headers cannot be sent: ours, the connection's, those that carry keys.
/// nullopt when all can.
std::optional<std::string> bad_header(const ModelSettings& settings);

}  // namespace automod::model
