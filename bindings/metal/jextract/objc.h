#include <objc_metal.h>
