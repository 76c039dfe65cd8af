#include "engine/store/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "base/files.hpp"
#include "engine/store/core.hpp"
#include "engine/store/reserve.hpp"
#include "engine/store/schema.hpp"

namespace automod::store {

namespace fs = std::filesystem;

namespace {

/// The folder holds patches and outputs of tests: nobody else's business.
Result<void> make_private_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder.parent_path(), code);
  if (code) return fail_errno(fmt::format("creating {}", folder.string()), code.value());
  if (mkdir(folder.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) return fail_errno(fmt::format("creating {}", folder.string()), errno);
  struct stat info{};
  if (stat(folder.c_str(), &info) != 0) {
    return fail_errno(fmt::format("reading {}", folder.string()), errno);
  }
  if (!S_ISDIR(info.st_mode)) {
    return fail(ErrorKind::kInternal, fmt::format("{} is no folder", folder.string()),
                "move it away");
  }
  if ((info.st_mode & 0077) == 0) return {};
  // Somebody else's folder cannot be made private; opening the database decides then.
  (void)chmod(folder.c_str(), 0700);
  return {};
}

}  // namespace

fs::path database_file(const fs::path& folder) { return folder / "automod.db"; }

Result<void> Core::reopen() {
  database = {};  // closed first: whoever is the last to close settles what the log holds
  auto opened = open_database(database_file(folder));
  if (!opened) return fail(std::move(opened.error()));
  database = std::move(*opened);
  return {};
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

namespace {

/// Lies beside the database from the moment on that there is one.
fs::path marker(const fs::path& folder) { return folder / "exists"; }

std::unexpected<Error> gone(const fs::path& file) {
  return fail(ErrorKind::kInternal,
              fmt::format("the database is gone: {} is missing or empty", file.string()),
              std::string(kDamageHint));
}

bool is_there(const fs::path& file) {
  std::error_code code;
  return fs::exists(file, code);
}

/// With room for the log's index, which every connection needs.
Result<Database> open_in(const fs::path& folder) {
  auto database = open_database(database_file(folder));
  if (database || !is_short_of_room(folder) || !spend_reserve(folder)) return database;
  return open_database(database_file(folder));
}

}  // namespace

Result<Store> Store::open(const fs::path& folder, const Clock& clock,
                          const std::function<bool()>& had_one) {
  const std::string doing = fmt::format("opening the store in {}", folder.string());
  if (auto made = make_private_folder(folder); !made) {
    return fail(std::move(made.error()).within(doing));
  }
  const fs::path file = database_file(folder);
  // In this order: who makes the first database makes it before its marker.
  const bool marked = is_there(marker(folder));
  if (!is_there(file) && (marked || (had_one && had_one()))) return gone(file);
  auto database = open_in(folder);
  if (!database) return fail(std::move(database.error()).within(doing));
  if (marked) {
    const auto blank = is_blank(*database);
    if (!blank) return fail(Error(blank.error()).within(doing));
    if (*blank) return gone(file);
  }
  if (auto upgraded = upgrade(*database); !upgraded) {
    return fail(std::move(upgraded.error()).within(doing));
  }
  if (!marked) {
    if (auto made = write_file(marker(folder), "", 0600); !made) return fail(made.error());
  }
  keep_reserve(folder);
  return Store(std::unique_ptr<Impl>(new Impl{{std::move(*database), clock, folder}}));
}

}  // namespace automod::store
