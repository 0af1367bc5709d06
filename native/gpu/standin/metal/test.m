/*
 * What the stand-in allows, and what it refuses: each case runs in a process of its own, of which the message on standard
 * error is looked at. The argument is the folder native/gpu.
 */
#include "apple.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void gatun_metal_standin_set(const char *setting, uint64_t value);
long gatun_metal_standin_alive(void);

static char source[1 << 20];

static void append(const char *folder, const char *file) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  FILE *in = fopen(path, "r");
  size_t length = strlen(source);
  if (in == NULL) {
    perror(path);
    exit(1);
  }
  length += fread(source + length, 1, sizeof source - length - 1, in);
  source[length] = 0;
  fclose(in);
}

static void must(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "not so: %s\n", what);
    exit(1);
  }
}

/* What the cases share. */
struct gpu {
  void *pool;
  id<MTLDevice> device;
  id<MTLCommandQueue> queue;
  id<MTLCompileOptions> options;
  id<MTLLibrary> library;
  id<MTLFunction> function;
  id<MTLComputePipelineState> norm;
  id<MTLBuffer> x, scale, y, params;
};

/* RmsNormParams of norm.h. */
struct norm {
  int rows, width, x_stride, y_stride;
  float epsilon;
};

static id<MTLComputePipelineState> pipeline(struct gpu g, BOOL indirect) {
  NSError *error = nil;
  id<MTLComputePipelineDescriptor> descriptor = [objc_getClass("MTLComputePipelineDescriptor") new];
  [descriptor setComputeFunction:g.function];
  [descriptor setSupportIndirectCommandBuffers:indirect];
  id<MTLComputePipelineState> made = [g.device newComputePipelineStateWithDescriptor:descriptor
                                                                             options:0
                                                                          reflection:NULL
                                                                               error:&error];
  objc_release(descriptor);
  return made;
}

static struct gpu open_gpu(void) {
  struct gpu g = {.pool = objc_autoreleasePoolPush()};
  NSError *error = nil;
  id<NSArray> devices = MTLCopyAllDevices();
  g.device = objc_retain([devices objectAtIndex:0]);
  objc_release(devices);
  g.queue = [g.device newCommandQueue];
  g.options = [objc_getClass("MTLCompileOptions") new];
  [g.options setFastMathEnabled:NO];
  g.library = [g.device newLibraryWithSource:[objc_getClass("NSString") stringWithUTF8String:source]
                                     options:g.options
                                       error:&error];
  must(g.library != nil, error == nil ? "compiled" : [(id<NSString>)[(id<NSError>)error localizedDescription] UTF8String]);
  g.function = [g.library newFunctionWithName:[objc_getClass("NSString") stringWithUTF8String:"rms_norm"]];
  g.norm = pipeline(g, YES);
  g.x = [g.device newBufferWithLength:4096 options:0];
  g.scale = [g.device newBufferWithLength:4096 options:0];
  g.y = [g.device newBufferWithLength:4096 options:0];
  g.params = [g.device newBufferWithLength:sizeof(struct norm) options:0];
  return g;
}

static void close_gpu(struct gpu g) {
  id all[] = {g.params, g.y, g.scale, g.x, g.norm, g.function, g.library, g.options, g.queue, g.device};
  objc_autoreleasePoolPop(g.pool);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) objc_release(all[i]);
}

static void bind(struct gpu g, id<MTLComputeCommandEncoder> encoder) {
  struct norm norm = {1, 1024, 1024, 1024, 1e-5f};
  [encoder setComputePipelineState:g.norm];
  [encoder setBuffer:g.x offset:0 atIndex:0];
  [encoder setBuffer:g.scale offset:0 atIndex:1];
  [encoder setBuffer:g.y offset:0 atIndex:2];
  [encoder setBytes:&norm length:sizeof norm atIndex:3];
}

static void run(id<MTLComputeCommandEncoder> encoder, NSUInteger threads) {
  [encoder dispatchThreadgroups:(MTLSize){1, 1, 1} threadsPerThreadgroup:(MTLSize){threads, 1, 1}];
}

/* Allowed: the whole way, with poison where it is read too early. */
static void works(void) {
  struct gpu g = open_gpu();
  float *x = [g.x contents], *scale = [g.scale contents], *y = [g.y contents];
  must(isnan(y[0]), "new memory is poison");
  for (int i = 0; i < 1024; i++) x[i] = 2, scale[i] = 3;
  id<MTLCommandBuffer> commands = [g.queue commandBuffer];
  id<MTLComputeCommandEncoder> encoder = [commands computeCommandEncoder];
  bind(g, encoder);
  run(encoder, 256);
  [encoder endEncoding];
  [commands commit];
  must(isnan(y[0]) && isnan(x[0]), "memory is poison while work on it runs");
  x[0] = 100;
  [commands waitUntilCompleted];
  must([commands status] == MTLCommandBufferStatusCompleted, "completed");
  must(x[0] == 2, "what is written too early is lost");
  must(fabsf(y[0] - 3) < 1e-4f && fabsf(y[1023] - 3) < 1e-4f, "computed");
  must([commands GPUEndTime] >= [commands GPUStartTime] && [commands GPUStartTime] > 0, "times");

  id<MTLCommandBuffer> copies = [g.queue commandBuffer];
  id<MTLBlitCommandEncoder> blit = [copies blitCommandEncoder];
  [blit fillBuffer:g.x range:(NSRange){0, 8} value:0];
  [blit copyFromBuffer:g.x sourceOffset:4 toBuffer:g.y destinationOffset:8 size:8];
  [blit endEncoding];
  [copies commit];
  [copies waitUntilCompleted];
  must(x[1] == 0 && x[2] == 2 && y[2] == 0 && y[3] == 2, "copies");
  close_gpu(g);
  must(gatun_metal_standin_alive() == 0, "everything is released");
}

/* Two commands: y from x, then x from y. */
static id<MTLIndirectCommandBuffer> record(struct gpu g, int barrier) {
  id<MTLIndirectCommandBufferDescriptor> descriptor = [objc_getClass("MTLIndirectCommandBufferDescriptor") new];
  [descriptor setCommandTypes:MTLIndirectCommandTypeConcurrentDispatch];
  [descriptor setInheritBuffers:NO];
  [descriptor setInheritPipelineState:NO];
  [descriptor setMaxKernelBufferBindCount:4];
  id<MTLIndirectCommandBuffer> all = [g.device newIndirectCommandBufferWithDescriptor:descriptor maxCommandCount:3 options:0];
  objc_release(descriptor);
  *(struct norm *)[g.params contents] = (struct norm){1, 1024, 1024, 1024, 1e-5f};
  for (NSUInteger i = 0; i < 2; i++) {
    id<MTLIndirectComputeCommand> command = [all indirectComputeCommandAtIndex:i];
    [command setComputePipelineState:g.norm];
    [command setKernelBuffer:i == 0 ? g.x : g.y offset:0 atIndex:0];
    [command setKernelBuffer:g.scale offset:0 atIndex:1];
    [command setKernelBuffer:i == 0 ? g.y : g.x offset:0 atIndex:2];
    [command setKernelBuffer:g.params offset:0 atIndex:3];
    [command concurrentDispatchThreadgroups:(MTLSize){1, 1, 1} threadsPerThreadgroup:(MTLSize){64, 1, 1}];
    if (barrier) [command setBarrier];
  }
  return all;
}

static void execute(struct gpu g, id<MTLIndirectCommandBuffer> all, NSRange range, int uses) {
  id<MTLCommandBuffer> commands = [g.queue commandBuffer];
  id<MTLComputeCommandEncoder> encoder = [commands computeCommandEncoder];
  id both[] = {g.x, g.y}, reads[] = {g.scale, g.params};
  [encoder useResources:reads count:2 usage:MTLResourceUsageRead];
  if (uses) [encoder useResources:both count:2 usage:(NSUInteger)uses];
  [encoder executeCommandsInBuffer:all withRange:range];
  [encoder endEncoding];
  [commands commit];
  [commands waitUntilCompleted];
}

/* Allowed: replayed twice; what no barrier orders runs last first. */
static void replays(void) {
  for (int barrier = 0; barrier < 2; barrier++) {
    struct gpu g = open_gpu();
    float *x = [g.x contents], *scale = [g.scale contents], *y = [g.y contents];
    for (int i = 0; i < 1024; i++) x[i] = 2, scale[i] = 3, y[i] = 0;
    id<MTLIndirectCommandBuffer> all = record(g, barrier);
    for (int i = 0; i < 2; i++) {
      execute(g, all, (NSRange){0, 2}, MTLResourceUsageRead | MTLResourceUsageWrite);
      must(fabsf(x[7] - (barrier ? 3 : 0)) < 1e-3f, "the order of two commands");
    }
    objc_release(all);
    close_gpu(g);
    must(gatun_metal_standin_alive() == 0, "everything is released");
  }
}

/* A command buffer that fails says so. */
static void fails(void) {
  struct gpu g = open_gpu();
  gatun_metal_standin_set("fail", 1);
  id<MTLCommandBuffer> commands = [g.queue commandBuffer];
  [commands commit];
  [commands waitUntilCompleted];
  must([commands status] == MTLCommandBufferStatusError, "an error");
  must([(id<NSError>)[commands error] code] == MTLCommandBufferErrorOutOfMemory, "its code");
  close_gpu(g);
}

static void full(void) {
  struct gpu g = open_gpu();
  gatun_metal_standin_set("memory", 1 << 20);
  must([g.device newBufferWithLength:1 << 20 options:0] == nil, "no room");
  close_gpu(g);
}

/* Refused. */
#define CASE(name) static void name(struct gpu g)
#define ENCODE                                         \
  id<MTLCommandBuffer> commands = [g.queue commandBuffer]; \
  id<MTLComputeCommandEncoder> encoder = [commands computeCommandEncoder]; \
  bind(g, encoder)

/* GCC's compiler finds methods by itself; callers from elsewhere go through objc_msgSend. */
CASE(misspelt) { objc_msgSend(g.device, sel_registerName("newBufferWithLenght:options:")); }
CASE(released) {
  objc_release(g.x);
  objc_msgSend(g.x, sel_registerName("length"));
}
CASE(too_often) {
  objc_release(g.x);
  objc_release(g.x);
}
CASE(no_pool) {
  objc_autoreleasePoolPop(g.pool);
  [g.queue commandBuffer];
}
CASE(pool_twice) {
  objc_autoreleasePoolPop(g.pool);
  objc_autoreleasePoolPop(g.pool);
}
CASE(not_ended) {
  ENCODE;
  [commands commit];
}
CASE(ended) {
  ENCODE;
  [encoder endEncoding];
  run(encoder, 32);
}
CASE(two_encoders) {
  ENCODE;
  [commands blitCommandEncoder];
}
CASE(twice) {
  id<MTLCommandBuffer> commands = [g.queue commandBuffer];
  [commands commit];
  [commands commit];
}
CASE(not_committed) { [[g.queue commandBuffer] waitUntilCompleted]; }
CASE(too_many_bytes) {
  ENCODE;
  [encoder setBytes:source length:4097 atIndex:3];
}
CASE(wrong_bytes) {
  ENCODE;
  [encoder setBytes:source length:4 atIndex:3];
  run(encoder, 32);
}
CASE(unaligned) {
  ENCODE;
  [encoder setBuffer:g.y offset:2 atIndex:2];
  run(encoder, 32);
}
CASE(outside) {
  ENCODE;
  [encoder setBuffer:g.y offset:4096 atIndex:2];
}
CASE(too_many_arguments) {
  ENCODE;
  [encoder setBuffer:g.y offset:0 atIndex:31];
}
CASE(unbound) {
  ENCODE;
  [encoder setBuffer:nil offset:0 atIndex:1];
  run(encoder, 32);
}
CASE(too_many_threads) {
  ENCODE;
  run(encoder, 1056);
}
CASE(other_object) {
  ENCODE;
  [encoder setBuffer:(id)g.norm offset:0 atIndex:0];
}
CASE(too_long) {
  gatun_metal_standin_set("max-buffer", 4096);
  [g.device newBufferWithLength:8192 options:0];
}
CASE(empty) { [g.device newBufferWithLength:0 options:0]; }
CASE(no_copy_pointer) { [g.device newBufferWithBytesNoCopy:source + 1 length:4096 options:0 deallocator:nil]; }
CASE(no_copy_length) {
  void *page = aligned_alloc(4096, 4096);
  [g.device newBufferWithBytesNoCopy:page length:100 options:0 deallocator:nil];
}
CASE(copy_in_fours) {
  id<MTLBlitCommandEncoder> blit = [[g.queue commandBuffer] blitCommandEncoder];
  [blit copyFromBuffer:g.x sourceOffset:2 toBuffer:g.y destinationOffset:0 size:4];
}
CASE(copy_outside) {
  id<MTLBlitCommandEncoder> blit = [[g.queue commandBuffer] blitCommandEncoder];
  [blit copyFromBuffer:g.x sourceOffset:4092 toBuffer:g.y destinationOffset:0 size:8];
}
CASE(fast) {
  NSError *error;
  id<MTLCompileOptions> options = [objc_getClass("MTLCompileOptions") new];
  [g.device newLibraryWithSource:[objc_getClass("NSString") stringWithUTF8String:source] options:options error:&error];
}

CASE(not_indirect) {
  g.norm = pipeline(g, NO);
  record(g, 1);
}
CASE(not_used) { execute(g, record(g, 1), (NSRange){0, 2}, 0); }
CASE(only_read) { execute(g, record(g, 1), (NSRange){0, 2}, MTLResourceUsageRead); }
CASE(not_encoded) { execute(g, record(g, 1), (NSRange){0, 3}, MTLResourceUsageRead | MTLResourceUsageWrite); }
CASE(too_many_commands) { execute(g, record(g, 1), (NSRange){0, 4}, MTLResourceUsageRead | MTLResourceUsageWrite); }
CASE(indirect_argument) { [[record(g, 1) indirectComputeCommandAtIndex:0] setKernelBuffer:g.x offset:0 atIndex:4]; }
CASE(let_go) {
  id<MTLIndirectCommandBuffer> all = record(g, 1);
  id none[] = {g.x};
  objc_release(g.norm);
  id<MTLComputeCommandEncoder> encoder = [[g.queue commandBuffer] computeCommandEncoder];
  [encoder useResources:none count:1 usage:MTLResourceUsageRead];
  [encoder executeCommandsInBuffer:all withRange:(NSRange){0, 1}];
}

static const struct {
  const char *name, *message;
  void (*run)(struct gpu);
} refused[] = {
#define R(name, message) {#name, message, name}
    R(misspelt, "does not know newBufferWithLenght"),
    R(released, "length is sent to a released StandInBuffer"),
    R(too_often, "released more often"),
    R(no_pool, "there is none"),
    R(pool_twice, "popped before"),
    R(not_ended, "before its encoder has ended"),
    R(ended, "after endEncoding"),
    R(two_encoders, "before the first has ended"),
    R(twice, "committed twice"),
    R(not_committed, "before commit"),
    R(too_many_bytes, "setBytes of 4097"),
    R(wrong_bytes, "4 bytes of parameters"),
    R(unaligned, "no multiple of its type's alignment"),
    R(outside, "starts at 4096 of 4096"),
    R(too_many_arguments, "no argument 31"),
    R(unbound, "argument 1 is no memory"),
    R(too_many_threads, "groups of 1056"),
    R(other_object, "is a StandInPipeline"),
    R(too_long, "above maxBufferLength"),
    R(empty, "no bytes"),
    R(no_copy_pointer, "multiples of the page size"),
    R(no_copy_length, "multiples of the page size"),
    R(copy_in_fours, "multiples of 4"),
    R(copy_outside, "8 bytes from 4092"),
    R(fast, "fast mathematics"),
    R(not_indirect, "supportIndirectCommandBuffers"),
    R(not_used, "argument 0 of an indirect command is not made known as read"),
    R(only_read, "argument 2 of an indirect command is not made known as written"),
    R(not_encoded, "indirect command 2 dispatches nothing"),
    R(too_many_commands, "4 indirect commands from 0 of 3"),
    R(indirect_argument, "at most 4"),
    R(let_go, "is a released StandInPipeline"),
};

/* Runs a case in a child; 0 when it ended well, else what it said. */
static int child(void (*allowed)(void), void (*refuse)(struct gpu), char *said, size_t bytes) {
  int ends[2], status;
  if (pipe(ends) != 0) exit(1);
  pid_t process = fork();
  if (process == 0) {
    dup2(ends[1], 2);
    if (refuse == NULL) {
      allowed();
    } else {
      refuse(open_gpu());
    }
    _exit(0);
  }
  close(ends[1]);
  size_t length = 0;
  ssize_t read_now;
  while (length < bytes - 1 && (read_now = read(ends[0], said + length, bytes - 1 - length)) > 0) length += (size_t)read_now;
  said[length] = 0;
  close(ends[0]);
  waitpid(process, &status, 0);
  return status;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  append(arguments[1], "include/prelude_metal.h");
  append(arguments[1], "src/groups.h");
  append(arguments[1], "src/norm.h");
  /* Java puts included files in place. */
  for (char *at = source; (at = strstr(at, "#include \"")) != NULL;) memset(at, ' ', strcspn(at, "\n"));
  int wrong = 0;
  char said[4096];
  struct {
    const char *name;
    void (*run)(void);
  } allowed[] = {{"works", works}, {"replays", replays}, {"fails", fails}, {"full", full}};
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
    if (child(allowed[i].run, NULL, said, sizeof said) != 0) {
      printf("%s: %s\n", allowed[i].name, said);
      wrong++;
    }
  }
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    int status = child(NULL, refused[i].run, said, sizeof said);
    if (!WIFSIGNALED(status) || strstr(said, refused[i].message) == NULL) {
      printf("%s was not refused with '%s': %s\n", refused[i].name, refused[i].message, said);
      wrong++;
    }
  }
  printf("%s: %zu cases refused\n", wrong == 0 ? "the stand-in for Metal is strict" : "FAILED", sizeof refused / sizeof *refused);
  return wrong != 0;
}
