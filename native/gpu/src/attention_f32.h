#include "attend.h"
#include "attention.h"
#include "attention_blocks.h"

ATTENTION(attention_f32, CacheF32, 4, 0)
ATTENTION(attention_split_f32, CacheF32, 4, 1)
ATTENTION_BLOCKS(attention_blocks_f32, CacheF32, 4)
