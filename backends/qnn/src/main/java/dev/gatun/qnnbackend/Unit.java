package dev.gatun.qnnbackend;

import dev.gatun.runtime.spi.DeviceInfo;
import java.util.Locale;

/** The kinds of processors that QNN has a library for. */
enum Unit {
  HTP(DeviceInfo.Kind.NPU, "Qualcomm Hexagon NPU"),
  GPU(DeviceInfo.Kind.GPU, "Qualcomm Adreno GPU"),
  CPU(DeviceInfo.Kind.CPU, "QNN's CPU kernels");

  private final DeviceInfo.Kind kind;
  private final String hardware;

  Unit(DeviceInfo.Kind kind, String hardware) {
    this.kind = kind;
    this.hardware = hardware;
  }

  DeviceInfo.Kind kind() {
    return kind;
  }

  /** What computes, for people. */
  String hardware(boolean simulated) {
    return simulated && this == HTP ? hardware + ", simulated on this CPU" : hardware;
  }

  /** {@code libQnnHtp.so}. */
  String library(boolean windows) {
    String name = name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    // Htp, Gpu, Cpu: as Qualcomm writes them.
    return windows ? "Qnn" + name + ".dll" : "libQnn" + name + ".so";
  }
}
