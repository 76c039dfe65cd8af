#include "tests/unit/engine/store/faults.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace automod::store {

namespace {

struct Plan {
  Fault fault = Fault::kFull;
  int left = 0;  // until it happens; 0: never
  bool for_good = false;
  bool happened = false;
};
Plan plan;
sqlite3_vfs* real_disk = nullptr;
sqlite3_vfs faulty_disk;

struct File {
  sqlite3_file base;
  sqlite3_file* real;  // lies behind this struct
};
sqlite3_file* real_file(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

/// Is it time? `code` then is what the operation gives.
bool strikes(bool is_flush, int* code) {
  const bool concerned =
      plan.fault == Fault::kDeath || is_flush == (plan.fault == Fault::kFlushError);
  if (!concerned || (plan.left == 0 && !(plan.for_good && plan.happened))) return false;
  if (plan.left > 0 && --plan.left > 0) return false;
  plan.happened = true;
  switch (plan.fault) {
    case Fault::kFull:
      *code = SQLITE_FULL;
      break;
    case Fault::kWriteError:
      *code = SQLITE_IOERR_WRITE;
      break;
    case Fault::kFlushError:
      *code = SQLITE_IOERR_FSYNC;
      break;
    case Fault::kDeath:
      raise(SIGKILL);
  }
  return true;
}

int close_file(sqlite3_file* file) { return real_file(file)->pMethods->xClose(real_file(file)); }

int read_file(sqlite3_file* file, void* buffer, int size, sqlite3_int64 at) {
  return real_file(file)->pMethods->xRead(real_file(file), buffer, size, at);
}

int write_file(sqlite3_file* file, const void* buffer, int size, sqlite3_int64 at) {
  int code = SQLITE_OK;
  if (strikes(false, &code)) return code;
  return real_file(file)->pMethods->xWrite(real_file(file), buffer, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  int code = SQLITE_OK;
  if (strikes(false, &code)) return code == SQLITE_FULL ? SQLITE_IOERR_TRUNCATE : code;
  return real_file(file)->pMethods->xTruncate(real_file(file), size);
}

int flush_file(sqlite3_file* file, int flags) {
  int code = SQLITE_OK;
  if (strikes(true, &code)) return code;
  return real_file(file)->pMethods->xSync(real_file(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_file(file)->pMethods->xFileSize(real_file(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real_file(file)->pMethods->xLock(real_file(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real_file(file)->pMethods->xUnlock(real_file(file), level);
}
int is_reserved(sqlite3_file* file, int* out) {
  return real_file(file)->pMethods->xCheckReservedLock(real_file(file), out);
}
int control(sqlite3_file* file, int what, void* value) {
  return real_file(file)->pMethods->xFileControl(real_file(file), what, value);
}
int sector_size(sqlite3_file* file) {
  return real_file(file)->pMethods->xSectorSize(real_file(file));
}
int characteristics(sqlite3_file* file) {
  return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}
int map_index(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real_file(file)->pMethods->xShmMap(real_file(file), page, size, extend, out);
}
int lock_index(sqlite3_file* file, int at, int count, int flags) {
  return real_file(file)->pMethods->xShmLock(real_file(file), at, count, flags);
}
void index_barrier(sqlite3_file* file) { real_file(file)->pMethods->xShmBarrier(real_file(file)); }
int unmap_index(sqlite3_file* file, int remove) {
  return real_file(file)->pMethods->xShmUnmap(real_file(file), remove);
}

const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = flush_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_index,
    .xShmLock = lock_index,
    .xShmBarrier = index_barrier,
    .xShmUnmap = unmap_index,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  File* ours = reinterpret_cast<File*>(file);
  ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
  const int code = real_disk->xOpen(real_disk, name, ours->real, flags, out);
  ours->base.pMethods = ours->real->pMethods != nullptr ? &kMethods : nullptr;
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  plan = {};
  real_disk = sqlite3_vfs_find(nullptr);
  faulty_disk = *real_disk;
  faulty_disk.zName = "faulty";
  faulty_disk.pNext = nullptr;
  faulty_disk.szOsFile = real_disk->szOsFile + static_cast<int>(sizeof(File));
  faulty_disk.xOpen = open_file;
  sqlite3_vfs_register(&faulty_disk, 1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_register(real_disk, 1);
  sqlite3_vfs_unregister(&faulty_disk);
}

void FaultyDisk::arm(Fault fault, int nth, bool for_good) {
  plan = {.fault = fault, .left = nth, .for_good = for_good};
}

bool FaultyDisk::disarm() {
  const bool happened = plan.happened;
  plan = {};
  return happened;
}

}  // namespace automod::store
