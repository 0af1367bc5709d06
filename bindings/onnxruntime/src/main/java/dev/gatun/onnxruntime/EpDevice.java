package dev.gatun.onnxruntime;

import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import dev.gatun.onnxruntime.generated.ort.ort_h;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** One piece of hardware as one execution provider would use it. Valid as long as its library. */
public final class EpDevice {
  /** Kinds of hardware. */
  public enum Kind {
    CPU,
    GPU,
    NPU
  }

  private final MemorySegment address;
  private final String provider;
  private final String providerVendor;
  private final Kind kind;
  private final String vendor;
  private final int vendorId;
  private final int deviceId;
  private final Map<String, String> metadata;
  private final Map<String, String> providerMetadata;

  private EpDevice(Api api, MemorySegment address) {
    MemorySegment table = api.table();
    this.address = address;
    provider =
        Pointers.text(OrtApi.EpDevice_EpName.invoke(OrtApi.EpDevice_EpName(table), address))
            .orElse("");
    providerVendor =
        Pointers.text(OrtApi.EpDevice_EpVendor.invoke(OrtApi.EpDevice_EpVendor(table), address))
            .orElse("");
    providerMetadata =
        api.pairs(OrtApi.EpDevice_EpMetadata.invoke(OrtApi.EpDevice_EpMetadata(table), address));
    MemorySegment hardware = OrtApi.EpDevice_Device.invoke(OrtApi.EpDevice_Device(table), address);
    int type = OrtApi.HardwareDevice_Type.invoke(OrtApi.HardwareDevice_Type(table), hardware);
    kind =
        type == ort_h.OrtHardwareDeviceType_GPU()
            ? Kind.GPU
            : type == ort_h.OrtHardwareDeviceType_NPU() ? Kind.NPU : Kind.CPU;
    vendor =
        Pointers.text(
                OrtApi.HardwareDevice_Vendor.invoke(OrtApi.HardwareDevice_Vendor(table), hardware))
            .orElse("");
    vendorId =
        OrtApi.HardwareDevice_VendorId.invoke(OrtApi.HardwareDevice_VendorId(table), hardware);
    deviceId =
        OrtApi.HardwareDevice_DeviceId.invoke(OrtApi.HardwareDevice_DeviceId(table), hardware);
    metadata =
        api.pairs(
            OrtApi.HardwareDevice_Metadata.invoke(OrtApi.HardwareDevice_Metadata(table), hardware));
  }

  static EpDevice of(Api api, MemorySegment address) {
    return new EpDevice(api, address);
  }

  MemorySegment address() {
    return address;
  }

  /** The execution provider: {@code CPUExecutionProvider}. */
  public String provider() {
    return provider;
  }

  public String providerVendor() {
    return providerVendor;
  }

  /** What the provider says of itself: its version and the like. */
  public Map<String, String> providerMetadata() {
    return providerMetadata;
  }

  public Kind kind() {
    return kind;
  }

  /** The hardware's vendor, as the system names it; may be empty. */
  public String vendor() {
    return vendor;
  }

  /** PCI vendor, or 0. */
  public int vendorId() {
    return vendorId;
  }

  /** PCI device, or 0. */
  public int deviceId() {
    return deviceId;
  }

  /** What the system says of the hardware. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public String toString() {
    return provider + " " + kind + " " + vendor;
  }
}
