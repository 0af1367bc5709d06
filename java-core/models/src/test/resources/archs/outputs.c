// usage: outputs MODEL CONTEXT OUT TOKEN... : logits (or hidden vectors) of every position of one sequence, as floats.
#include "llama.h"
#include <stdio.h>
#include <stdlib.h>
static void quiet(enum ggml_log_level l, const char *t, void *u) { if (l >= GGML_LOG_LEVEL_ERROR) fputs(t, stderr); }
int main(int argc, char **argv) {
  llama_log_set(quiet, NULL);
  llama_backend_init();
  struct llama_model *model = llama_model_load_from_file(argv[1], llama_model_default_params());
  if (!model) return 1;
  int n = argc - 4;
  struct llama_context_params p = llama_context_default_params();
  p.n_ctx = atoi(argv[2]); p.n_batch = p.n_ubatch = 256; p.n_threads = p.n_threads_batch = 1; p.swa_full = 1;
  p.type_k = p.type_v = GGML_TYPE_F32; p.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  struct llama_context *ctx = llama_init_from_model(model, p);
  if (!ctx) return 2;
  struct llama_batch b = llama_batch_init(n, 0, 1);
  for (int i = 0; i < n; i++) {
    b.token[i] = atoi(argv[4 + i]); b.pos[i] = i; b.n_seq_id[i] = 1; b.seq_id[i][0] = 0; b.logits[i] = 1;
  }
  b.n_tokens = n;
  if (llama_decode(ctx, b)) return 3;
  FILE *out = fopen(argv[3], "ab");
  int vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
  for (int i = 0; i < n; i++) fwrite(llama_get_logits_ith(ctx, i), 4, vocab, out);
  fclose(out);
  return 0;
}
