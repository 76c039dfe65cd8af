#include "cycle_a.h"
int cycle_c(void);
