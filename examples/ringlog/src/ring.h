// The newest entries of a log, in room for a fixed number of them.
#ifndef RINGLOG_RING_H
#define RINGLOG_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "entry.h"

struct ring {
  struct entry* slots;
  size_t capacity;
  size_t first;  // where the oldest entry is
  size_t count;
  unsigned long dropped;  // entries that had to make room so far
};

// A capacity of at least 1. Returns false when memory is short.
bool ring_init(struct ring* ring, size_t capacity);
void ring_free(struct ring* ring);

// Takes the text of the entry over. A full ring drops its oldest entry.
void ring_push(struct ring* ring, struct entry entry);

// 0 is the oldest entry; `index` must be less than the count.
const struct entry* ring_at(const struct ring* ring, size_t index);

// Changes the capacity; of too many entries the newest stay. Returns false, with the ring as it
// was, when memory is short.
bool ring_resize(struct ring* ring, size_t capacity);

size_t ring_count_level(const struct ring* ring, enum level level);

// The mean length of the texts, 0 for an empty ring.
double ring_average_length(const struct ring* ring);

#endif
