/** NVIDIA's driver API, NVRTC and cuBLASLt. */
package dev.gatun.cuda;
