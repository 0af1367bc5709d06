#include "attend.h"
#include "attention.h"
#include "attention_blocks.h"

ATTENTION(attention_wide_q8_0, CacheQ8_0, 16, 0)
ATTENTION(attention_split_wide_q8_0, CacheQ8_0, 16, 1)
ATTENTION_BLOCKS(attention_blocks_wide_q8_0, CacheQ8_0, 16)
