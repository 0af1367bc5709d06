/*
 * The table: every message that Gatun sends, as Apple's public documentation declares it (Metal, Foundation, Objective-C
 * Runtime; selectors and types are facts of the interface). A message that is not here is unknown to the stand-in.
 * The compiler checks that the classes of the stand-in answer all of them, and the runtime keeps their types, with which
 * bindings/metal compares those of its calls.
 */
#ifndef GATUN_STANDIN_APPLE_H
#define GATUN_STANDIN_APPLE_H

#include <objc/objc.h>
#include <objc/runtime.h>
#include <stdint.h>

typedef unsigned long NSUInteger;
typedef long NSInteger;
typedef double CFTimeInterval;

typedef struct {
  NSUInteger width, height, depth;
} MTLSize;

typedef struct {
  NSUInteger location, length;
} NSRange;

enum { MTLResourceStorageModeShared = 0 };

enum {
  MTLCommandBufferStatusNotEnqueued = 0,
  MTLCommandBufferStatusCommitted = 2,
  MTLCommandBufferStatusScheduled = 3,
  MTLCommandBufferStatusCompleted = 4,
  MTLCommandBufferStatusError = 5,
};

enum {
  MTLCommandBufferErrorInternal = 1,
  MTLCommandBufferErrorPageFault = 3,
  MTLCommandBufferErrorOutOfMemory = 8,
};

enum { MTLResourceUsageRead = 1, MTLResourceUsageWrite = 2 };

enum { MTLIndirectCommandTypeConcurrentDispatch = 1 << 5 };

enum { MTLPipelineOptionNone = 0 };

enum { MTLLibraryErrorCompileFailure = 3, MTLComputePipelineErrorInternal = 1 };

@class NSString;
@class NSError;

@protocol NSString
+ (NSString *)stringWithUTF8String:(const char *)text;
- (const char *)UTF8String;
@end

@protocol NSError
- (NSInteger)code;
- (NSString *)domain;
- (NSString *)localizedDescription;
@end

@protocol NSArray
- (NSUInteger)count;
- (id)objectAtIndex:(NSUInteger)index;
@end

/* `new` is NSObject's. */
@protocol MTLCompileOptions
+ (id)new;
- (void)setFastMathEnabled:(BOOL)fast;
@end

@protocol MTLFunction
- (NSString *)name;
@end

/* `new` is NSObject's. */
@protocol MTLComputePipelineDescriptor
+ (id)new;
- (void)setComputeFunction:(id<MTLFunction>)function;
- (void)setSupportIndirectCommandBuffers:(BOOL)support;
@end

@protocol MTLLibrary
- (id<MTLFunction>)newFunctionWithName:(NSString *)name;
@end

@protocol MTLComputePipelineState
- (NSUInteger)maxTotalThreadsPerThreadgroup;
- (NSUInteger)threadExecutionWidth;
- (NSUInteger)staticThreadgroupMemoryLength;
@end

@protocol MTLBuffer
- (void *)contents;
- (NSUInteger)length;
@end

/* `new` is NSObject's. */
@protocol MTLIndirectCommandBufferDescriptor
+ (id)new;
- (void)setCommandTypes:(NSUInteger)types;
- (void)setInheritBuffers:(BOOL)inherit;
- (void)setInheritPipelineState:(BOOL)inherit;
- (void)setMaxKernelBufferBindCount:(NSUInteger)count;
@end

@protocol MTLIndirectComputeCommand
- (void)setComputePipelineState:(id<MTLComputePipelineState>)state;
- (void)setKernelBuffer:(id<MTLBuffer>)buffer offset:(NSUInteger)offset atIndex:(NSUInteger)index;
- (void)concurrentDispatchThreadgroups:(MTLSize)groups threadsPerThreadgroup:(MTLSize)threads;
- (void)setBarrier;
@end

@protocol MTLIndirectCommandBuffer
- (id<MTLIndirectComputeCommand>)indirectComputeCommandAtIndex:(NSUInteger)index;
@end

@protocol MTLComputeCommandEncoder
- (void)setComputePipelineState:(id<MTLComputePipelineState>)state;
- (void)setBuffer:(id<MTLBuffer>)buffer offset:(NSUInteger)offset atIndex:(NSUInteger)index;
- (void)setBytes:(const void *)bytes length:(NSUInteger)length atIndex:(NSUInteger)index;
- (void)dispatchThreadgroups:(MTLSize)groups threadsPerThreadgroup:(MTLSize)threads;
/* A C array. */
- (void)useResources:(const id *)resources count:(NSUInteger)count usage:(NSUInteger)usage;
- (void)executeCommandsInBuffer:(id<MTLIndirectCommandBuffer>)buffer withRange:(NSRange)range;
- (void)endEncoding;
@end

@protocol MTLBlitCommandEncoder
- (void)copyFromBuffer:(id<MTLBuffer>)source
          sourceOffset:(NSUInteger)from
              toBuffer:(id<MTLBuffer>)target
     destinationOffset:(NSUInteger)to
                  size:(NSUInteger)bytes;
- (void)fillBuffer:(id<MTLBuffer>)buffer range:(NSRange)range value:(uint8_t)value;
- (void)endEncoding;
@end

@protocol MTLCommandBuffer
- (id<MTLComputeCommandEncoder>)computeCommandEncoder;
- (id<MTLBlitCommandEncoder>)blitCommandEncoder;
- (void)commit;
- (void)waitUntilCompleted;
- (NSUInteger)status;
- (NSError *)error;
- (CFTimeInterval)GPUStartTime;
- (CFTimeInterval)GPUEndTime;
@end

@protocol MTLCommandQueue
- (id<MTLCommandBuffer>)commandBuffer;
@end

@protocol MTLDevice
- (NSString *)name;
- (BOOL)hasUnifiedMemory;
- (BOOL)supportsFamily:(NSInteger)family;
- (uint64_t)recommendedMaxWorkingSetSize;
- (NSUInteger)maxBufferLength;
- (NSUInteger)currentAllocatedSize;
- (MTLSize)maxThreadsPerThreadgroup;
- (NSUInteger)maxThreadgroupMemoryLength;
- (id<MTLCommandQueue>)newCommandQueue;
- (id<MTLBuffer>)newBufferWithLength:(NSUInteger)length options:(NSUInteger)options;
/* The deallocator is a block. */
- (id<MTLBuffer>)newBufferWithBytesNoCopy:(void *)bytes
                                   length:(NSUInteger)length
                                  options:(NSUInteger)options
                              deallocator:(id)deallocator;
- (id<MTLLibrary>)newLibraryWithSource:(NSString *)source
                               options:(id<MTLCompileOptions>)options
                                 error:(NSError **)error;
/* The reflection is written to an MTLComputePipelineReflection *. */
- (id<MTLComputePipelineState>)newComputePipelineStateWithDescriptor:(id<MTLComputePipelineDescriptor>)descriptor
                                                             options:(NSUInteger)options
                                                          reflection:(id *)reflection
                                                               error:(NSError **)error;
- (id<MTLIndirectCommandBuffer>)newIndirectCommandBufferWithDescriptor:(id<MTLIndirectCommandBufferDescriptor>)descriptor
                                                       maxCommandCount:(NSUInteger)count
                                                               options:(NSUInteger)options;
@end

/* Functions. */
id objc_msgSend(id receiver, SEL message, ...);
void objc_msgSend_stret(void);
id objc_retain(id value);
void objc_release(id value);
void *objc_autoreleasePoolPush(void);
void objc_autoreleasePoolPop(void *pool);
NSUInteger NSPageSize(void);
id MTLCopyAllDevices(void);

#endif
