#include "macro_storm.h"
int macro_storm(void) { return M39; }
