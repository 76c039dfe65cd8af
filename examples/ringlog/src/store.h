// A ring in a file: a heading with capacity and dropped entries, then a line for each entry.
#ifndef RINGLOG_STORE_H
#define RINGLOG_STORE_H

#include <stdbool.h>
#include <stdio.h>

#include "ring.h"

// The next line without its newline, or NULL at the end or when memory is short. The caller frees
// it.
char* read_line(FILE* in);

// Initialises the ring from the file. Returns false, with nothing to free, when the file cannot be
// read or is not ours.
bool store_load(const char* path, struct ring* ring);

bool store_save(const char* path, const struct ring* ring);

#endif
