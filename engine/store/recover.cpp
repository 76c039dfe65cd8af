#include "engine/store/recover.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/fd.hpp"
#include "engine/store/chain.hpp"
#include "engine/store/core.hpp"
#include "engine/store/merge_bundles.hpp"
#include "engine/store/restore.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/tables.hpp"

namespace automod::store {

namespace fs = std::filesystem;

namespace {

/// A database is its file, its log and the log's index.
constexpr std::array<std::string_view, 3> kParts = {"", "-wal", "-shm"};

fs::path part(const fs::path& file, std::string_view suffix) {
  return file.string() + std::string(suffix);
}

bool is_there(const fs::path& file) {
  std::error_code code;
  return fs::exists(file, code);
}

void remove_all_parts(const fs::path& file) {
  std::error_code code;
  for (const std::string_view suffix : kParts) fs::remove(part(file, suffix), code);
}

/// A copy can be read, and its log worked in, without the original being touched.
Result<void> copy_database(const fs::path& from, const fs::path& to) {
  remove_all_parts(to);
  for (const std::string_view suffix : {kParts[0], kParts[1]}) {
    std::error_code code;
    if (!is_there(part(from, suffix))) continue;
    fs::copy_file(part(from, suffix), part(to, suffix), code);
    if (code) return fail_errno(fmt::format("copying {}", from.string()), code.value());
  }
  return {};
}

/// A copy that goes with its owner.
class Copy {
 public:
  explicit Copy(fs::path file) : file_(std::move(file)) {}
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() { remove_all_parts(file_); }
  const fs::path& file() const { return file_; }

 private:
  fs::path file_;
};

Result<std::string> one_text(const Database& database, std::string_view sql) {
  Statement statement(database, sql);
  auto row = statement.step();
  if (!row) return fail(std::move(row.error()));
  return statement.text_at(0);
}

/// Of a file that is there.
Diagnosis diagnose_open(const Database& database) {
  const auto application = one_text(database, "PRAGMA application_id");
  const auto version = one_text(database, "PRAGMA user_version");
  const auto tables = one_text(database, "SELECT count(*) FROM sqlite_schema");
  for (const auto* value : {&application, &version, &tables}) {
    if (!*value) return {Health::kDamaged, value->error().message};
  }
  if (*application == "0" && *tables == "0") return {Health::kGone, "the file is empty"};
  if (*application != std::to_string(kApplicationId)) {
    return {Health::kForeign, "its application id is " + *application};
  }
  if (std::stoll("0" + *version) > kSchemaVersion) {
    return {Health::kNewer, "its schema is " + *version};
  }
  const auto pages = one_text(database, "PRAGMA quick_check(1)");
  if (!pages) return {Health::kDamaged, pages.error().message};
  if (*pages != "ok") return {Health::kDamaged, *pages};
  return {Health::kSound, {}};
}

/// Looks at a copy: opening a database may change it.
Result<Diagnosis> diagnose_file(const fs::path& folder) {
  const Copy copy(folder / "automod.db.looking");
  if (auto copied = copy_database(database_file(folder), copy.file()); !copied) {
    return fail(std::move(copied.error()));
  }
  const auto database = open_database(copy.file());
  if (!database) return Diagnosis{Health::kDamaged, database.error().message};
  return diagnose_open(*database);
}

/// Everything that can be read of the old database.
Bundle salvage(const fs::path& folder, std::vector<std::string>& unread) {
  const Copy copy(folder / "automod.db.reading");
  if (!is_there(database_file(folder)) || !copy_database(database_file(folder), copy.file())) {
    return {};
  }
  const auto database = open_database(copy.file());
  if (!database) {
    unread.push_back("everything: " + database.error().message);
    return {};
  }
  return gather(*database, unread);
}

Result<void> insert_former(const Core& core, const std::vector<LedgerEntry>& entries) {
  Statement insert(core.database, fmt::format("INSERT OR IGNORE INTO former_ledger (recovery, {}) "
                                              "VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                              kEntryColumns));
  for (const LedgerEntry& entry : entries) {
    insert.reset();
    insert.whole(entry.number).text(entry.at).text(entry.kind).text(entry.subject);
    insert.text(entry.payload).text(entry.previous).text(entry.hash);
    insert.text_or_null(entry.signature).text_or_null(entry.signer);
    if (auto done = insert.run(); !done) return done;
  }
  return {};
}

struct Making {
  const Bundle& found;
  const Sources& sources;
  const Diagnosis& diagnosis;
  std::string aside;  // name of the file; empty: there is none
};

/// The whole new database, in one transaction.
Result<Restored> write_new(Core& core, const Making& making) {
  if (auto made = upgrade(core.database); !made) return fail(std::move(made.error()));
  auto transaction = Transaction::begin(core.database);
  if (!transaction) return fail(std::move(transaction.error()));
  const LedgerHead& head = making.found.head;
  nlohmann::json payload = {
      {"reason", making.diagnosis.what},
      {"kept_aside", making.aside.empty() ? nlohmann::json(nullptr) : nlohmann::json(making.aside)},
      {"old_head", head.number == 0
                       ? nlohmann::json(nullptr)
                       : nlohmann::json{{"number", head.number}, {"hash", valid_text(head.hash)}}}};
  auto number = append(core, core.now(), "recovery", "", std::move(payload));
  if (!number) return fail(std::move(number.error()));
  auto done = insert_former(core, making.found.ledger);
  if (done) done = insert_former(core, making.found.former);
  if (!done) return fail(std::move(done.error()));
  Restored restored = restore(core, making.found, making.sources);
  if (done = transaction->commit(); !done) return fail(std::move(done.error()));
  return restored;
}

Result<void> flush_folder(const fs::path& folder) {
  const Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || fsync(fd.get()) != 0) {
    return fail_errno(fmt::format("flushing {}", folder.string()), errno);
  }
  return {};
}

Result<void> move(const fs::path& from, const fs::path& to) {
  if (rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return {};
  return fail_errno(fmt::format("renaming {}", from.string()), errno);
}

/// The old files step aside, the new one into their place. Killed in between, the next call finds
/// the new one complete.
Result<void> swap_in(const fs::path& folder, const fs::path& fresh, const std::string& aside) {
  const fs::path file = database_file(folder);
  for (const std::string_view suffix : kParts) {
    const fs::path to = part(folder / aside, suffix);
    auto moved = aside.empty() ? Result<void>() : move(part(file, suffix), to);
    if (!moved) return moved;
  }
  // What lies there without a file it belongs to is no use, and would be taken for the new one's.
  if (aside.empty()) remove_all_parts(file);
  auto done = flush_folder(folder);
  if (done) done = move(fresh, file);
  if (done) done = flush_folder(folder);
  return done;
}

/// A new database that an earlier call has finished, but not put in its place.
bool is_finished(const fs::path& fresh) {
  if (!is_there(fresh) || is_there(part(fresh, "-wal"))) return false;
  const auto database = open_database(fresh);
  if (!database || diagnose_open(*database).health != Health::kSound) return false;
  return one_text(*database, "SELECT kind FROM ledger WHERE number = 1").value_or("") == "recovery";
}

/// A name that no earlier recovery has taken.
std::string aside_name(const fs::path& folder, const Clock& clock) {
  std::string stamp = iso_time(clock.now());
  std::erase_if(stamp, [](char c) { return c == ':' || c == '-' || c == '.'; });
  std::string name = "automod.db.damaged-" + stamp;
  for (int i = 2; is_there(folder / name); ++i) {
    name = fmt::format("automod.db.damaged-{}-{}", stamp, i);
  }
  return name;
}

}  // namespace

std::string_view name(Health health) {
  switch (health) {
    case Health::kNone:
      return "none";
    case Health::kSound:
      return "sound";
    case Health::kDamaged:
      return "damaged";
    case Health::kGone:
      return "gone";
    case Health::kForeign:
      return "foreign";
    case Health::kNewer:
      return "newer";
  }
  return "damaged";
}

Result<Diagnosis> diagnose(const fs::path& folder, const std::function<bool()>& had_one) {
  const fs::path file = database_file(folder);
  const bool expected = is_there(folder / "exists") || (had_one && had_one());
  if (!is_there(file)) {
    if (expected) return Diagnosis{Health::kGone, "the file is missing"};
    return Diagnosis{};
  }
  auto diagnosis = diagnose_file(folder);
  if (diagnosis && diagnosis->health == Health::kGone && !expected) return Diagnosis{};
  return diagnosis;
}

Result<Rebuilt> rebuild(const fs::path& folder, const Clock& clock, const Sources& sources,
                        const std::optional<Seal>& seal, const std::function<bool()>& had_one) {
  const auto diagnosis = diagnose(folder, had_one);
  if (!diagnosis) return fail(diagnosis.error());
  if (diagnosis->health == Health::kSound || diagnosis->health == Health::kNone) {
    return fail(ErrorKind::kConflict, "there is nothing to recover: the database is sound");
  }
  if (diagnosis->health == Health::kNewer) {
    return fail(ErrorKind::kUnavailable, "a newer automod wrote the database: " + diagnosis->what,
                "install that one or a later");
  }
  const fs::path fresh = folder / "automod.db.new";
  Rebuilt rebuilt;
  if (!is_there(database_file(folder)) && is_finished(fresh)) {
    if (auto moved = swap_in(folder, fresh, ""); !moved) return fail(std::move(moved.error()));
    return rebuilt;
  }
  remove_all_parts(fresh);
  const Bundle old = salvage(folder, rebuilt.unread);
  std::vector<const Bundle*> all = {&old};
  for (const Bundle& one : sources.bundles) all.push_back(&one);
  Bundle found = merge_bundles(all);
  for (const LedgerHead& head : sources.heads) {
    if (head.number > found.head.number) found.head = head;
  }
  rebuilt.old_head = found.head;
  const std::string aside =
      is_there(database_file(folder)) ? aside_name(folder, clock) : std::string();
  {
    auto database = open_database(fresh);
    if (!database) return fail(std::move(database.error()));
    Core core{std::move(*database), clock, folder, seal};
    auto restored = write_new(core, {found, sources, *diagnosis, aside});
    if (!restored) return fail(std::move(restored.error()));
    rebuilt.records = restored->records;
    rebuilt.gone = std::move(restored->gone);
  }
  if (auto moved = swap_in(folder, fresh, aside); !moved) return fail(std::move(moved.error()));
  if (!aside.empty()) rebuilt.kept_aside = folder / aside;
  return rebuilt;
}

}  // namespace automod::store
