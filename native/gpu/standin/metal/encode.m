/* Encoders, and what their commands do. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

id standin_encoder(Class class, StandInCommands *commands) {
  if (commands->number != 0) standin_refuse("a command buffer is encoded after commit");
  if (commands->encoder != nil) standin_refuse("a second encoder is opened before the first has ended");
  StandInEncoder *encoder = (StandInEncoder *)standin_make(class);
  encoder->commands = (StandInCommands *)objc_retain(commands);
  commands->encoder = encoder;
  return standin_later(encoder);
}

static void end(StandInEncoder *encoder) {
  if (encoder->ended) standin_refuse("an encoder is ended twice");
  encoder->ended = YES;
  encoder->commands->encoder = nil;
}

@implementation StandInEncoder
- (void)finish {
  if (!ended) standin_refuse("an encoder is released before it has ended");
  objc_release(commands);
}
@end

static void open_only(StandInEncoder *encoder) {
  if (encoder->ended) standin_refuse("a command is encoded after endEncoding");
}

void standin_shape(struct command *command, const char *name, MTLSize groups, MTLSize threads) {
  if (groups.width == 0 || groups.height == 0 || groups.depth == 0 || groups.width > UINT32_MAX ||
      groups.height > UINT32_MAX || groups.depth > UINT32_MAX) {
    standin_refuse("%s: a grid of %lu x %lu x %lu groups", name, groups.width, groups.height, groups.depth);
  }
  if (threads.height != 1 || threads.depth != 1 || threads.width == 0 || threads.width > MAX_THREADS) {
    standin_refuse("%s: groups of %lu x %lu x %lu threads", name, threads.width, threads.height, threads.depth);
  }
  command->grid[0] = (uint32_t)groups.width;
  command->grid[1] = (uint32_t)groups.height;
  command->grid[2] = (uint32_t)groups.depth;
  command->threads = (uint32_t)threads.width;
}

void standin_argument(StandInFunction *function, int index, StandInBuffer *buffer, size_t offset) {
  const char *name = function->declaration.name;
  int alignment = function->declaration.alignment[index];
  if (buffer == nil) standin_refuse("%s: argument %d is no memory", name, index);
  if (offset % (size_t)alignment != 0) {
    standin_refuse("%s: argument %d starts at %zu, which is no multiple of its type's alignment, %d", name, index, offset,
                   alignment);
  }
}

@implementation StandInCompute
- (void)setComputePipelineState:(id<MTLComputePipelineState>)state {
  open_only(self);
  standin_expect(state, [StandInPipeline class], NO, "a pipeline");
  objc_retain(state);
  objc_release(pipeline);
  pipeline = (StandInPipeline *)state;
}
- (void)forget:(NSUInteger)index {
  if (index >= MAX_BUFFERS) standin_refuse("there is no argument %lu: at most %d", index, MAX_BUFFERS);
  objc_release(buffers[index]);
  buffers[index] = nil;
  lengths[index] = 0;
}
- (void)setBuffer:(id<MTLBuffer>)buffer offset:(NSUInteger)offset atIndex:(NSUInteger)index {
  open_only(self);
  standin_expect(buffer, [StandInBuffer class], YES, "a buffer");
  objc_retain(buffer);
  [self forget:index];
  buffers[index] = (StandInBuffer *)buffer;
  offsets[index] = offset;
  if (buffer != nil && offset >= buffers[index]->memory.bytes) {
    standin_refuse("argument %lu starts at %lu of %zu bytes", index, offset, buffers[index]->memory.bytes);
  }
}
- (void)setBytes:(const void *)data length:(NSUInteger)length atIndex:(NSUInteger)index {
  open_only(self);
  if (length == 0 || length > MAX_BYTES) standin_refuse("setBytes of %lu bytes: 1 to %d", length, MAX_BYTES);
  [self forget:index];
  memcpy(bytes[index], data, length);
  lengths[index] = length;
}
- (void)dispatchThreadgroups:(MTLSize)groups threadsPerThreadgroup:(MTLSize)threads {
  open_only(self);
  if (pipeline == nil) standin_refuse("a dispatch without a pipeline");
  StandInFunction *function = pipeline->function;
  const char *name = function->declaration.name;
  struct command *command = standin_add(commands);
  command->kind = DISPATCH;
  command->pipeline = (StandInPipeline *)objc_retain(pipeline);
  standin_shape(command, name, groups, threads);
  int memories = function->declaration.memories;
  for (int i = 0; i < memories; i++) {
    standin_argument(function, i, buffers[i], offsets[i]);
    command->buffers[i] = buffers[i];
    command->offsets[i] = offsets[i];
    standin_use(commands, buffers[i], 0, buffers[i]->memory.bytes);
  }
  size_t params = gatun_gpu_params_bytes(function->kernel);
  if (params > 0) {
    if (lengths[memories] != params) {
      standin_refuse("%s: %zu bytes of parameters, where it takes %zu", name, lengths[memories], params);
    }
    command->params = malloc(params);
    if (command->params == NULL) standin_refuse("there is no memory for a command");
    memcpy(command->params, bytes[memories], params);
  }
}
- (void)useResources:(const id *)resources count:(NSUInteger)count usage:(NSUInteger)usage {
  open_only(self);
  if (usage != MTLResourceUsageRead && usage != MTLResourceUsageWrite &&
      usage != (MTLResourceUsageRead | MTLResourceUsageWrite)) {
    standin_refuse("resources are used as %lu", usage);
  }
  if (used_count + count > used_room) {
    used_room = (used_count + count) * 2;
    used = realloc(used, used_room * sizeof *used);
    if (used == NULL) standin_refuse("there is no memory for an encoder");
  }
  for (NSUInteger i = 0; i < count; i++) {
    standin_expect(resources[i], [StandInBuffer class], NO, "a resource");
    StandInBuffer *buffer = (StandInBuffer *)resources[i];
    standin_use(commands, buffer, 0, buffer->memory.bytes);
    used[used_count].buffer = buffer;
    used[used_count++].usage = usage;
  }
}
static BOOL uses(id encoder, StandInBuffer *buffer, int write) {
  StandInCompute *compute = (StandInCompute *)encoder;
  NSUInteger usage = 0;
  for (size_t i = 0; i < compute->used_count; i++) {
    if (compute->used[i].buffer == buffer) usage |= compute->used[i].usage;
  }
  return (usage & MTLResourceUsageRead) != 0 && (!write || (usage & MTLResourceUsageWrite) != 0);
}
- (void)executeCommandsInBuffer:(id<MTLIndirectCommandBuffer>)buffer withRange:(NSRange)range {
  open_only(self);
  standin_expect(buffer, [StandInIndirect class], NO, "an indirect command buffer");
  standin_indirect_check((StandInIndirect *)buffer, range, uses, self);
  struct command *command = standin_add(commands);
  command->kind = INDIRECT;
  command->indirect = (StandInIndirect *)objc_retain(buffer);
  command->first = range.location;
  command->length = range.length;
}
- (void)endEncoding {
  end(self);
}
- (void)finish {
  free(used);
  for (int i = 0; i < MAX_BUFFERS; i++) objc_release(buffers[i]);
  objc_release(pipeline);
  [super finish];
}
@end

/* A range of a buffer that a blit uses, in fours, as macOS wants. */
static void range(StandInCommands *commands, id<MTLBuffer> object, size_t from, size_t bytes, const char *what) {
  standin_expect(object, [StandInBuffer class], NO, what);
  StandInBuffer *buffer = (StandInBuffer *)object;
  if (from % 4 != 0 || bytes % 4 != 0 || bytes == 0) {
    standin_refuse("%s: %zu bytes from %zu, which are no multiples of 4", what, bytes, from);
  }
  if (bytes > buffer->memory.bytes || from > buffer->memory.bytes - bytes) {
    standin_refuse("%s: %zu bytes from %zu of %zu", what, bytes, from, buffer->memory.bytes);
  }
  standin_use(commands, buffer, from, bytes);
}

@implementation StandInBlit
- (void)copyFromBuffer:(id<MTLBuffer>)source
          sourceOffset:(NSUInteger)from
              toBuffer:(id<MTLBuffer>)target
     destinationOffset:(NSUInteger)to
                  size:(NSUInteger)bytes {
  open_only(self);
  range(commands, source, from, bytes, "the source of a copy");
  range(commands, target, to, bytes, "the target of a copy");
  if (source == target && from < to + bytes && to < from + bytes) standin_refuse("a copy within a buffer overlaps");
  struct command *command = standin_add(commands);
  command->kind = COPY;
  command->buffers[0] = (StandInBuffer *)source;
  command->buffers[1] = (StandInBuffer *)target;
  command->offsets[0] = from;
  command->offsets[1] = to;
  command->length = bytes;
}
- (void)fillBuffer:(id<MTLBuffer>)buffer range:(NSRange)part value:(uint8_t)value {
  open_only(self);
  range(commands, buffer, part.location, part.length, "a fill");
  struct command *command = standin_add(commands);
  command->kind = FILL;
  command->buffers[0] = (StandInBuffer *)buffer;
  command->offsets[0] = part.location;
  command->length = part.length;
  command->value = value;
}
- (void)endEncoding {
  end(self);
}
@end

NSError *standin_dispatch(struct command *command) {
  void *memory[MAX_BUFFERS], *arguments[MAX_BUFFERS];
  StandInFunction *function = command->pipeline->function;
  int memories = function->declaration.memories;
  for (int i = 0; i < memories; i++) {
    memory[i] = command->buffers[i]->memory.device + command->offsets[i];
    arguments[i] = &memory[i];
  }
  arguments[memories] = command->params;
  char message[512] = "";
  if (gatun_gpu_run(function->kernel, command->grid, command->threads, arguments, message, sizeof message) == 0) return nil;
  return standin_error("MTLCommandBufferErrorDomain", MTLCommandBufferErrorInternal, "%s: %s", function->declaration.name,
                       message);
}

NSError *standin_execute(StandInCommands *commands) {
  for (size_t i = 0; i < commands->count; i++) {
    struct command *command = &commands->commands[i];
    BOOL blit = command->kind == COPY || command->kind == FILL;
    uint8_t *first = blit ? command->buffers[0]->memory.device + command->offsets[0] : NULL;
    NSError *error = nil;
    switch (command->kind) {
      case DISPATCH:
        error = standin_dispatch(command);
        break;
      case INDIRECT:
        error = standin_indirect_execute(command->indirect, command->first, command->length);
        break;
      case COPY:
        memcpy(command->buffers[1]->memory.device + command->offsets[1], first, command->length);
        break;
      case FILL:
        memset(first, command->value, command->length);
        break;
    }
    if (error != nil) return error;
  }
  for (size_t i = 0; i < commands->use_count; i++) {
    StandInBuffer *buffer = commands->uses[i].buffer;
    if (memory_overrun(&buffer->memory)) {
      standin_refuse("a kernel wrote behind the end of a buffer of %zu bytes", buffer->memory.bytes);
    }
  }
  return nil;
}
