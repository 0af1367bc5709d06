#include "attend.h"
#include "attention.h"
#include "attention_blocks.h"

ATTENTION(attention_wide_f16, CacheF16, 16, 0)
ATTENTION(attention_split_wide_f16, CacheF16, 16, 1)
ATTENTION_BLOCKS(attention_blocks_wide_f16, CacheF16, 16)
