#include <stdlib.h>
#include <nvml.h>
