package dev.gatun.qnn;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnDevice_GetInfrastructureFn_t;
import dev.gatun.qnn.generated.core.QnnHtpDevice_Infrastructure_t;
import dev.gatun.qnn.generated.core.QnnHtpPerfInfrastructure_CreatePowerConfigIdFn_t;
import dev.gatun.qnn.generated.core.QnnHtpPerfInfrastructure_DcvsV3_t;
import dev.gatun.qnn.generated.core.QnnHtpPerfInfrastructure_DestroyPowerConfigIdFn_t;
import dev.gatun.qnn.generated.core.QnnHtpPerfInfrastructure_PowerConfig_t;
import dev.gatun.qnn.generated.core.QnnHtpPerfInfrastructure_SetPowerConfigFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A wish about an NPU's clocks, which lasts until it is closed. Where several are open, the NPU
 * follows the one that asks for most.
 */
public final class QnnPower implements AutoCloseable {
  /** The first NPU, and its first core. */
  private static final int DEVICE = 0;

  private static final int CORE = 0;

  /** Room for the longest configuration of a power option, of which ours is one. */
  private static final long CONFIG_BYTES = 256;

  private final NativeHandle handle;

  private QnnPower(NativeHandle handle) {
    this.handle = handle;
  }

  /** How fast, and how thirsty. */
  public enum Profile {
    /** As fast as the NPU can for a while: the highest clocks, awake within 40 microseconds. */
    BURST,
    /** Clocks a step above the nominal ones; awake within a millisecond. */
    BALANCED,
    /** Low clocks; awake within a millisecond. */
    SAVER;

    private int corner() {
      return switch (this) {
        case BURST -> core_h.DCVS_VOLTAGE_VCORNER_MAX_VOLTAGE_CORNER();
        case BALANCED -> core_h.DCVS_VOLTAGE_VCORNER_NOM_PLUS();
        case SAVER -> core_h.DCVS_VOLTAGE_VCORNER_SVS();
      };
    }

    /** Microseconds. */
    private int sleepLatency() {
      return this == BURST ? 40 : 1000;
    }
  }

  /**
   * Asks for a profile.
   *
   * @throws dev.gatun.ffi.NativeCallException when the library has no say in clocks: only the NPU's
   *     has
   */
  static QnnPower open(Qnn qnn, Messages messages, Profile profile) {
    MemorySegment functions = functions(qnn, messages);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
      QnnStatus.check(
          "createPowerConfigId",
          QnnHtpPerfInfrastructure_CreatePowerConfigIdFn_t.invoke(
              QnnHtpDevice_Infrastructure_t.createPowerConfigId(functions), DEVICE, CORE, id),
          messages.take());
      int number = id.get(ValueLayout.JAVA_INT, 0);
      NativeHandle handle =
          qnn.handles()
              .own(
                  "QnnPower",
                  MemorySegment.ofAddress(Integer.toUnsignedLong(number)),
                  _ ->
                      QnnStatus.check(
                          "destroyPowerConfigId",
                          QnnHtpPerfInfrastructure_DestroyPowerConfigIdFn_t.invoke(
                              QnnHtpDevice_Infrastructure_t.destroyPowerConfigId(functions),
                              number)));
      try {
        MemorySegment configs = arena.allocate(ValueLayout.ADDRESS, 2);
        configs.set(ValueLayout.ADDRESS, 0, config(number, profile, arena));
        QnnStatus.check(
            "setPowerConfig",
            QnnHtpPerfInfrastructure_SetPowerConfigFn_t.invoke(
                QnnHtpDevice_Infrastructure_t.setPowerConfig(functions), number, configs),
            messages.take());
        return new QnnPower(handle);
      } catch (RuntimeException e) {
        handle.close();
        throw e;
      }
    }
  }

  private static MemorySegment functions(Qnn qnn, Messages messages) {
    MemorySegment function = QnnTable.deviceGetInfrastructure(qnn.table());
    String name = "QnnDevice_getInfrastructure";
    if (function.address() == 0) {
      throw new NativeCallException("QNN", name, 0, "this library has none");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(name, QnnDevice_GetInfrastructureFn_t.invoke(function, out), messages.take());
      MemorySegment found = Pointers.read(out);
      if (found.address() == 0) {
        throw new NativeCallException("QNN", name, 0, "this library has none");
      }
      MemorySegment infrastructure = Pointers.view(found, QnnHtpDevice_Infrastructure_t.sizeof());
      int type = QnnHtpDevice_Infrastructure_t.infraType(infrastructure);
      if (type != core_h.QNN_HTP_DEVICE_INFRASTRUCTURE_TYPE_PERF()) {
        throw new NativeCallException("QNN", name, type, "not one for clocks");
      }
      return infrastructure;
    }
  }

  private static MemorySegment config(int id, Profile profile, Arena arena) {
    MemorySegment config = arena.allocate(CONFIG_BYTES, Long.BYTES);
    QnnHtpPerfInfrastructure_PowerConfig_t.option(
        config, core_h.QNN_HTP_PERF_INFRASTRUCTURE_POWER_CONFIGOPTION_DCVS_V3());
    MemorySegment wish = QnnHtpPerfInfrastructure_PowerConfig_t.dcvsV3Config(config);
    int corner = profile.corner();
    QnnHtpPerfInfrastructure_DcvsV3_t.contextId(wish, id);
    QnnHtpPerfInfrastructure_DcvsV3_t.setDcvsEnable(wish, 1);
    QnnHtpPerfInfrastructure_DcvsV3_t.dcvsEnable(wish, 0);
    QnnHtpPerfInfrastructure_DcvsV3_t.powerMode(
        wish, core_h.QNN_HTP_PERF_INFRASTRUCTURE_POWERMODE_PERFORMANCE_MODE());
    QnnHtpPerfInfrastructure_DcvsV3_t.setSleepLatency(wish, 1);
    QnnHtpPerfInfrastructure_DcvsV3_t.sleepLatency(wish, profile.sleepLatency());
    QnnHtpPerfInfrastructure_DcvsV3_t.setBusParams(wish, 1);
    QnnHtpPerfInfrastructure_DcvsV3_t.busVoltageCornerMin(wish, corner);
    QnnHtpPerfInfrastructure_DcvsV3_t.busVoltageCornerTarget(wish, corner);
    QnnHtpPerfInfrastructure_DcvsV3_t.busVoltageCornerMax(wish, corner);
    QnnHtpPerfInfrastructure_DcvsV3_t.setCoreParams(wish, 1);
    QnnHtpPerfInfrastructure_DcvsV3_t.coreVoltageCornerMin(wish, corner);
    QnnHtpPerfInfrastructure_DcvsV3_t.coreVoltageCornerTarget(wish, corner);
    QnnHtpPerfInfrastructure_DcvsV3_t.coreVoltageCornerMax(wish, corner);
    return config;
  }

  /** Takes the wish back. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
