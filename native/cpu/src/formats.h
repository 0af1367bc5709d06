/*
 * The cases of a switch over block formats. One copy of the code for each format, or a few rare ones:
 * within it, the format is a constant. common(format) is called for the first, rare(pattern) for the
 * others.
 */
#ifndef GATUN_FORMATS_H
#define GATUN_FORMATS_H

#define ONE_FORMAT(call, format)                                                                   \
  case format:                                                                                     \
    call(format);                                                                                  \
    break;

#define EACH_FORMAT(common, rare)                                                                  \
  ONE_FORMAT(common, GATUN_CPU_Q4_0)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q4_1)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q8_0)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q5_0)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q5_1)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q2_K)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q3_K)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q4_K)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q5_K)                                                               \
  ONE_FORMAT(common, GATUN_CPU_Q6_K)                                                               \
  ONE_FORMAT(common, GATUN_CPU_IQ4_NL)                                                             \
  ONE_FORMAT(common, GATUN_CPU_IQ4_XS)                                                             \
  ONE_FORMAT(rare, GATUN_CPU_MXFP4)                                                                \
  ONE_FORMAT(rare, GATUN_CPU_NVFP4)                                                                \
  case GATUN_CPU_Q1_0:                                                                             \
  case GATUN_CPU_Q2_0:                                                                             \
  case GATUN_CPU_TQ1_0:                                                                            \
    ONE_FORMAT(rare, GATUN_CPU_TQ2_0)                                                              \
  case GATUN_CPU_IQ1_S:                                                                            \
    ONE_FORMAT(rare, GATUN_CPU_IQ2_XXS)                                                            \
  case GATUN_CPU_IQ1_M:                                                                            \
  case GATUN_CPU_IQ2_XS:                                                                           \
    ONE_FORMAT(rare, GATUN_CPU_IQ2_S)                                                              \
  case GATUN_CPU_IQ3_XXS:                                                                          \
    ONE_FORMAT(rare, GATUN_CPU_IQ3_S)

#endif
