#include <gatun_cpu.h>
