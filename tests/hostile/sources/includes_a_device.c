#include "/dev/zero"
#include </dev/stdin>
#include "../../../../../../etc/passwd"
#include "."
#include ""
int includes_a_device(void) { return 1; }
