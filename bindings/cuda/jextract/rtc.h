#include <stdlib.h>
/* `long` has 32 bits on Windows: with the types of 64 bits named so, every platform gets the same bindings. */
#define size_t unsigned long long
#include <nvrtc.h>
