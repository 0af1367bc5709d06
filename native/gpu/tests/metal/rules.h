/* After the prelude: Clang wants shared memory to be static; and words that Metal does not know are refused. */
#undef SHARED
#define SHARED(type, name, count) static threadgroup type name[count]
#pragma GCC poison double goto virtual typeid dynamic_cast new delete try catch throw
