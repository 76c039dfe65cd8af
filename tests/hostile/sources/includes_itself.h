#include "includes_itself.h"
int includes_itself(void);
