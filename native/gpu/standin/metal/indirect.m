/* Indirect command buffers: dispatches that are encoded once, and executed by any number of command buffers. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

@implementation MTLIndirectCommandBufferDescriptor
/* Metal inherits buffers and pipeline where nobody says otherwise. */
+ (id)new {
  MTLIndirectCommandBufferDescriptor *descriptor =
      (MTLIndirectCommandBufferDescriptor *)standin_make([MTLIndirectCommandBufferDescriptor class]);
  descriptor->inherits_buffers = YES;
  descriptor->inherits_pipeline = YES;
  return descriptor;
}
- (void)setCommandTypes:(NSUInteger)value {
  types = value;
}
- (void)setInheritBuffers:(BOOL)inherit {
  inherits_buffers = inherit;
}
- (void)setInheritPipelineState:(BOOL)inherit {
  inherits_pipeline = inherit;
}
- (void)setMaxKernelBufferBindCount:(NSUInteger)count {
  if (count > MAX_BUFFERS) standin_refuse("an indirect command has at most %d arguments, not %lu", MAX_BUFFERS, count);
  arguments = count;
}
@end

id standin_indirect(MTLIndirectCommandBufferDescriptor *descriptor, NSUInteger count) {
  if (descriptor->types != MTLIndirectCommandTypeConcurrentDispatch) {
    standin_refuse("an indirect command buffer for commands of the types %lu", descriptor->types);
  }
  if (descriptor->inherits_buffers || descriptor->inherits_pipeline) {
    standin_refuse("an indirect command buffer that inherits buffers or the pipeline");
  }
  if (count == 0) standin_refuse("an indirect command buffer without commands");
  StandInIndirect *indirect = (StandInIndirect *)standin_make([StandInIndirect class]);
  indirect->commands = calloc(count, sizeof *indirect->commands);
  if (indirect->commands == NULL) standin_refuse("there is no memory for commands");
  indirect->count = count;
  indirect->arguments = descriptor->arguments;
  return indirect;
}

@implementation StandInIndirect
- (id<MTLIndirectComputeCommand>)indirectComputeCommandAtIndex:(NSUInteger)index {
  if (index >= count) standin_refuse("there is no indirect command %lu of %zu", index, count);
  StandInIndirectCommand *command = (StandInIndirectCommand *)standin_make([StandInIndirectCommand class]);
  command->owner = (StandInIndirect *)objc_retain(self);
  command->command = &commands[index];
  return standin_later(command);
}
- (void)finish {
  free(commands);
}
@end

@implementation StandInIndirectCommand
- (void)setComputePipelineState:(id<MTLComputePipelineState>)state {
  standin_expect(state, [StandInPipeline class], NO, "a pipeline");
  if (!((StandInPipeline *)state)->indirect) {
    standin_refuse("a pipeline that was not made for indirect command buffers: supportIndirectCommandBuffers");
  }
  command->pipeline = (StandInPipeline *)state;
}
- (void)setKernelBuffer:(id<MTLBuffer>)buffer offset:(NSUInteger)offset atIndex:(NSUInteger)index {
  standin_expect(buffer, [StandInBuffer class], NO, "a buffer");
  if (index >= owner->arguments) {
    standin_refuse("there is no argument %lu of an indirect command: at most %lu", index, owner->arguments);
  }
  command->buffers[index] = (StandInBuffer *)buffer;
  command->offsets[index] = offset;
  if (offset >= command->buffers[index]->memory.bytes) {
    standin_refuse("argument %lu starts at %lu of %zu bytes", index, offset, command->buffers[index]->memory.bytes);
  }
}
- (void)concurrentDispatchThreadgroups:(MTLSize)groups threadsPerThreadgroup:(MTLSize)threads {
  if (command->pipeline == nil) standin_refuse("an indirect dispatch without a pipeline");
  standin_shape(command, command->pipeline->function->declaration.name, groups, threads);
}
- (void)setBarrier {
  command->barrier = YES;
}
- (void)finish {
  objc_release(owner);
}
@end

void standin_indirect_check(StandInIndirect *indirect, NSRange range, BOOL (*used)(id encoder, StandInBuffer *, int write),
                            id encoder) {
  enum { MOST = 16384 };
  if (range.length == 0 || range.length > MOST || range.location + range.length > indirect->count) {
    standin_refuse("%lu indirect commands from %lu of %zu", range.length, range.location, indirect->count);
  }
  for (size_t i = range.location; i < range.location + range.length; i++) {
    struct command *command = &indirect->commands[i];
    if (command->threads == 0) standin_refuse("indirect command %zu dispatches nothing", i);
    standin_expect((id)command->pipeline, [StandInPipeline class], NO, "the pipeline of an indirect command");
    StandInFunction *function = command->pipeline->function;
    const char *name = function->declaration.name;
    int memories = function->declaration.memories;
    int arguments = memories + (gatun_gpu_params_bytes(function->kernel) > 0);
    for (int j = 0; j < arguments; j++) {
      StandInBuffer *buffer = command->buffers[j];
      standin_expect((id)buffer, [StandInBuffer class], NO, "an argument of an indirect command");
      int write = j < memories && function->declaration.writes[j];
      if (j < memories) standin_argument(function, j, buffer, command->offsets[j]);
      if (!used(encoder, buffer, write)) {
        standin_refuse("%s: argument %d of an indirect command is not made known as %s: useResources", name, j,
                       write ? "written" : "read");
      }
    }
    size_t params = gatun_gpu_params_bytes(function->kernel);
    if (params > 0) {
      size_t offset = command->offsets[memories], bytes = command->buffers[memories]->memory.bytes;
      /* Metal's feature set tables: offsets in the address space `constant` are multiples of 4, on Intel's Macs of 256. */
      if (offset % 256 != 0 || params > bytes - offset) {
        standin_refuse("%s: %zu bytes of parameters at %zu of %zu", name, params, offset, bytes);
      }
    }
  }
}

static NSError *run(struct command *command) {
  StandInFunction *function = command->pipeline->function;
  int memories = function->declaration.memories;
  size_t params = gatun_gpu_params_bytes(function->kernel);
  struct command copy = *command;
  if (params > 0) copy.params = command->buffers[memories]->memory.device + command->offsets[memories];
  return standin_dispatch(&copy);
}

NSError *standin_indirect_execute(StandInIndirect *indirect, size_t first, size_t count) {
  for (size_t begin = first, end; begin < first + count; begin = end) {
    for (end = begin + 1; end < first + count && !indirect->commands[end].barrier;) end++;
    for (size_t i = end; i-- > begin;) {
      NSError *error = run(&indirect->commands[i]);
      if (error != nil) return error;
    }
  }
  return nil;
}
