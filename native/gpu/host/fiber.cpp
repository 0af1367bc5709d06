#include "fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>

#if !defined(__x86_64__) && !defined(__aarch64__)
#define GATUN_UCONTEXT 1
#include <ucontext.h>
#endif

namespace gatun {

static constexpr size_t STACK_BYTES = 64 * 1024;

static size_t page_bytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

Stack::Stack(unsigned number) {
  size_t bytes = STACK_BYTES + page_bytes();
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  base_ = static_cast<char *>(memory);
  mprotect(base_, page_bytes(), PROT_NONE);
  top_ = base_ + bytes - number % 16 * 256;
}

Stack::~Stack() { munmap(base_, STACK_BYTES + page_bytes()); }

#ifdef GATUN_UCONTEXT

void *Stack::prepare(void (*entry)()) {
  ucontext_t *context = reinterpret_cast<ucontext_t *>(base_ + page_bytes());
  getcontext(context);
  char *bottom = base_ + page_bytes() + (sizeof(ucontext_t) + 63) / 64 * 64;
  context->uc_stack.ss_sp = bottom;
  context->uc_stack.ss_size = static_cast<size_t>(top_ - bottom);
  context->uc_link = nullptr;
  makecontext(context, entry, 0);
  return context;
}

void switch_fiber(void **from, void *to) {
  ucontext_t here;
  *from = &here;
  swapcontext(&here, static_cast<ucontext_t *>(to));
}

#else

#ifdef __APPLE__
#define SYMBOL "_gatun_switch_fiber"
#define HIDDEN ".private_extern " SYMBOL "\n"
#else
#define SYMBOL "gatun_switch_fiber"
#define HIDDEN ".hidden " SYMBOL "\n"
#endif

extern "C" void gatun_switch_fiber(void **from, void *to);

/* The registers that a function must keep (System V ABI, AAPCS64) go to the stack; then the other stack is ours. */
#ifdef __x86_64__
__asm__(
    ".text\n.globl " SYMBOL "\n" HIDDEN SYMBOL ":\n"
    "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
    "  ret\n");
static constexpr int REGISTERS = 6;
static constexpr int RETURN = 6;
/* Above the address of the entry lies one more word: a function starts 8 bytes off a multiple of 16. */
static constexpr int WORDS = 8;
#else
__asm__(
    ".text\n.globl " SYMBOL "\n" HIDDEN SYMBOL ":\n"
    "  sub sp, sp, #160\n"
    "  stp x19, x20, [sp]\n  stp x21, x22, [sp, #16]\n  stp x23, x24, [sp, #32]\n  stp x25, x26, [sp, #48]\n"
    "  stp x27, x28, [sp, #64]\n  stp x29, x30, [sp, #80]\n"
    "  stp d8, d9, [sp, #96]\n  stp d10, d11, [sp, #112]\n  stp d12, d13, [sp, #128]\n  stp d14, d15, [sp, #144]\n"
    "  mov x9, sp\n  str x9, [x0]\n"
    "  mov sp, x1\n"
    "  ldp x19, x20, [sp]\n  ldp x21, x22, [sp, #16]\n  ldp x23, x24, [sp, #32]\n  ldp x25, x26, [sp, #48]\n"
    "  ldp x27, x28, [sp, #64]\n  ldp x29, x30, [sp, #80]\n"
    "  ldp d8, d9, [sp, #96]\n  ldp d10, d11, [sp, #112]\n  ldp d12, d13, [sp, #128]\n  ldp d14, d15, [sp, #144]\n"
    "  add sp, sp, #160\n"
    "  ret\n");
static constexpr int REGISTERS = 20;
static constexpr int RETURN = 11;
static constexpr int WORDS = 20;
#endif

void *Stack::prepare(void (*entry)()) {
  uint64_t *words = reinterpret_cast<uint64_t *>(top_) - WORDS;
  for (int i = 0; i < REGISTERS; i++) words[i] = 0;
  words[RETURN] = reinterpret_cast<uint64_t>(entry);
  return words;
}

void switch_fiber(void **from, void *to) { gatun_switch_fiber(from, to); }

#endif

}  // namespace gatun
