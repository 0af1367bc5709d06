/* What the parts of the stand-in know of each other. */
#ifndef GATUN_STANDIN_H
#define GATUN_STANDIN_H

#include "apple.h"
#include "gatun_gpu_host.h"
#include "memory.h"
#include "source.h"

#include <stddef.h>

/* Limits of the emulated GPU. */
enum { MAX_THREADS = 1024, SIMD_WIDTH = 32, SHARED_BYTES = 32768, MAX_BUFFERS = 31, MAX_BYTES = 4096 };

/* GCC's Objective-C knows no _Atomic. */
#define ATOMIC_GET(x) __atomic_load_n(&(x), __ATOMIC_SEQ_CST)
#define ATOMIC_SET(x, value) __atomic_store_n(&(x), value, __ATOMIC_SEQ_CST)
#define ATOMIC_ADD(x, change) __atomic_add_fetch(&(x), change, __ATOMIC_SEQ_CST)

/* Apple's validation layer stops the process; so does this, with what was wrong on standard error. */
_Noreturn void standin_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Root of all classes: counts its owners. Released for the last time, it stays as something that refuses messages. */
__attribute__((objc_root_class)) @interface StandIn {
@public
  Class isa;
  long owners;
}
+ (Class)class;
/* Gives back what it has; called once. */
- (void)finish;
@end

/* An object with one owner. */
id standin_make(Class class);
/* Hands it to the calling thread's innermost pool. */
id standin_later(id object);
/* Refuses what is no living object of the class; nil only where it may be. */
void standin_expect(id object, Class class, BOOL nil_too, const char *what);

@interface NSString : StandIn <NSString> {
@public
  char *text;
}
@end

@interface NSError : StandIn <NSError> {
@public
  NSInteger number;
  NSString *where, *what;
}
@end

/* A list of one. */
@interface StandInArray : StandIn <NSArray> {
@public
  id only;
}
@end

/* An error that belongs to the caller. */
NSError *standin_error(const char *domain, NSInteger code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A text that belongs to the caller. */
NSString *standin_text(const char *text);

@interface MTLCompileOptions : StandIn <MTLCompileOptions> {
@public
  BOOL precise;
}
@end

@class StandInDevice;

@interface StandInBuffer : StandIn <MTLBuffer> {
@public
  StandInDevice *device;
  struct memory memory;
}
@end

@interface StandInLibrary : StandIn <MTLLibrary> {
@public
  char *source;
}
@end

@interface StandInFunction : StandIn <MTLFunction> {
@public
  const gatun_gpu_kernel *kernel;
  struct declaration declaration;
}
@end

@interface MTLComputePipelineDescriptor : StandIn <MTLComputePipelineDescriptor> {
@public
  StandInFunction *function;
  BOOL indirect;
}
@end

@interface StandInPipeline : StandIn <MTLComputePipelineState> {
@public
  StandInFunction *function;
  BOOL indirect; /* usable in indirect command buffers */
}
@end

@interface StandInDevice : StandIn <MTLDevice> {
@public
  unsigned long allocated;
}
@end

/* Looks the stand-in over once, before the first device. */
void standin_start(void);

/*
 * Settings of tests, by name: "memory", "max-buffer" in bytes, "fail" (so many commits until one fails), "family" (the
 * latest of Apple's that it says it is of).
 */
void gatun_metal_standin_set(const char *setting, uint64_t value);
/* Objects that live, less the device. */
long gatun_metal_standin_alive(void);
extern unsigned long standin_memory, standin_max_buffer, standin_fail, standin_family;
extern long standin_alive;

#endif
