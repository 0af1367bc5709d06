/* The device, its memory and its compiler. */
#include "standin.h"
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned long standin_memory = 16UL << 30, standin_max_buffer = 8UL << 30, standin_fail, standin_family = 1009;

void gatun_metal_standin_set(const char *setting, uint64_t value) {
  if (strcmp(setting, "memory") == 0) {
    ATOMIC_SET(standin_memory, value);
  } else if (strcmp(setting, "max-buffer") == 0) {
    ATOMIC_SET(standin_max_buffer, value);
  } else if (strcmp(setting, "fail") == 0) {
    ATOMIC_SET(standin_fail, value);
  } else if (strcmp(setting, "family") == 0) {
    ATOMIC_SET(standin_family, value);
  } else {
    standin_refuse("there is no setting %s", setting);
  }
}

id MTLCopyAllDevices(void) {
  standin_start();
  StandInArray *array = (StandInArray *)standin_make([StandInArray class]);
  array->only = standin_make([StandInDevice class]);
  return array;
}

NSUInteger NSPageSize(void) { return memory_page(); }

@implementation StandInBuffer
- (void *)contents {
  return memory.host;
}
- (NSUInteger)length {
  return memory.bytes;
}
- (void)finish {
  ATOMIC_ADD(device->allocated, -memory.mapped);
  memory_free(&memory);
  objc_release(device);
}
@end

@implementation StandInFunction
- (NSString *)name {
  return standin_later(standin_text(declaration.name));
}
@end

@implementation MTLComputePipelineDescriptor
+ (id)new {
  return standin_make([MTLComputePipelineDescriptor class]);
}
- (void)setComputeFunction:(id<MTLFunction>)value {
  standin_expect(value, [StandInFunction class], YES, "a function");
  objc_retain(value);
  objc_release(function);
  function = (StandInFunction *)value;
}
- (void)setSupportIndirectCommandBuffers:(BOOL)support {
  indirect = support;
}
- (void)finish {
  objc_release(function);
}
@end

@implementation StandInPipeline
- (NSUInteger)maxTotalThreadsPerThreadgroup {
  return MAX_THREADS;
}
- (NSUInteger)threadExecutionWidth {
  return SIMD_WIDTH;
}
- (NSUInteger)staticThreadgroupMemoryLength {
  return 0;
}
- (void)finish {
  objc_release(function);
}
@end

@implementation StandInLibrary
- (id<MTLFunction>)newFunctionWithName:(NSString *)name {
  standin_expect(name, [NSString class], NO, "the name of a function");
  StandInFunction *function = (StandInFunction *)standin_make([StandInFunction class]);
  const char *at = source;
  while (source_next(&at, &function->declaration) > 0) {
    if (strcmp(function->declaration.name, name->text) == 0) {
      function->kernel = gatun_gpu_find(name->text);
      return function;
    }
  }
  objc_release(function);
  return nil;
}
- (void)finish {
  free(source);
}
@end

static NSError *not_compiled(const char *why, const char *what) {
  return standin_later(
      standin_error("MTLLibraryErrorDomain", MTLLibraryErrorCompileFailure, "program_source: error: %s %s", why, what));
}

/* What is wrong with a text, read; nil when the emulated GPU has all of its kernels, as they are declared. */
static NSError *mistake(const char *source) {
  struct declaration kernel;
  int kernels = 0, found;
  for (const char *at = source; (found = source_next(&at, &kernel)) != 0; kernels++) {
    if (found < 0) return not_compiled("malformed arguments of kernel", kernel.name);
    const gatun_gpu_kernel *host = gatun_gpu_find(kernel.name);
    if (host == NULL) return not_compiled("the emulated GPU has no kernel", kernel.name);
    if (gatun_gpu_memories(host) != kernel.memories || (gatun_gpu_params_bytes(host) != 0) != kernel.params) {
      return not_compiled("the emulated GPU has other arguments for kernel", kernel.name);
    }
  }
  return kernels > 0 ? nil : not_compiled("no kernel is declared", "");
}

@implementation StandInDevice
- (NSString *)name {
  return standin_later(standin_text("Gatun stand-in (no GPU)"));
}
- (BOOL)hasUnifiedMemory {
  return YES;
}
/* Apple 1 (1001) to what is set: each has what those before it have. */
- (BOOL)supportsFamily:(NSInteger)family {
  return family >= 1001 && family <= (NSInteger)ATOMIC_GET(standin_family);
}
- (uint64_t)recommendedMaxWorkingSetSize {
  return ATOMIC_GET(standin_memory);
}
- (NSUInteger)maxBufferLength {
  return ATOMIC_GET(standin_max_buffer);
}
- (NSUInteger)currentAllocatedSize {
  return ATOMIC_GET(allocated);
}
- (MTLSize)maxThreadsPerThreadgroup {
  return (MTLSize){MAX_THREADS, MAX_THREADS, MAX_THREADS};
}
- (NSUInteger)maxThreadgroupMemoryLength {
  return SHARED_BYTES;
}
- (id<MTLCommandQueue>)newCommandQueue {
  return standin_queue();
}

- (StandInBuffer *)bufferOf:(NSUInteger)length options:(NSUInteger)options {
  if (length == 0) standin_refuse("a buffer of no bytes");
  if (length > ATOMIC_GET(standin_max_buffer)) standin_refuse("a buffer of %lu bytes, above maxBufferLength", length);
  if (options != MTLResourceStorageModeShared) standin_refuse("a buffer with options %lu", options);
  StandInBuffer *buffer = (StandInBuffer *)standin_make([StandInBuffer class]);
  buffer->device = (StandInDevice *)objc_retain(self);
  return buffer;
}

- (id<MTLBuffer>)newBufferWithLength:(NSUInteger)length options:(NSUInteger)options {
  StandInBuffer *buffer = [self bufferOf:length options:options];
  if (ATOMIC_GET(allocated) + length > ATOMIC_GET(standin_memory) || !memory_new(&buffer->memory, length)) {
    objc_release(buffer);
    return nil;
  }
  ATOMIC_ADD(allocated, buffer->memory.mapped);
  return buffer;
}

- (id<MTLBuffer>)newBufferWithBytesNoCopy:(void *)bytes
                                   length:(NSUInteger)length
                                  options:(NSUInteger)options
                              deallocator:(id)deallocator {
  if (bytes == NULL || (uintptr_t)bytes % memory_page() != 0 || length % memory_page() != 0) {
    standin_refuse("newBufferWithBytesNoCopy: of %lu bytes at %p: both are multiples of the page size", length, bytes);
  }
  if (deallocator != nil) standin_refuse("newBufferWithBytesNoCopy: with a deallocator that is no block");
  StandInBuffer *buffer = [self bufferOf:length options:options];
  memory_wrap(&buffer->memory, bytes, length);
  return buffer;
}

- (id<MTLLibrary>)newLibraryWithSource:(NSString *)source
                               options:(id<MTLCompileOptions>)options
                                 error:(NSError **)error {
  standin_expect(source, [NSString class], NO, "a source");
  standin_expect(options, [MTLCompileOptions class], YES, "options of the compiler");
  if (options == nil || !((MTLCompileOptions *)options)->precise) {
    standin_refuse("the kernels are compiled with fast mathematics, which makes NaN and infinity undefined");
  }
  char file[128], *text = source_read(source->text);
  NSError *wrong =
      source_includes_file(source->text, file, sizeof file) ? not_compiled("there is no file", file) : mistake(text);
  if (wrong != nil) {
    free(text);
    if (error != NULL) *error = wrong;
    return nil;
  }
  StandInLibrary *library = (StandInLibrary *)standin_make([StandInLibrary class]);
  library->source = text;
  return library;
}

- (id<MTLComputePipelineState>)newComputePipelineStateWithDescriptor:(id<MTLComputePipelineDescriptor>)object
                                                             options:(NSUInteger)options
                                                          reflection:(id *)reflection
                                                               error:(NSError **)error {
  standin_expect(object, [MTLComputePipelineDescriptor class], NO, "the descriptor of a pipeline");
  MTLComputePipelineDescriptor *descriptor = (MTLComputePipelineDescriptor *)object;
  if (descriptor->function == nil) standin_refuse("a pipeline without a function");
  if (options != MTLPipelineOptionNone || reflection != NULL) standin_refuse("a pipeline with options or reflection");
  (void)error;
  StandInPipeline *pipeline = (StandInPipeline *)standin_make([StandInPipeline class]);
  pipeline->function = (StandInFunction *)objc_retain(descriptor->function);
  pipeline->indirect = descriptor->indirect;
  return pipeline;
}

- (id<MTLIndirectCommandBuffer>)newIndirectCommandBufferWithDescriptor:(id<MTLIndirectCommandBufferDescriptor>)object
                                                       maxCommandCount:(NSUInteger)count
                                                               options:(NSUInteger)options {
  standin_expect(object, [MTLIndirectCommandBufferDescriptor class], NO, "the descriptor of an indirect command buffer");
  if (options != MTLResourceStorageModeShared) standin_refuse("an indirect command buffer with options %lu", options);
  return standin_indirect((MTLIndirectCommandBufferDescriptor *)object, count);
}
@end
