#include "attend.h"
#include "attention.h"
#include "attention_blocks.h"

ATTENTION(attention_q8_0, CacheQ8_0, 4, 0)
ATTENTION(attention_split_q8_0, CacheQ8_0, 4, 1)
ATTENTION_BLOCKS(attention_blocks_q8_0, CacheQ8_0, 4)
