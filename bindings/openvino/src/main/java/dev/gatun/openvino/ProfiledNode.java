package dev.gatun.openvino;

/**
 * What one node of a compiled model did in a request's last run.
 *
 * @param name its name, often that of the model's layer
 * @param type the plugin's name of what it does
 * @param execution the kernel that ran, as the plugin calls it: {@code brgemm_avx512_f32}
 * @param executed false for one that was not run, or optimized out
 * @param nanoseconds wall time
 */
public record ProfiledNode(
    String name, String type, String execution, boolean executed, long nanoseconds) {}
