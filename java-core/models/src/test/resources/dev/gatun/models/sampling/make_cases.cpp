// Writes cases.json and smollm2.f32: what llama.cpp's sampler chain leaves of given logits.
#include "llama.h"
#include "llama-sampler.h"
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

using Tokens = std::vector<llama_token>;
static const llama_vocab * vocab;
static std::mt19937 rng(20240607);
static FILE * out;
static bool first_case = true;

static int below(int n) { return (int) (rng() % (unsigned) n); }
static float uniform(float lo, float hi) { return lo + (hi - lo) * (float) (rng() >> 8) / 16777216.0f; }
static float normal() { // Irwin-Hall
    float s = 0;
    for (int i = 0; i < 12; i++) s += uniform(0, 1);
    return s - 6;
}

struct Options {
    float temp = 0.8f; int top_k = 40; float top_p = 0.95f, min_p = 0.05f, typ_p = 1;
    float repeat = 1, presence = 0, frequency = 0; int last_n = 64;
    float dry_mult = 0, dry_base = 1.75f; int dry_len = 2, dry_last_n = 64;
    std::vector<Tokens> breakers;
    std::vector<const char *> texts; // breakers as texts, for the model's vocabulary
    int mirostat = 0; float tau = 5, eta = 0.1f;
    std::vector<llama_logit_bias> bias;
};

static llama_sampler * chain(const Options & o, int n_vocab) {
    auto * c = llama_sampler_chain_init(llama_sampler_chain_default_params());
    if (!o.bias.empty()) llama_sampler_chain_add(c, llama_sampler_init_logit_bias(n_vocab, o.bias.size(), o.bias.data()));
    if (o.mirostat == 2) {
        llama_sampler_chain_add(c, llama_sampler_init_temp(o.temp));
        llama_sampler_chain_add(c, llama_sampler_init_mirostat_v2(7, o.tau, o.eta));
        return c;
    }
    llama_sampler_chain_add(c, llama_sampler_init_penalties(n_vocab, o.last_n, o.repeat, o.frequency, o.presence));
    if (o.dry_mult != 0 && o.dry_base >= 1 && o.dry_last_n > 0)
        llama_sampler_chain_add(c, !o.texts.empty()
            ? llama_sampler_init_dry(vocab, o.dry_mult, o.dry_base, o.dry_len, o.dry_last_n, (const char **) o.texts.data(), o.texts.size())
            : llama_sampler_init_dry_testing(o.dry_mult, o.dry_base, o.dry_len, o.dry_last_n, o.breakers));
    llama_sampler_chain_add(c, llama_sampler_init_top_k(o.top_k));
    llama_sampler_chain_add(c, llama_sampler_init_typical(o.typ_p, 0));
    llama_sampler_chain_add(c, llama_sampler_init_top_p(o.top_p, 0));
    llama_sampler_chain_add(c, llama_sampler_init_min_p(o.min_p, 0));
    llama_sampler_chain_add(c, llama_sampler_init_temp_ext(o.temp, 0, 1));
    llama_sampler_chain_add(c, llama_sampler_init_dist(7));
    return c;
}

static void print(const char * name, const Tokens & t) {
    fprintf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < t.size(); i++) fprintf(out, "%s%d", i ? "," : "", t[i]);
    fprintf(out, "]");
}

// logits: empty for the model's ones, else printed with the case
static void run(const char * name, const Options & o, const std::vector<std::vector<float>> & steps, bool inline_logits, const Tokens & history, float raise = 0) {
    int n_vocab = (int) steps[0].size();
    fprintf(out, "%s\n{\"name\":\"%s\"", first_case ? "" : ",", name);
    first_case = false;
    fprintf(out, ",\"temperature\":%.9g,\"topK\":%d,\"topP\":%.9g,\"minP\":%.9g,\"typicalP\":%.9g", o.temp, o.top_k, o.top_p, o.min_p, o.typ_p);
    fprintf(out, ",\"repeatPenalty\":%.9g,\"presencePenalty\":%.9g,\"frequencyPenalty\":%.9g,\"penaltyLastN\":%d", o.repeat, o.presence, o.frequency, o.last_n);
    fprintf(out, ",\"dry\":{\"multiplier\":%.9g,\"base\":%.9g,\"allowedLength\":%d,\"penaltyLastN\":%d,\"breakers\":[", o.dry_mult, o.dry_base, o.dry_len, o.dry_last_n);
    for (size_t b = 0; b < o.breakers.size(); b++) {
        fprintf(out, "%s[", b ? "," : "");
        for (size_t i = 0; i < o.breakers[b].size(); i++) fprintf(out, "%s%d", i ? "," : "", o.breakers[b][i]);
        fprintf(out, "]");
    }
    fprintf(out, "],\"texts\":[");
    for (size_t i = 0; i < o.texts.size(); i++) fprintf(out, "%s\"%s\"", i ? "," : "", std::string(o.texts[i]) == "\n" ? "\\n" : std::string(o.texts[i]) == "\"" ? "\\\"" : std::string(o.texts[i]) == ".\n" ? ".\\n" : o.texts[i]);
    fprintf(out, "]},\"mirostat\":%d,\"tau\":%.9g,\"eta\":%.9g,\"bias\":{", o.mirostat, o.tau, o.eta);
    for (size_t i = 0; i < o.bias.size(); i++) fprintf(out, std::isinf(o.bias[i].bias) ? "%s\"%d\":\"-Infinity\"" : "%s\"%d\":%.9g", i ? "," : "", o.bias[i].token, o.bias[i].bias);
    fprintf(out, "}");
    print("history", history);
    fprintf(out, ",\"raise\":%.9g", raise);
    auto * c = chain(o, n_vocab);
    for (auto t : history) llama_sampler_accept(c, t);
    fprintf(out, ",\"steps\":[");
    for (size_t s = 0; s < steps.size(); s++) {
        std::vector<llama_token_data> data;
        for (int i = 0; i < n_vocab; i++) data.push_back({i, steps[s][i], 0});
        for (auto t : history) if (raise != 0) data[t].logit = steps[s][t] + raise;
        llama_token_data_array a = {data.data(), data.size(), -1, false};
        llama_sampler_apply(c, &a);
        fprintf(out, "%s{", s ? "," : "");
        if (inline_logits) {
            fprintf(out, "\"logits\":[");
            for (int i = 0; i < n_vocab; i++) fprintf(out, "%s%.9g", i ? "," : "", steps[s][i]);
            fprintf(out, "],");
        }
        int kept = 0;
        for (size_t i = 0; i < a.size; i++) kept += a.data[i].p > 1e-30f;
        fprintf(out, "\"selected\":%d,\"kept\":%d,\"candidates\":[", a.data[a.selected].id, kept);
        int shown = 0; // 60 of large sets
        size_t stride = kept <= 60 ? 1 : a.size / 60;
        for (size_t i = 0; i < a.size; i += stride)
            if (a.data[i].p > 1e-30f) fprintf(out, "%s[%d,%.9g]", shown++ ? "," : "", a.data[i].id, a.data[i].p);
        fprintf(out, "]}");
        llama_sampler_accept(c, a.data[a.selected].id);
    }
    fprintf(out, "]}");
    llama_sampler_free(c);
}

int main(int argc, char ** argv) {
    llama_log_set([](ggml_log_level, const char *, void *) {}, nullptr);
    llama_backend_init();
    auto * model = llama_model_load_from_file(argv[1], llama_model_default_params());
    auto cp = llama_context_default_params();
    cp.n_ctx = 256;
    auto * ctx = llama_init_from_model(model, cp);
    vocab = llama_model_get_vocab(model);
    const std::string text = "The lighthouse keeper looked at the sea and";
    Tokens prompt(64);
    prompt.resize(llama_tokenize(vocab, text.c_str(), text.size(), prompt.data(), prompt.size(), true, true));
    llama_decode(ctx, llama_batch_get_one(prompt.data(), prompt.size()));
    const float * l = llama_get_logits_ith(ctx, -1);
    std::vector<float> real(l, l + llama_vocab_n_tokens(vocab));
    FILE * f = fopen("smollm2.f32", "wb");
    fwrite(real.data(), 4, real.size(), f);
    fclose(f);

    out = fopen("cases.json", "w");
    fprintf(out, "[");
    Options off;
    off.temp = 1; off.top_k = 0; off.top_p = 1; off.min_p = 0;
    auto model_case = [&](const char * name, Options o) { run(name, o, {real}, false, prompt); };
    { model_case("model, default chain", Options()); }
    { model_case("model, no truncation", off); }
    { auto o = off; o.temp = 0.3f; model_case("model, temperature", o); }
    { auto o = off; o.temp = 0; model_case("model, greedy", o); }
    for (int k : {1, 2, 100, 129, 1000, 40000}) { auto o = off; o.top_k = k; model_case("model, top-k", o); }
    for (float p : {0.0f, 0.1f, 0.5f, 0.8f, 0.91f}) { auto o = off; o.top_p = p; model_case("model, top-p", o); }
    for (float p : {0.001f, 0.02f, 0.3f, 1.0f}) { auto o = off; o.min_p = p; model_case("model, min-p", o); }
    for (float p : {0.1f, 0.5f, 0.9f}) { auto o = off; o.typ_p = p; model_case("model, typical", o); }
    { auto o = off; o.typ_p = 0.3f; o.temp = 0; model_case("model, typical and greedy", o); }
    { Options o; o.repeat = 1.4f; o.presence = 0.5f; o.frequency = 0.7f; model_case("model, penalties", o); }

    for (int i = 0; i < 150; i++) {
        int n = 20 + below(60);
        float width = uniform(0.5f, 5);
        std::vector<float> logits(n);
        for (auto & x : logits) x = width * normal();
        Options o;
        o.temp = below(10) == 0 ? 0 : uniform(0.1f, 2.5f);
        o.top_k = below(2) ? 0 : 1 + below(n + 10);
        o.top_p = below(2) ? 1 : uniform(0.05f, 0.99f);
        o.min_p = below(2) ? 0 : uniform(0.001f, 0.5f);
        o.typ_p = below(2) ? 1 : uniform(0.05f, 0.95f);
        o.repeat = below(2) ? 1 : uniform(0.7f, 2);
        o.presence = below(2) ? 0 : uniform(-1, 2);
        o.frequency = below(2) ? 0 : uniform(-1, 2);
        o.last_n = below(40);
        if (below(3) == 0) o.bias = {{below(n), uniform(-5, 5)}};
        if (below(4) == 0 && o.typ_p == 1) o.bias.push_back({n - 1, -INFINITY});
        if (o.bias.size() == 2 && o.bias[0].token == o.bias[1].token) o.bias.pop_back();
        Tokens history;
        for (int h = below(60); h > 0; h--) history.push_back(below(below(2) ? n : 5));
        run("random chain", o, {logits}, true, history);
    }
    for (int i = 0; i < 120; i++) {
        int n = 12;
        std::vector<float> logits(n);
        for (auto & x : logits) x = normal();
        auto o = off;
        o.dry_mult = uniform(0.1f, 2); o.dry_base = i % 10 == 0 ? 1 : uniform(1, 2.5f); o.dry_len = below(5); o.dry_last_n = 1 + below(80);
        for (int b = below(4); b > 0; b--) {
            Tokens t;
            for (int len = 1 + below(3); len > 0; len--) t.push_back(below(n));
            o.breakers.push_back(t);
        }
        Tokens history;
        int alphabet = 2 + below(4);
        for (int h = below(100); h > 0; h--) {
            int size = (int) history.size();
            if (size > 6 && below(6) == 0) { // repeat a stretch
                int start = below(size), len = 1 + below(12);
                for (int j = start; j < std::min(size, start + len); j++) history.push_back(history[j]);
            } else history.push_back(below(alphabet));
        }
        run("DRY", o, {logits}, true, history);
    }
    { // exponent at its bound
        auto o = off; o.dry_mult = 1e-30f; o.dry_base = 8; o.dry_len = 1; o.dry_last_n = 200;
        run("DRY, long repetition", o, {std::vector<float>(12, 1.0f)}, true, Tokens(150, 3));
    }
    const std::string story = "One day: the king said \"go\".\nTwo days later, the king said \"go\".\nOne day: the king was seeing the user: he said \"go\".\nTwo days later";
    Tokens told(128);
    told.resize(llama_tokenize(vocab, story.c_str(), story.size(), told.data(), told.size(), false, false));
    for (auto texts : std::vector<std::vector<const char *>>{{"\n", ":", "\"", "*"}, {"ing"}, {" the"}, {"user:"}, {".\n"}, {"o"}, {"zzzz"}})
        for (size_t cut : {told.size(), told.size() - 1, told.size() - 2, told.size() - 9}) {
            auto o = off; o.dry_mult = 0.8f; o.dry_len = 1; o.top_k = 60; o.texts = texts;
            run("DRY, texts as breakers", o, {real}, false, Tokens(told.begin(), told.begin() + cut), 20);
        }
    for (int i = 0; i < 12; i++) {
        Options o;
        o.mirostat = 2; o.tau = uniform(0.5f, 5); o.eta = uniform(0.05f, 0.9f); o.temp = uniform(0.5f, 1.5f);
        std::vector<std::vector<float>> steps;
        for (int s = 0; s < 12; s++) {
            std::vector<float> logits(40);
            float width = uniform(0.5f, 4);
            for (auto & x : logits) x = width * normal();
            steps.push_back(logits);
        }
        run("mirostat", o, steps, true, {});
    }
    fprintf(out, "\n]\n");
    fclose(out);
}
