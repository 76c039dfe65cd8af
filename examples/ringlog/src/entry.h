// One line of a log: how bad it is, and what it says.
#ifndef RINGLOG_ENTRY_H
#define RINGLOG_ENTRY_H

#include <stdbool.h>

enum level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR };

struct entry {
  enum level level;
  char* text;  // owned
};

const char* level_name(enum level level);

// Leaves *level alone and returns false for an unknown name.
bool level_parse(const char* name, enum level* level);

// Reads "warning: disk is nearly full". A line without a known level in front is LEVEL_INFO as a
// whole. Returns false when memory is short. The caller frees the entry.
bool entry_parse(const char* line, struct entry* entry);

void entry_free(struct entry* entry);

// Whether the entry is at least as bad as `least` and contains `pattern`; NULL matches all.
bool entry_matches(const struct entry* entry, enum level least, const char* pattern);

#endif
