#include "cycle_b.h"
int cycle_a(void);
