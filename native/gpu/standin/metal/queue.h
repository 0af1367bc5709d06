/* Queues: command buffers are executed by a thread of their queue, in order, some time after they were committed. */
#ifndef GATUN_STANDIN_QUEUE_H
#define GATUN_STANDIN_QUEUE_H

#include "standin.h"

#include <pthread.h>

@class StandInCommands;

@class StandInIndirect;

/* A piece of work. */
struct command {
  enum { DISPATCH, COPY, FILL, INDIRECT } kind;
  StandInPipeline *pipeline;
  StandInBuffer *buffers[MAX_BUFFERS]; /* of a copy: source, target; of a fill: the target */
  size_t offsets[MAX_BUFFERS];
  uint8_t *params;
  uint32_t grid[3], threads;
  BOOL barrier; /* of an indirect one: what is before it must have ended */
  StandInIndirect *indirect;
  size_t first; /* of the indirect ones, of which there are `length` */
  size_t length;
  uint8_t value;
};

/* Checks a grid and the threads of its groups, and notes them. */
void standin_shape(struct command *command, const char *name, MTLSize groups, MTLSize threads);
/* Checks that an argument is memory that fits its type. */
void standin_argument(StandInFunction *function, int index, StandInBuffer *buffer, size_t offset);

/* A part of a buffer that work uses. */
struct use {
  StandInBuffer *buffer;
  size_t from, bytes;
};

@interface StandInQueue : StandIn <MTLCommandQueue> {
@public
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  StandInCommands *first, *last;   /* committed, not executed; retained */
  StandInCommands *unseen;         /* committed, and the host has not seen that they ended; latest first */
  unsigned long committed, wanted; /* numbers; somebody waits for all up to `wanted` */
  unsigned uncompleted, uncommitted;
  BOOL stopping;
}
@end

@interface StandInCommands : StandIn <MTLCommandBuffer> {
@public
  StandInQueue *queue;
  StandInCommands *next, *earlier; /* in the queue's two lists */
  unsigned long number;            /* 0 until it is committed */
  struct command *commands;
  size_t count, room;
  struct use *uses;
  size_t use_count, use_room;
  id encoder; /* the open one */
  NSUInteger state;
  NSError *failure;
  CFTimeInterval committed, started, ended;
}
@end

StandInQueue *standin_queue(void);
/* A command to be filled in; what it uses is noted with the other. */
struct command *standin_add(StandInCommands *commands);
void standin_use(StandInCommands *commands, StandInBuffer *buffer, size_t from, size_t bytes);
/* An encoder, which the pool owns. */
id standin_encoder(Class class, StandInCommands *commands);
/* Executes all; nil, or what went wrong. */
NSError *standin_execute(StandInCommands *commands);

@interface StandInEncoder : StandIn {
@public
  StandInCommands *commands;
  BOOL ended;
}
@end

@interface MTLIndirectCommandBufferDescriptor : StandIn <MTLIndirectCommandBufferDescriptor> {
@public
  NSUInteger types, arguments;
  BOOL inherits_buffers, inherits_pipeline;
}
@end

/* Retains nothing of what its commands use, as Metal's does not. */
@interface StandInIndirect : StandIn <MTLIndirectCommandBuffer> {
@public
  struct command *commands;
  size_t count;
  NSUInteger arguments; /* most of one command */
}
@end

@interface StandInIndirectCommand : StandIn <MTLIndirectComputeCommand> {
@public
  StandInIndirect *owner;
  struct command *command;
}
@end

id standin_indirect(MTLIndirectCommandBufferDescriptor *descriptor, NSUInteger count);
/* Refuses a command that could not run: not complete, or with memory that the encoder does not use so. */
void standin_indirect_check(StandInIndirect *indirect, NSRange range, BOOL (*used)(id encoder, StandInBuffer *, int write),
                            id encoder);
/* Executes a dispatch; nil, or what went wrong. */
NSError *standin_dispatch(struct command *command);
/*
 * Executes a range: what no barrier keeps in order runs last first. Its parameters are memory, too.
 */
NSError *standin_indirect_execute(StandInIndirect *indirect, size_t first, size_t count);

@interface StandInCompute : StandInEncoder <MTLComputeCommandEncoder> {
@public
  StandInPipeline *pipeline;
  StandInBuffer *buffers[MAX_BUFFERS];
  size_t offsets[MAX_BUFFERS];
  uint8_t bytes[MAX_BUFFERS][MAX_BYTES];
  size_t lengths[MAX_BUFFERS]; /* of bytes; 0 where there are none */
  struct {
    StandInBuffer *buffer; /* the command buffer retains it */
    NSUInteger usage;
  } *used;
  size_t used_count, used_room;
}
@end

@interface StandInBlit : StandInEncoder <MTLBlitCommandEncoder>
@end

#endif
