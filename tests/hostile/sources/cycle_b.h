#include "cycle_c.h"
int cycle_b(void);
