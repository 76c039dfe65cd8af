#include "engine/store/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "engine/store/core.hpp"
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

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const fs::path& folder, const Clock& clock) {
  const std::string doing = fmt::format("opening the store in {}", folder.string());
  if (auto made = make_private_folder(folder); !made) {
    return fail(std::move(made.error()).within(doing));
  }
  auto database = Database::open(folder / "automod.db");
  if (!database) return fail(std::move(database.error()).within(doing));
  if (auto upgraded = upgrade(*database); !upgraded) {
    return fail(std::move(upgraded.error()).within(doing));
  }
  return Store(std::unique_ptr<Impl>(new Impl{{std::move(*database), clock}}));
}

}  // namespace automod::store
