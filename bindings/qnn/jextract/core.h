#include <stdint.h>
/* `long` has 32 bits on Windows: with the types of 64 bits named so, every platform gets the same bindings. */
#define uint64_t unsigned long long
#include <QnnInterface.h>
typedef QNN_INTERFACE_VER_TYPE QnnTable;
