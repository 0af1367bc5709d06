// Prints what llama.cpp's samplers keep of pseudo-random logits; the README beside this file says how to run it.
#include "llama.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

// Declared in llama.cpp's own llama-sampler.h.
llama_sampler * llama_sampler_init_dry_testing(float multiplier, float base, int32_t allowed_length, int32_t last_n,
                                               const std::vector<std::vector<llama_token>> & breakers);

static uint64_t state;

static uint64_t next() {
    state += 0x9E3779B97F4A7C15ull;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// Exact in single precision up to the cube: 24 random bits in [-1, 1), cubed, times the scale.
static std::vector<float> logits(int n, uint64_t seed, float scale) {
    state = seed;
    std::vector<float> result(n);
    for (float & l : result) {
        const float r = (float) (next() >> 40) / 8388608.0f - 1.0f;
        const float squared = r * r;
        l = squared * r * scale;
    }
    return result;
}

static bool first = true;

static void print(const char * stage, const std::string & parameters, int n, uint64_t seed, float scale,
                  const std::vector<llama_sampler *> & chain, const std::vector<llama_token> & history) {
    std::vector<float> l = logits(n, seed, scale);
    std::vector<llama_token_data> data(n);
    for (int i = 0; i < n; i++) {
        data[i] = {i, l[i], 0.0f};
    }
    llama_token_data_array cur = {data.data(), data.size(), -1, false};
    for (llama_sampler * s : chain) {
        for (llama_token t : history) {
            llama_sampler_accept(s, t);
        }
        llama_sampler_apply(s, &cur);
        llama_sampler_free(s);
    }
    std::vector<llama_token_data> kept(cur.data, cur.data + cur.size);
    std::sort(kept.begin(), kept.end(), [](const llama_token_data & a, const llama_token_data & b) {
        return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
    });
    double max = kept[0].logit, sum = 0;
    for (const auto & k : kept) {
        sum += std::exp(k.logit - max);
    }
    printf("%s\n{\"stage\":\"%s\",%s\"n\":%d,\"seed\":%llu,\"scale\":%.9g,\"history\":[", first ? "[" : ",", stage,
           parameters.c_str(), n, (unsigned long long) seed, scale);
    first = false;
    for (size_t i = 0; i < history.size(); i++) {
        printf("%s%d", i ? "," : "", history[i]);
    }
    uint64_t hash = 0;
    for (const auto & k : kept) {
        hash = hash * 31 + k.id;
    }
    printf("],\"kept\":%zu,\"hash\":\"%llx\",\"tokens\":[", kept.size(), (unsigned long long) hash);
    for (size_t i = 0; i < std::min<size_t>(12, kept.size()); i++) {
        printf("%s%d", i ? "," : "", kept[i].id);
    }
    printf("],\"probabilities\":[");
    for (size_t i = 0; i < std::min<size_t>(12, kept.size()); i++) {
        printf("%s%.6g", i ? "," : "", std::exp(kept[i].logit - max) / sum);
    }
    printf("]}");
}

static std::string text(const char * format, double a, double b = 0, double c = 0, double d = 0) {
    char buffer[256];
    snprintf(buffer, sizeof buffer, format, a, b, c, d);
    return buffer;
}

int main() {
    const int sizes[] = {2, 17, 300, 5000, 60000};
    uint64_t seed = 1;
    for (int n : sizes) {
        for (float scale : {4.0f, 14.0f, 40.0f}) {
            seed++;
            for (int k : {1, 5, 40, 1000}) {
                print("top_k", text("\"k\":%g,", k), n, seed, scale, {llama_sampler_init_top_k(k)}, {});
            }
            for (float p : {0.1f, 0.5f, 0.9f, 0.95f, 0.99f}) {
                const std::string parameters = text("\"p\":%.9g,", p);
                print("top_p", parameters, n, seed, scale, {llama_sampler_init_top_p(p, 0)}, {});
                print("typical", parameters, n, seed, scale, {llama_sampler_init_typical(p, 0)}, {});
                print("min_p", text("\"p\":%.9g,", p / 4), n, seed, scale, {llama_sampler_init_min_p(p / 4, 0)}, {});
            }
            for (float t : {0.25f, 0.8f, 1.5f}) {
                print("temperature", text("\"t\":%.9g,", t), n, seed, scale, {llama_sampler_init_temp(t)}, {});
            }
            for (float tau : {0.5f, 2.0f, 5.0f}) {
                print("mirostat", text("\"tau\":%.9g,", tau), n, seed, scale,
                      {llama_sampler_init_mirostat_v2(1, tau, 0.1f)}, {});
            }
            print("chain", "", n, seed, scale,
                  {llama_sampler_init_top_k(40), llama_sampler_init_typical(0.98f, 0), llama_sampler_init_top_p(0.95f, 0),
                   llama_sampler_init_min_p(0.05f, 0), llama_sampler_init_temp(0.8f)}, {});
            std::vector<llama_token> history;
            state = seed;
            const int range = std::min(n, 7);
            for (int i = 0; i < 40; i++) {
                history.push_back(next() % range);
            }
            for (int last : {8, 64}) {
                print("penalties", text("\"last\":%g,\"repeat\":%.9g,\"frequency\":%.9g,\"presence\":%.9g,", last, 1.25, 0.25, 0.5),
                      n, seed, scale, {llama_sampler_init_penalties(n, last, 1.25f, 0.25f, 0.5f)}, history);
                print("penalties", text("\"last\":%g,\"repeat\":%.9g,\"frequency\":%.9g,\"presence\":%.9g,", last, 0.75, -0.5, 0),
                      n, seed, scale, {llama_sampler_init_penalties(n, last, 0.75f, -0.5f, 0)}, history);
            }
        }
    }
    // DRY: histories with repetitions over a small alphabet, with and without breakers.
    for (int round = 0; round < 60; round++) {
        seed++;
        state = seed * 7919;
        const int n = 12;
        std::vector<llama_token> history;
        const int length = 5 + next() % 60;
        const int alphabet = 2 + next() % 8;
        for (int i = 0; i < length; i++) {
            if (i > 6 && next() % 3 == 0) {
                const int from = next() % (i - 4);
                const int copy = 2 + next() % 6;
                for (int j = 0; j < copy && from + j < (int) history.size(); j++) {
                    history.push_back(history[from + j]);
                }
            } else {
                history.push_back(next() % alphabet);
            }
        }
        std::vector<std::vector<llama_token>> breakers;
        std::string parameters = "\"breakers\":[";
        const int count = round % 4;
        for (int i = 0; i < count; i++) {
            std::vector<llama_token> breaker;
            parameters += i ? ",[" : "[";
            for (int j = 0; j <= i % 3; j++) {
                breaker.push_back(next() % alphabet);
                parameters += (j ? "," : "") + std::to_string(breaker.back());
            }
            parameters += "]";
            breakers.push_back(breaker);
        }
        parameters += "],";
        const int allowed = 1 + round % 3;
        const int last = round % 5 == 0 ? 16 : 64;
        parameters += text("\"allowed\":%g,\"last\":%g,", allowed, last);
        print("dry", parameters, n, seed, 4.0f, {llama_sampler_init_dry_testing(0.8f, 1.75f, allowed, last, breakers)}, history);
    }
    printf("\n]\n");
}
