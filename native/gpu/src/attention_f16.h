#include "attend.h"
#include "attention.h"
#include "attention_blocks.h"

ATTENTION(attention_f16, CacheF16, 4, 0)
ATTENTION(attention_split_f16, CacheF16, 4, 1)
ATTENTION_BLOCKS(attention_blocks_f16, CacheF16, 4)
