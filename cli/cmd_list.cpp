#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"

namespace automod::cli {

namespace {

/// The session whose id begins so.
Result<SessionId> find_session(const store::Store& store, const std::string& prefix) {
  const auto sessions = store.sessions(1'000'000);
  if (!sessions) return fail(sessions.error());
  const Session* found = nullptr;
  for (const Session& session : *sessions) {
    if (!session.id.text.starts_with(prefix)) continue;
    if (found) {
      return fail(ErrorKind::kUsage,
                  fmt::format("several sessions begin with '{}'", printable_line(prefix)),
                  "give more of the id");
    }
    found = &session;
  }
  if (!found) {
    return fail(ErrorKind::kUsage, fmt::format("no session '{}'", printable_line(prefix)));
  }
  return found->id;
}

std::string payload_word(const nlohmann::json& payload, const char* key) {
  const auto found = payload.find(key);
  return found != payload.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string goals_word(const nlohmann::json& payload) {
  std::string words;
  const auto goals = payload.find("goals");
  if (goals == payload.end() || !goals->is_array()) return words;
  for (const auto& goal : *goals) {
    if (goal.is_string()) words += (words.empty() ? "" : ", ") + goal.get<std::string>();
  }
  return words;
}

/// What an entry is about, in a few words.
std::string about(const store::LedgerEntry& entry, const store::Store& store) {
  const auto payload = nlohmann::json::parse(entry.payload, nullptr, false);
  if (!payload.is_object()) return "(cannot be read)";
  if (entry.kind == "session") return goals_word(payload);
  if (entry.kind == "proposal") {
    const auto listed = store.modification(entry.subject);
    return listed ? listed->modification.candidate.summary : payload_word(payload, "type");
  }
  if (entry.kind == "verdict") {
    return payload_word(payload, "decision") + " at level " + payload_word(payload, "safety_level");
  }
  if (entry.kind == "application") return payload_word(payload, "branch");
  return payload_word(payload, "reason");
}

void print_log(Context& context, const LedgerView& view, const store::Store& store) {
  Table table;
  table.add({{"#", Tone::kDim, true},
             {"AT", Tone::kDim},
             {"KIND", Tone::kDim},
             {"SUBJECT", Tone::kDim},
             {"HASH", Tone::kDim},
             {"ABOUT", Tone::kDim}});
  for (const store::LedgerEntry& entry : view.entries) {
    table.add({{std::to_string(entry.number), Tone::kPlain, true},
               {printable_line(entry.at).substr(0, 19), Tone::kDim},
               {printable_line(entry.kind)},
               {printable_line(entry.subject).substr(0, 13), Tone::kName},
               {printable_line(entry.hash).substr(0, 12), Tone::kDim},
               {printable_line(about(entry, store))}});
  }
  std::ostream& out = context.out();
  if (view.entries.empty()) {
    out << "the ledger is empty\n";
  } else {
    out << table.text(context.paint(), 0, context.table_width());
  }
  if (!view.verified) return;
  if (view.broken_at) {
    out << context.paint()(Tone::kBad, "broken")
        << fmt::format(
               ": entry {} is not what was "
               "written\n",
               *view.broken_at);
  } else {
    out << context.paint()(Tone::kGood, "verified") << ": every hash holds\n";
  }
}

}  // namespace

Result<int> run_list(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  store::ListFilter filter;
  if (const auto status = arguments.value("--status")) {
    filter.status = parse<ModificationStatus>(*status);
  }
  if (const auto prefix = arguments.value("--session")) {
    auto session = find_session(engine->store(), *prefix);
    if (!session) return fail(std::move(session.error()));
    filter.session = std::move(*session);
  }
  if (arguments.has("--limit")) filter.limit = arguments.number("--limit", 0);
  const auto listed = engine->store().list(filter);
  if (!listed) return fail(listed.error());
  if (context.json()) {
    context.print(list_document(*listed));
  } else if (arguments.has("--ids")) {
    for (const auto& one : *listed) {
      context.out() << short_id(engine->store(), one.modification.id) << '\t'
                    << printable_line(one.modification.candidate.summary) << '\n';
    }
  } else if (listed->empty()) {
    context.out() << (arguments.has("--status") || arguments.has("--session")
                          ? "no modification matches\n"
                          : "no modification is recorded here\nnext: " +
                                context.command_line("analyze") + '\n');
  } else {
    context.out() << modifications_text(*listed, engine->store(), context.paint(),
                                        context.table_width());
  }
  return kDone;
}

Result<int> run_log(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  auto entries = engine->store().ledger();
  if (!entries) return fail(std::move(entries.error()));
  LedgerView view{.entries = std::move(*entries), .verified = arguments.has("--verify")};
  std::ranges::reverse(view.entries);
  if (arguments.has("--limit")) {
    view.entries.resize(std::min(view.entries.size(), arguments.number("--limit", 0)));
  }
  if (view.verified) {
    const auto broken = engine->store().check_ledger();
    if (!broken) return fail(broken.error());
    view.broken_at = *broken;
  }
  if (context.json()) {
    context.print(log_document(view));
  } else {
    print_log(context, view, engine->store());
  }
  return view.broken_at ? kInternal : kDone;
}

}  // namespace automod::cli
