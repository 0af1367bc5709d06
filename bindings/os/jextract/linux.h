#include <string.h>
#include <sys/mman.h>
